/** A verification result as a page and as rows. */

import type { Chart, ChartPoint } from '../report/chart.ts';
import { formatPercent, formatRate } from '../report/format-rate.ts';
import type { ReportPage } from '../report/report-page.ts';
import type { Cell, Table } from '../report/table.ts';
import { countProblems, toProvenanceFacts } from './provenance-facts.ts';
import type { NamedPair, VerificationResult } from './results.ts';

/** What protocols are called before people. */
export const PROTOCOL_NAMES: Readonly<Record<VerificationResult['protocol'], string>> = {
  lfw: 'LFW, view 2: 6,000 pairs in ten folds',
  'lfw-incomplete': 'a part of the pairs of LFW, view 2',
  pairs: 'listed pairs',
  'all-vs-all': 'every image against every other',
};

/** Where the axes of a DET curve end: beyond, guessing does as well. */
const DET_END = 0.5;
const RATE_COLUMNS = ['wanted FMR', 'threshold', 'FMR', 'FMR low', 'FMR high', 'TAR', 'TAR low', 'TAR high', 'FNMR', 'FAR', 'FRR'] as const;

/** The rates by wanted FMR, one row each, in full precision. */
export function toRateRows({ tarAtFmr }: VerificationResult): {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
} {
  const rows = Object.entries(tarAtFmr).map(([wanted, { threshold, fmr, fmrCi95, tar, ci95, fnmr, far, frr }]) => [
    Number(wanted),
    threshold,
    fmr,
    ...fmrCi95,
    tar,
    ...ci95,
    fnmr,
    far,
    frr,
  ]);
  return { columns: RATE_COLUMNS, rows };
}

/** The report. */
export function toVerificationPage(result: VerificationResult): ReportPage {
  const { accuracy, auc, aucCi95, eer, eerCi95, decidability, intervals, problems, recognizer, dataset } = result;
  const facts = [
    { label: 'Protocol', value: PROTOCOL_NAMES[result.protocol] },
    {
      label: 'Pairs',
      value: `${result.pairsCovered} compared of ${result.pairs}: ${result.genuinePairs} genuine, ${result.impostorPairs} impostor`,
    },
    ...(accuracy === undefined
      ? []
      : [{ label: 'Accuracy, ten folds', value: `${formatPercent(accuracy.mean, accuracy.ci95)}, sd ${formatPercent(accuracy.sd)}` }]),
    { label: 'Equal error rate', value: formatRate(eer, eerCi95) },
    {
      label: 'Area under the ROC curve',
      value: aucCi95 === undefined ? auc.toFixed(5) : `${auc.toFixed(5)} [${aucCi95.map((end) => end.toFixed(5)).join(', ')}]`,
    },
    ...(decidability === undefined ? [] : [{ label: 'Decidability d′', value: decidability.toFixed(2) }]),
    ...toProvenanceFacts(result),
  ];
  return {
    title: `Verification: ${recognizer} on ${dataset}`,
    subtitle: PROTOCOL_NAMES[result.protocol],
    facts,
    notes: [`95 % intervals: ${intervals}.`, ...(problems.length === 0 ? [] : [`Problems of the data set: ${countProblems(problems)}.`])],
    sections: [
      { heading: 'Error rates', tables: [toRateTable(result)], charts: [toDet(result), toRoc(result)] },
      { heading: 'Scores', charts: [toHistogram(result)] },
      ...toStrataSections(result),
      {
        heading: 'Worst pairs',
        text: 'The comparisons that were wrong by most. Look at them before you trust a rate: some are errors of the labels.',
        tables: [
          toPairTable('Same person, least alike', result.worstPairs.genuine),
          toPairTable('Different people, most alike', result.worstPairs.impostor),
        ],
      },
    ],
  };
}

function toRateTable({ tarAtFmr, fta }: VerificationResult): Table {
  return {
    caption: 'Rates at thresholds',
    columns: [
      { label: 'Wanted FMR' },
      { label: 'Threshold', align: 'right' },
      { label: 'FMR', align: 'right' },
      { label: 'TAR', align: 'right' },
      { label: 'FNMR', align: 'right' },
      { label: 'FAR', align: 'right' },
      { label: 'FRR', align: 'right' },
    ],
    rows: Object.entries(tarAtFmr).map(([wanted, { threshold, fmr, fmrCi95, tar, ci95, fnmr, far, frr }]) => [
      wanted,
      threshold.toFixed(4),
      formatRate(fmr, fmrCi95),
      formatPercent(tar, ci95),
      formatPercent(fnmr),
      formatRate(far),
      formatPercent(frr),
    ]),
    note: `FAR and FRR count failures to acquire too, here ${formatPercent(fta)} of the images.`,
  };
}

