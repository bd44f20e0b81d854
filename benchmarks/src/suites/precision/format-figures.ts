/** Figures of the suite in words. */

import { formatNumber } from '@isoface/evaluation';
import type { AccuracyPiece, Loss, OutputError } from './precision-piece.ts';
import type { SpeedRatio } from './speed-ratio.ts';

/** "0.51 [0.46, 0.56]". */
export function formatRatio({ median, ci95: [low, high] }: SpeedRatio): string {
  return `${median.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

/** Percentage points with their interval: "0.10 [-0.05, 0.30]". */
export function formatLoss({ value, ci95: [low, high] }: Loss): string {
  return `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

/** "0.21 px, 95 % below 0.81 px, 14 faces", or the cosines of embeddings. */
export function formatError(error: OutputError): string {
  if (error.kind === 'cosine') return `cosine ${error.median.toFixed(5)}, lowest ${error.lowest.toFixed(5)}, ${error.faces} faces`;
  const { faces, lost, extra, medianPx, p95Px } = error;
  const found = lost + extra === 0 ? `${faces} faces` : `${lost} of ${faces} faces lost, ${extra} added`;
  return medianPx === undefined || p95Px === undefined ? found : `${medianPx.toFixed(2)} px, 95 % below ${p95Px.toFixed(2)} px, ${found}`;
}

/** How many pairs were used of how many; every figure on accuracy says so. */
export function describeCount(piece: Pick<AccuracyPiece, 'pairs' | 'pairsOfProtocol'>): string {
  return `${formatNumber(piece.pairs)} pairs used of ${formatNumber(piece.pairsOfProtocol)}`;
}

/** A number with at most so many decimals. */
export function roundTo(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
