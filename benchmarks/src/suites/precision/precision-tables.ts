/** The tables of the suite. */

import { formatNumber, formatPercent, formatRate, type Table } from '@isoface/evaluation';
import { medianOf } from '../../statistics.ts';
import { describeCount, formatError, formatLoss, formatRatio, roundTo } from './format-figures.ts';
import { VERDICT_RULES } from './judge-variant.ts';
import { listFigures } from './precision-findings.ts';
import { BASELINE } from './variant-name.ts';
import type { PiecesByKind, VariantSummary } from './variant-summary.ts';

/** All tables that can be made of the pieces. */
export function tabulatePrecision(summaries: readonly VariantSummary[], pieces: PiecesByKind): Table[] {
  return [
    ...tabulateVariants(summaries, pieces),
    ...tabulateCosts(summaries),
    ...tabulateAccuracy(pieces),
    ...tabulateVerdicts(summaries),
    ...tabulateMissing(pieces),
  ];
}

function tabulateVariants(summaries: readonly VariantSummary[], { files, speeds }: PiecesByKind): Table[] {
  if (summaries.length === 0) return [];
  const runtimes = [...new Set(speeds.map(({ runtime }) => runtime))];
  const calibrated = files.map(({ pack, calibrationInputs }) => {
    const counts = Object.entries(calibrationInputs).map(([task, count]) => `${task} ${formatNumber(count)}`);
    return `${pack}: ${counts.join(', ')}`;
  });
  return [
    {
      caption: 'Variants of the models',
      columns: [
        { label: 'Pack' },
        { label: 'Model' },
        { label: 'Variant' },
        { label: 'Bytes' },
        { label: 'gzip' },
        { label: 'Bytes / float32' },
        { label: 'Nodes left in float32' },
        ...runtimes.map((runtime) => ({ label: `Time / float32, ${runtime}`, align: 'right' as const })),
        { label: 'Output error' },
      ],
      rows: summaries.map(({ pack, model, variant, file, size, costs }) => [
        pack,
        model,
        variant,
        file?.bytes,
        file?.gzipBytes,
        size === undefined ? undefined : roundTo(size, 3),
        file?.nodesInFloat32,
        ...runtimes.map((runtime) => {
          const ratio = costs.find((cost) => cost.runtime === runtime)?.ratio;
          return ratio && formatRatio(ratio);
        }),
        variant === BASELINE
          ? undefined
          : (file?.error && formatError(file.error)) || (file?.failure === undefined ? undefined : 'does not run'),
      ]),
      note: `Time: median over the rounds of the ratio in one round, with its 95 % interval; CPU time in Node, wall time of one thread in browsers. Output error: on faces of demo photos that nothing was calibrated on. Calibration inputs: ${calibrated.join('; ') || 'none'}.`,
    },
  ];
}

function tabulateCosts(summaries: readonly VariantSummary[]): Table[] {
  const rows = summaries.flatMap(({ pack, model, variant, costs }) =>
    costs.map(({ runtime, speed: { cpuMs, cpuMeanMs, wallMs } }) => [
      pack,
      model,
      variant,
      runtime,
      roundTo(cpuMs.length > 0 ? medianOf(cpuMs) : cpuMeanMs, 2),
      roundTo(medianOf(wallMs), 2),
      wallMs.length,
    ]),
  );
  if (rows.length === 0) return [];
  const columns = ['Pack', 'Model', 'Variant', 'Runtime', 'CPU ms', 'Wall ms', 'Rounds'].map((label) => ({ label }));
  const note =
    'One run of the bare model, one thread. Medians; CPU time of browsers is a mean over all rounds and counts all their processes.';
  return [{ caption: 'Cost of one run', columns, rows, note }];
}

function tabulateAccuracy({ accuracies }: PiecesByKind): Table[] {
  return accuracies.map((piece): Table => {
    const { pack, model, variants, fmr, bootstrapRounds, identities, keptThreshold } = piece;
    const rate = formatRate(fmr);
    const labels = [
      'Variant',
      'Accuracy',
      'Loss',
      `TAR at FMR ${rate}`,
      'Loss',
      'TAR, threshold kept',
      'Loss',
      'FMR, threshold kept',
      'Increase',
    ];
    return {
      caption: `Accuracy of ${model} (${pack}) on LFW, ${describeCount(piece)}`,
      columns: labels.map((label) => ({ label })),
      rows: variants.map(({ variant, accuracy, own, kept, loss }) => [
        variant,
        formatPercent(accuracy),
        loss && formatLoss(loss.accuracy),
        formatPercent(own.tar),
        loss && formatLoss(loss.ownTar),
        formatPercent(kept.tar),
        loss && formatLoss(loss.keptTar),
        formatRate(kept.fmr),
        loss && formatLoss(loss.keptFmr),
      ]),
      note: `Losses in percentage points against float32 on the same pairs, with 95 % intervals of a paired bootstrap over ${formatNumber(identities)} people, ${formatNumber(bootstrapRounds)} rounds, thresholds found anew in each. Kept threshold: ${roundTo(keptThreshold.value, 5)}. Faces were found and cut once, by the float32 models.`,
    };
  });
}

function tabulateVerdicts(summaries: readonly VariantSummary[]): Table[] {
  const rows = summaries.flatMap(({ pack, model, variant, judged }) =>
    judged === undefined ? [] : [[pack, model, variant, judged.verdict, listFigures(judged.figures).join(', ')]],
  );
  if (rows.length === 0) return [];
  const columns = ['Pack', 'Model', 'Variant', 'Verdict', 'By'].map((label) => ({ label }));
  return [{ caption: 'Verdicts', columns, rows, note: VERDICT_RULES }];
}

function tabulateMissing({ files, speeds, accuracies }: PiecesByKind): Table[] {
  const rows = [
    ...files.flatMap(({ pack, models }) =>
      models.flatMap(({ model, missing, variants }) => [
        ...missing.map(({ variant, reason }) => [pack, model, variant, 'made', reason]),
        ...variants.flatMap(({ variant, failure }) => (failure === undefined ? [] : [[pack, model, variant, 'run in Node', failure]])),
      ]),
    ),
    ...speeds.flatMap(({ pack, runtime, models }) =>
      models.flatMap(({ model, missing }) => missing.map(({ variant, reason }) => [pack, model, variant, `timed on ${runtime}`, reason])),
    ),
    ...accuracies.flatMap(({ pack, model, missing }) =>
      missing.map(({ variant, reason }) => [pack, model, variant, 'tried on LFW', reason]),
    ),
  ];
  if (rows.length === 0) return [];
  // What could not be made is missing in every piece: said once.
  const keys = rows.map(([pack, model, variant, , reason]) => JSON.stringify([pack, model, variant, reason]));
  const columns = ['Pack', 'Model', 'Variant', 'Was not', 'Because'].map((label) => ({ label }));
  return [{ caption: 'Variants that were not measured', columns, rows: rows.filter((_, i) => keys.indexOf(keys[i] as string) === i) }];
}
