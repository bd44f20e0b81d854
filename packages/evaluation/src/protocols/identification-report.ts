/** An identification result as a page and as rows. */

import type { ChartPoint } from '../report/chart.ts';
import { formatPercent, formatRate } from '../report/format-rate.ts';
import type { ReportPage } from '../report/report-page.ts';
import type { Cell } from '../report/table.ts';
import { countProblems, toProvenanceFacts } from './provenance-facts.ts';
import type { IdentificationResult } from './results.ts';

/** The rates by wanted FPIR, one row each, in full precision. */
export function toIdentificationRows({ openSet, closedSet, gallerySize }: IdentificationResult): {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
} {
  const columns = [
    'wanted FPIR',
    'threshold',
    'FPIR',
    'FPIR low',
    'FPIR high',
    'FNIR',
    'FNIR low',
    'FNIR high',
    'gallery size',
    'rank 1',
    'rank 5',
  ];
  const rows = Object.entries(openSet.atFpir).map(([wanted, { threshold, fpir, fpirCi95, fnir, fnirCi95 }]) => [
    Number(wanted),
    threshold,
    fpir,
    ...fpirCi95,
    fnir,
    ...fnirCi95,
    gallerySize,
    closedSet.rank1,
    closedSet.rank5,
  ]);
  return { columns, rows };
}

/** The report. */
export function toIdentificationPage(result: IdentificationResult): ReportPage {
  const { dataset, recognizer, protocol, gallerySize, fte, failuresToEnrol, closedSet, openSet, problems } = result;
  return {
    title: `Identification: ${recognizer} on ${dataset}`,
    subtitle: protocol,
    facts: [
      { label: 'Gallery', value: `${gallerySize} people, one template each` },
      { label: 'Failure to enrol', value: `${formatPercent(fte)} (${failuresToEnrol})` },
      { label: 'Known probes', value: `${closedSet.probes}` },
      { label: 'Unknown probes', value: `${openSet.nonMatedProbes}` },
      { label: 'Rank 1', value: formatPercent(closedSet.rank1, closedSet.rank1Ci95) },
      { label: 'Rank 5', value: formatPercent(closedSet.rank5) },
      ...toProvenanceFacts(result),
    ],
    notes: [
      '95 % intervals: Clopper-Pearson over probes. Probes of one person are not independent, so they are somewhat too narrow.',
      ...(problems.length === 0 ? [] : [`Problems of the data set: ${countProblems(problems)}.`]),
    ],
    sections: [
      {
        heading: 'Open set',
        tables: [
          {
            caption: `Rates at thresholds, gallery of ${gallerySize}`,
            columns: [
              { label: 'Wanted FPIR' },
              { label: 'Threshold', align: 'right' },
              { label: 'FPIR', align: 'right' },
              { label: 'FNIR', align: 'right' },
            ],
            rows: Object.entries(openSet.atFpir).map(([wanted, { threshold, fpir, fpirCi95, fnir, fnirCi95 }]) => [
              wanted,
              threshold.toFixed(4),
              formatRate(fpir, fpirCi95),
              formatPercent(fnir, fnirCi95),
            ]),
            note: 'FPIR grows with the gallery: a threshold holds for this size only.',
          },
        ],
        charts: [
          {
            kind: 'line',
            title: 'Open-set trade-off',
            description: 'False negative over false positive identification rate, both on normal deviates.',
            x: { label: 'False positive identification rate', scale: 'probit', format: 'percent' },
            y: { label: 'False negative identification rate', scale: 'probit', format: 'percent' },
            series: [
              { name: 'open set', points: openSet.curve.fpir.map((rate, i): ChartPoint => [rate, openSet.curve.fnir[i] as number]) },
            ],
          },
        ],
      },
      {
        heading: 'Closed set',
        charts: [
          {
            kind: 'line',
            title: 'Cumulative match characteristic',
            description: 'Share of known probes whose person is among the first candidates, by the number of candidates.',
            x: { label: 'Rank', scale: 'linear', min: 1 },
            y: { label: 'Identification rate', scale: 'linear', format: 'percent', max: 1 },
            series: [{ name: 'CMC', points: closedSet.cmc.map((rate, i): ChartPoint => [i + 1, rate]) }],
          },
        ],
      },
    ],
  };
}
