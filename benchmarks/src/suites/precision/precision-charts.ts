/** The charts of the suite. */

import type { Chart, IntervalRow } from '@isoface/evaluation';
import { describeCount } from './format-figures.ts';
import type { Loss, VariantAccuracy } from './precision-piece.ts';
import type { PiecesByKind, VariantSummary } from './variant-summary.ts';

/** All charts that can be made of the pieces: times against float32 by runtime, losses on LFW. */
export function drawPrecision(summaries: readonly VariantSummary[], pieces: PiecesByKind): Chart[] {
  return [...drawRatios(summaries, pieces), ...drawLosses(pieces)];
}

function drawRatios(summaries: readonly VariantSummary[], { speeds }: PiecesByKind): Chart[] {
  return [...new Set(speeds.map(({ runtime }) => runtime))].flatMap((runtime): Chart[] => {
    const rows = summaries.flatMap(({ pack, model, variant, costs }): IntervalRow[] => {
      const ratio = costs.find((cost) => cost.runtime === runtime)?.ratio;
      return ratio === undefined ? [] : [{ label: `${pack} ${model} ${variant}`, value: ratio.median, ci95: ratio.ci95, n: ratio.rounds }];
    });
    if (rows.length === 0) return [];
    return [
      {
        kind: 'intervals',
        title: `Time of one run against float32, ${runtime}`,
        description: 'Left of 1 the variant is faster. Median over the rounds with its 95 % interval; n: rounds.',
        rows,
        x: { label: 'time / time of float32', scale: 'linear' },
        marks: [{ x: 1, label: 'float32' }],
      },
    ];
  });
}

function drawLosses({ accuracies }: PiecesByKind): Chart[] {
  const draw = (title: string, pick: (loss: NonNullable<VariantAccuracy['loss']>) => Loss, label: string): Chart[] => {
    const rows = accuracies.flatMap(({ pack, variants, pairs }) =>
      variants.flatMap(({ variant, loss }): IntervalRow[] => {
        if (loss === undefined) return [];
        const { value, ci95 } = pick(loss);
        return [{ label: `${pack} ${variant}`, value, ci95, n: pairs }];
      }),
    );
    const used = accuracies.map((piece) => `${piece.pack} ${describeCount(piece)}`).join(', ');
    const description = `Right of 0 the variant is worse than float32 on the same pairs. 95 % intervals; n: pairs. ${used}.`;
    const marks = [{ x: 0, label: 'float32' }];
    return rows.length === 0 ? [] : [{ kind: 'intervals', title, description, rows, x: { label, scale: 'linear' }, marks }];
  };
  return [
    ...draw('Accuracy lost on LFW', ({ accuracy }) => accuracy, 'percentage points of ten-fold accuracy'),
    ...draw('True accept rate lost, own threshold', ({ ownTar }) => ownTar, 'percentage points'),
    ...draw('True accept rate lost, threshold kept', ({ keptTar }) => keptTar, 'percentage points'),
  ];
}
