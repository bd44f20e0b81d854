/** A liveness result as a page and as rows. */

import { formatPercent } from '../report/format-rate.ts';
import type { ReportPage } from '../report/report-page.ts';
import type { Cell } from '../report/table.ts';
import { listCoverageNotes } from './attack-kinds.ts';
import type { LivenessRates, LivenessResult, LivenessThreshold } from './liveness.ts';
import { countProblems } from './provenance-facts.ts';
import type { LivenessScorer } from './score-presentations.ts';

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
  const { dataset, at, problems, scorer } = result;
  return {
    title: `Presentation attack detection: ${dataset}`,
    facts: [
      ...(scorer === undefined ? [] : toScorerFacts(scorer)),
      ...listLivenessRates(result).flatMap(([name, { threshold, worstKind, apcerMax, bpcer, acer }]) => [
        { label: `Threshold, by ${name}`, value: `${threshold}` },
        { label: `APCER, by ${name}`, value: `${formatPercent(apcerMax)} (worst kind: ${worstKind})` },
        { label: `BPCER, by ${name}`, value: formatPercent(bpcer.rate, bpcer.ci95) },
        { label: `ACER, by ${name}`, value: formatPercent(acer) },
      ]),
    ],
    notes: [
      'Larger scores are more bona fide. APCER is that of the worst attack kind; kinds are never pooled.',
      ...listCoverageNotes(result.coverage),
      `${describeThreshold(at)}.`,
      ACER_NOTE,
      ...listUnansweredNotes(result),
      '95 % intervals: Clopper-Pearson. Frames of one clip are not independent: by frame, intervals are too narrow.',
      ...(problems.length === 0 ? [] : [`Problems of the data: ${countProblems(problems)}.`]),
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

/** What the mean of two rates is worth. */
export const ACER_NOTE =
  'ACER, the mean of BPCER and the APCER of the worst kind, is stated because others state it; ISO/IEC 30107-3 no longer has it, for two rates say more than their mean.';

/** Sentences about attack kinds that got no score at all. */
export function listUnansweredNotes(result: LivenessResult): string[] {
  return listLivenessRates(result).flatMap(([name, { unanswered }]) =>
    Object.entries(unanswered).map(
      ([kind, count]) =>
        `By ${name}: none of the ${count} presentations of ${kind} got a score, so they have no APCER (APNRR 100 %); an application that needs a score refuses them.`,
    ),
  );
}

function toScorerFacts({
  pack,
  models,
  executionProvider,
  detectionSize,
  versions,
  pictures,
  withoutFace,
  severalFaces,
}: LivenessScorer): ReportPage['facts'] {
  return [
    { label: 'Scored by', value: `${models.join(' and ')}, faces found by pack ${pack}` },
    { label: 'Run by', value: `${executionProvider}, detection size ${detectionSize}` },
    {
      label: 'Versions',
      value: Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    },
    { label: 'Pictures', value: `${pictures}, ${withoutFace} without a face, ${severalFaces} with several` },
  ];
}

/** Where the threshold comes from, as a sentence without its end. */
export function describeThreshold(at: LivenessThreshold): string {
  if ('threshold' in at) {
    if (at.calibration === undefined) return 'The threshold was given';
    const { kind, rate, dataset, presentations } = at.calibration;
    return `The threshold is the pack's own, calibrated for ${kind.toUpperCase()} ${formatPercent(rate)} on ${dataset} (${presentations} presentations)`;
  }
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
