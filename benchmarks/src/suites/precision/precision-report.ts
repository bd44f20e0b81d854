/** What the suite says of its pieces. */

import type { MeasuredPiece, Series, SuiteReport } from '../../run/suite.ts';
import { drawPrecision } from './precision-charts.ts';
import { describePairs, describeVerdicts } from './precision-findings.ts';
import type { PrecisionPiece } from './precision-piece.ts';
import { tabulatePrecision } from './precision-tables.ts';
import { groupPieces, summarizeVariants, type VariantSummary } from './variant-summary.ts';

/** Describes what was measured; works on any of the pieces. */
export function reportPrecision(measured: readonly MeasuredPiece<PrecisionPiece>[]): SuiteReport {
  const pieces = groupPieces(measured);
  const summaries = summarizeVariants(pieces);
  return {
    series: measured.flatMap(({ name, value }) => toSeries(name, value)),
    findings: [...describeVerdicts(summaries), ...pieces.accuracies.map(describePairs)],
    charts: drawPrecision(summaries, pieces),
    tables: tabulatePrecision(summaries, pieces),
    csv: {
      columns: ['pack', 'task', 'model', 'variant', 'runtime', 'figure', 'unit', 'round', 'value'],
      rows: summaries.flatMap(toRows),
    },
  };
}

function toSeries(piece: string, value: PrecisionPiece): Series[] {
  if (value.kind === 'files') {
    return value.models.flatMap(({ task, variants }) =>
      variants.flatMap(({ variant, bytes, gzipBytes }): Series[] => {
        const figure = { piece, unit: 'bytes', better: 'lower' } as const;
        const key = `file/${value.pack}/${task}.${variant}`;
        return [
          { ...figure, key: `${key}/bytes`, samples: [bytes] },
          { ...figure, key: `${key}/gzip`, samples: [gzipBytes] },
        ];
      }),
    );
  }
  if (value.kind === 'accuracy') return [];
  return value.models.flatMap(({ task, variants }) =>
    variants.flatMap(({ variant, cpuMs, wallMs }): Series[] => {
      const key = `${value.runtime}/${value.pack}/${task}.${variant}`;
      const wall: Series = { key: `${key}/wall`, piece, unit: 'ms', better: 'lower', samples: wallMs };
      return cpuMs.length === 0 ? [wall] : [{ ...wall, key: `${key}/cpu`, samples: cpuMs }, wall];
    }),
  );
}

type Row = readonly (string | number | undefined)[];

function toRows({ pack, task, model, variant, file, costs, accuracy }: VariantSummary): Row[] {
  const row = (figure: string, unit: string, value: number | undefined, runtime?: string, index?: number): Row[] =>
    value === undefined ? [] : [[pack, task, model, variant, runtime, figure, unit, index, value]];
  const { error } = file ?? {};
  return [
    ...row('size', 'bytes', file?.bytes),
    ...row('gzip', 'bytes', file?.gzipBytes),
    ...(error?.kind === 'cosine' ? [...row('cosine median', '', error.median), ...row('cosine lowest', '', error.lowest)] : []),
    ...(error?.kind === 'shift' ? [...row('shift median', 'px', error.medianPx), ...row('shift p95', 'px', error.p95Px)] : []),
    ...(error?.kind === 'shift' ? [...row('faces lost', '', error.lost), ...row('faces extra', '', error.extra)] : []),
    ...costs.flatMap(({ runtime, speed }) => [
      ...speed.cpuMs.flatMap((value, i) => row('cpu', 'ms', value, runtime, i)),
      ...speed.wallMs.flatMap((value, i) => row('wall', 'ms', value, runtime, i)),
      ...row('cpu mean', 'ms', speed.cpuMeanMs, runtime),
    ]),
    ...row('accuracy', 'share', accuracy?.accuracy),
    ...row('TAR, own threshold', 'share', accuracy?.own.tar),
    ...row('TAR, threshold kept', 'share', accuracy?.kept.tar),
    ...row('FMR, threshold kept', 'share', accuracy?.kept.fmr),
    ...Object.entries(accuracy?.loss ?? {}).flatMap(([name, loss]) => [
      ...row(`loss ${name}`, 'points', loss.value),
      ...row(`loss ${name}, low`, 'points', loss.ci95[0]),
      ...row(`loss ${name}, high`, 'points', loss.ci95[1]),
    ]),
  ];
}
