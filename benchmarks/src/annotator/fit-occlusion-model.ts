/** From measured faces to the model of `estimateOcclusion`. */

import {
  OCCLUSION_BOUNDS,
  type OcclusionBasis,
  type OcclusionClass,
  type OcclusionFigures,
  type OcclusionModel,
  type RegionNorms,
  toOcclusionFeatures,
} from '@isoface/core/evaluation';
import { fitLogistic } from './fit-logistic.ts';

/** A face whose cover is known. */
export interface OcclusionSample {
  readonly figures: OcclusionFigures;
  readonly coveredShare: number;
}

/** All kinds of evidence, poorest first. */
export const BASES = ['patch', 'patch+landmarks68', 'patch+landmarks68+mesh'] as const satisfies readonly OcclusionBasis[];

/** Yaws at which norms are kept, and the ranges that they are taken from; degrees. */
const KNOTS = [8, 30, 60] as const;
const RANGES = [
  [0, 18],
  [18, 42],
  [42, 180],
] as const;

/** The class of a covered share. */
export function toOcclusionClass(coveredShare: number): OcclusionClass {
  if (coveredShare < OCCLUSION_BOUNDS.partial) return 'none';
  return coveredShare < OCCLUSION_BOUNDS.heavy ? 'partial' : 'heavy';
}

/**
 * Fits norms on the uncovered samples and weights on all.
 *
 * @param bases - For which evidence; the model holds no weights for the others.
 */
export function fitOcclusionModel(
  samples: readonly OcclusionSample[],
  isUncovered: (sample: OcclusionSample) => boolean,
  bases: readonly OcclusionBasis[] = BASES,
): OcclusionModel {
  const norms = fitNorms(samples.filter(isUncovered).map(({ figures }) => figures));
  const labels = samples.map(({ coveredShare }) => ['none', 'partial', 'heavy'].indexOf(toOcclusionClass(coveredShare)));
  const fit = (basis: OcclusionBasis) =>
    fitLogistic(
      samples.map(({ figures }) => toOcclusionFeatures(figures, norms, basis)),
      labels,
    );
  return { norms, bases: Object.fromEntries(bases.map((basis) => [basis, fit(basis)])) as OcclusionModel['bases'] };
}

function fitNorms(uncovered: readonly OcclusionFigures[]): RegionNorms {
  const tables = RANGES.map(([from, to]) => {
    const rows = uncovered.filter(({ yawDegrees }) => yawDegrees >= from && yawDegrees < to).map(({ regions }) => regions);
    if (rows.length < 20)
      throw new Error(`Expected at least 20 uncovered faces with a yaw of ${from} to ${to} degrees, got ${rows.length}.`);
    return (rows[0] ?? []).map((figures, region) =>
      figures.map((_, figure) => describe(rows.map((row) => row[region]?.[figure] as number))),
    );
  });
  return {
    yawDegrees: KNOTS,
    centres: tables.map((table) => table.map((figures) => figures.map(({ centre }) => centre))),
    spreads: tables.map((table) => table.map((figures) => figures.map(({ spread }) => spread))),
  };
}

/** Median, and half way between the robust and the usual standard deviation: some "uncovered" faces of press photographs are covered. */
function describe(values: readonly number[]): { readonly centre: number; readonly spread: number } {
  const centre = median(values);
  const robust = 1.4826 * median(values.map((value) => Math.abs(value - centre)));
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  const usual = Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length);
  return { centre: Number(centre.toPrecision(4)), spread: Number(Math.max(1e-3, (robust + usual) / 2).toPrecision(4)) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