function toDet({ curves, tarAtFmr }: VerificationResult): Chart {
  return {
    kind: 'line',
    title: 'Detection error trade-off',
    description: 'False non-match rate over false match rate, both on normal deviates; nearer to the lower left is better.',
    x: { label: 'False match rate', scale: 'probit', format: 'percent', max: DET_END },
    y: { label: 'False non-match rate', scale: 'probit', format: 'percent', max: DET_END },
    series: [{ name: 'DET', points: curves.fmr.map((rate, i): ChartPoint => [rate, curves.fnmr[i] as number]) }],
    marks: Object.entries(tarAtFmr).map(([wanted, { fmr, fnmr }]) => ({ x: fmr, y: fnmr, label: wanted })),
  };
}

function toRoc({ curves, tarAtFmr }: VerificationResult): Chart {
  const lowest = Math.max(0.05, Math.min(...Object.values(tarAtFmr).map(({ tar }) => tar)));
  return {
    kind: 'line',
    title: 'Receiver operating characteristic',
    description: 'True accept rate over false match rate on a logarithmic axis; nearer to the upper left is better.',
    x: { label: 'False match rate', scale: 'log', format: 'rate', max: 1 },
    // From the worst rate that is stated downwards there is nothing to see.
    y: { label: 'True accept rate', scale: 'linear', format: 'percent', min: Math.floor(lowest * 10 - 0.5) / 10, max: 1 },
    series: [{ name: 'ROC', points: curves.fmr.map((rate, i): ChartPoint => [rate, 1 - (curves.fnmr[i] as number)]) }],
    marks: Object.entries(tarAtFmr).map(([wanted, { fmr, tar }]) => ({ x: fmr, y: tar, label: wanted })),
  };
}

function toHistogram({ curves, tarAtFmr }: VerificationResult): Chart {
  const { edges, genuine, impostor } = curves.histogram;
  return {
    kind: 'histogram',
    title: 'Similarities',
    description: 'Distribution of the similarities of genuine and of impostor comparisons, with the thresholds.',
    x: { label: 'Similarity', scale: 'linear' },
    series: [
      { name: 'impostor', edges, counts: impostor },
      { name: 'genuine', edges, counts: genuine },
    ],
    marks: Object.entries(tarAtFmr).map(([wanted, { threshold }]) => ({ x: threshold, label: wanted })),
  };
}

function toStrataSections({ strata, strataFmr }: VerificationResult): ReportPage['sections'] {
  if (strata === undefined || strataFmr === undefined) return [];
  const table: Table = {
    caption: `Rates by class, at the threshold of FMR ${strataFmr.toExponential()} over all pairs`,
    columns: [
      { label: 'Axis' },
      { label: 'Class' },
      { label: 'Genuine', align: 'right' },
      { label: 'FNMR', align: 'right' },
      { label: 'Impostor', align: 'right' },
      { label: 'FMR', align: 'right' },
    ],
    rows: strata.map(({ axis, class: name, genuinePairs, fnmr, impostorPairs, fmr }) => [
      axis,
      name,
      genuinePairs,
      fnmr && formatPercent(fnmr.value, fnmr.ci95),
      impostorPairs,
      fmr && formatRate(fmr.value, fmr.ci95),
    ]),
    note: 'A pair belongs to the harder class of its two images. Classes come from the annotator, which errs too; intervals: Clopper-Pearson.',
  };
  const chart: Chart = {
    kind: 'intervals',
    title: 'False non-match rate by class',
    x: { label: 'False non-match rate', scale: 'linear', format: 'percent', min: 0 },
    rows: strata.flatMap(({ axis, class: name, fnmr, genuinePairs }) =>
      fnmr === undefined ? [] : [{ label: `${axis}: ${name}`, value: fnmr.value, ci95: fnmr.ci95, n: genuinePairs }],
    ),
  };
  return [{ heading: 'By class of image', tables: [table], charts: [chart] }];
}

function toPairTable(caption: string, pairs: readonly NamedPair[]): Table {
  return {
    caption,
    columns: [{ label: 'Image' }, { label: 'Image' }, { label: 'Similarity', align: 'right' }],
    rows: pairs.map(({ a, b, similarity }) => [a, b, similarity.toFixed(4)]),
  };
}
