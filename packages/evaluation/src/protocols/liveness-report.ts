/** A liveness result as a page and as rows. */

import { formatPercent } from '../report/format-rate.ts';
import type { ReportPage } from '../report/report-page.ts';
import type { Cell } from '../report/table.ts';
import type { LivenessRates, LivenessResult, LivenessThreshold } from './liveness.ts';
import { countProblems } from './provenance-facts.ts';

/** Rates by presentation and kind, one row each, in full precision. */
export function toLivenessRows(result: LivenessResult): {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
} {
  const columns = ['presentations', 'threshold', 'rate', 'kind', 'value', 'low', 'high', 'count', 'non-responses'];
  return { columns, rows: listLivenessRates(result).flatMap(([name, rates]) => toRows(name, rates)) };
}

/** The report. */
export function toLivenessPage(result: LivenessResult): ReportPage {
  const { dataset, at, problems } = result;
  return {
    title: `Presentation attack detection: ${dataset}`,
    facts: listLivenessRates(result).flatMap(([name, { threshold, worstKind, apcerMax, bpcer, acer }]) => [
      { label: `Threshold, by ${name}`, value: `${threshold}` },
      { label: `APCER, by ${name}`, value: `${formatPercent(apcerMax)} (worst kind: ${worstKind})` },
      { label: `BPCER, by ${name}`, value: formatPercent(bpcer.rate, bpcer.ci95) },
      { label: `ACER, by ${name}`, value: formatPercent(acer) },
    ]),
    notes: [
      'Larger scores are more bona fide. APCER is that of the worst attack kind; kinds are never pooled.',
      `${describeThreshold(at)}.`,
      '95 % intervals: Clopper-Pearson. Frames of one clip are not independent: by frame, intervals are too narrow.',
      ...(problems.length === 0 ? [] : [`Problems of the table: ${countProblems(problems)}.`]),
    ],
    sections: listLivenessRates(result).map(([name, rates]) => ({
      heading: `By ${name}`,
      tables: [
        {
          caption: `Error rates at threshold ${rates.threshold}`,
          columns: [
            { label: 'Presentations' },
            { label: 'Number', align: 'right' },
            { label: 'Classified wrong', align: 'right' },
            { label: 'No score', align: 'right' },
          ],
          rows: [
            ['bona fide (BPCER)', rates.bpcer.count, formatPercent(rates.bpcer.rate, rates.bpcer.ci95), formatPercent(rates.bpnrr.rate)],
            ...Object.entries(rates.apcer).map(([kind, { rate, ci95, count }]) => [
              `${kind} (APCER)`,
              count,
              formatPercent(rate, ci95),
              formatPercent(rates.apnrr[kind]?.rate ?? 0),
            ]),
          ],
          note: 'Presentations without a score are in no classification rate.',
        },
      ],
      charts: [
        {
          kind: 'histogram',
          title: `Scores by ${name}`,
          description: 'Distribution of the scores of bona fide presentations and of each kind of attack, with the threshold.',
          x: { label: 'Liveness score', scale: 'linear' },
          series: [
            { name: 'bona fide', edges: rates.histogram.edges, counts: rates.histogram.bonaFide },
            ...Object.entries(rates.histogram.attacks).map(([kind, counts]) => ({ name: kind, edges: rates.histogram.edges, counts })),
          ],
          marks: [{ x: rates.threshold, label: 'threshold' }],
        },
      ],
    })),
  };
}

/** Where the threshold comes from, as a sentence without its end. */
export function describeThreshold(at: LivenessThreshold): string {
  if ('threshold' in at) return 'The threshold was given';
  const [name, rate] = 'apcer' in at ? ['APCER', at.apcer] : ['BPCER', at.bpcer];
  return `The threshold was found on these scores, for ${name} of at most ${formatPercent(rate)}: on others the rates will be worse`;
}

/** The ways in which presentations were counted. */
export function listLivenessRates({ perFrame, perClip }: LivenessResult): [string, LivenessRates][] {
  return [...(perClip === undefined ? [] : ([['clip', perClip]] as [string, LivenessRates][])), ['frame', perFrame]];
}

function toRows(name: string, { threshold, apcer, apnrr, apcerMax, worstKind, bpcer, bpnrr, acer }: LivenessRates): Cell[][] {
  const silent = ({ rate, count }: { readonly rate: number; readonly count: number }): number => Math.round(rate * count);
  return [
    ...Object.entries(apcer).map(([kind, { rate, ci95, count }]) => {
      const missing = apnrr[kind];
      return [name, threshold, 'APCER', kind, rate, ...ci95, count, missing && silent(missing)];
    }),
    [name, threshold, 'BPCER', undefined, bpcer.rate, ...bpcer.ci95, bpcer.count, silent(bpnrr)],
    [name, threshold, 'APCER max', worstKind, apcerMax, undefined, undefined, undefined, undefined],
    [name, threshold, 'ACER', undefined, acer, undefined, undefined, undefined, undefined],
  ];
}
