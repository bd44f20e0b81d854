/** The figures of the suite that a reader looks for, in sentences. */

import { formatNumber, formatRate } from '@isoface/evaluation';
import { describeCount, formatError, formatLoss } from './format-figures.ts';
import { hasGain, needsOwnThreshold, type VariantFigures, type Verdict } from './judge-variant.ts';
import type { AccuracyPiece } from './precision-piece.ts';
import { VARIANT_NAMES } from './variant-name.ts';
import type { VariantSummary } from './variant-summary.ts';

const VERDICTS: readonly Verdict[] = ['worth it', 'undecided', 'not worth it'];

/** One sentence for each variant. */
export function describeVerdicts(summaries: readonly VariantSummary[]): string[] {
  return VARIANT_NAMES.flatMap((variant) => {
    const parts = VERDICTS.flatMap((verdict) => {
      const alike = summaries.filter((summary) => summary.variant === variant && summary.judged?.verdict === verdict);
      return alike.length === 0 ? [] : [`${verdict} for ${alike.map(describeFigures).join(', ')}`];
    });
    return parts.length === 0 ? [] : [`${variant}: ${parts.join('; ')}.`];
  });
}

function describeFigures({ pack, model, judged }: VariantSummary): string {
  return `${pack} ${model} (${judged === undefined ? 'not measured' : listFigures(judged.figures).join(', ')})`;
}

/** The figures that decided. */
export function listFigures(figures: VariantFigures): string[] {
  const { size, speed, accuracyLoss, kept, pairsUsed, error } = figures;
  const gains = [
    `${size.toFixed(2)} of the bytes`,
    ...speed.map(({ runtime, ratio }) => `${ratio.median.toFixed(2)} of the time on ${runtime}`),
  ];
  if (!hasGain(figures)) return gains;
  if (accuracyLoss !== undefined) {
    const count = pairsUsed === undefined ? [] : [describeCount(pairsUsed)];
    const own =
      kept !== undefined && needsOwnThreshold(figures)
        ? [
            `needs a threshold of its own: at the kept one TAR falls by ${formatLoss(kept.tar)} and FMR grows by ${formatLoss(kept.fmr)} points`,
          ]
        : [];
    return [...gains, `${formatLoss(accuracyLoss)} points of accuracy lost`, ...own, ...count];
  }
  return [...gains, error === undefined || error.kind === 'cosine' ? 'accuracy not measured' : formatError(error)];
}

/** Under which conditions accuracy was measured. */
export function describePairs(piece: AccuracyPiece): string {
  const { pack, keptThreshold, fmr, impostorPairs, notFound } = piece;
  const origin = keptThreshold.origin === 'pack' ? "the pack's own for FMR 1e-3" : `that of float32 at FMR ${formatRate(fmr)}`;
  const lost = notFound === 0 ? '' : ` ${formatNumber(notFound)} images without a found face count as unlike.`;
  return `${pack}: accuracy on LFW with ${describeCount(piece)}; ${formatNumber(impostorPairs)} impostor pairs resolve FMR ${formatRate(fmr)}; the kept threshold is ${origin}.${lost}`;
}
