/** A comparison for people: as sections of a page, as a page, as Markdown. */

import { type Chart, type ReportSection, renderReportPage, type Table, toMarkdownTable } from '@isoface/evaluation';
import { formatChange } from './compare-series.ts';
import type { Comparison, SeriesComparison, SuiteComparison, Verdict } from './comparison.ts';

/** Rows of a chart: more cannot be read at once. */
const MAX_ROWS = 24;
/** Keys in a sentence. */
const MAX_KEYS = 6;
const VERDICTS: readonly Verdict[] = ['worse', 'better', 'unclear', 'same'];

/** What the comparison comes to, in sentences: counts, then what differs besides the software. */
function summarizeComparison({ a, b, suites, compared, tested, minEffect, falseDiscoveryRate, onlyInA, onlyInB }: Comparison): string[] {
  const all = suites.flatMap(({ series }) => series);
  const count = (verdict: Verdict): number => all.filter((row) => row.verdict === verdict).length;
  if (compared === 0) return [`${b} and ${a} have no series in common: there is nothing to compare.`];
  return [
    `${b} against ${a}: ${compared} series in both. Worse: ${count('worse')}, better: ${count('better')}, the same: ${count('same')}, unclear: ${count('unclear')}.`,
    `Better or worse: the 95 % interval of the ratio, widened by the drift of the machine, lies beyond ${formatPercent(minEffect)}. Series with noise: ${tested}; ` +
      `of all that are called better or worse, at most ${formatPercent(falseDiscoveryRate)} are expected to be so by chance (Benjamini-Hochberg).`,
    ...suites.flatMap(({ title, notes }) => notes.map((note) => `${title}: ${note}`)),
    ...(onlyInA.length > 0 ? [`Suites only in ${a}: ${onlyInA.join(', ')}.`] : []),
    ...(onlyInB.length > 0 ? [`Suites only in ${b}: ${onlyInB.join(', ')}.`] : []),
  ];
}

/** Sections of a page: what changed, then each suite in full. */
export function toComparisonSections(comparison: Comparison): ReportSection[] {
  const { a, b, suites } = comparison;
  const changed = listChanged(comparison);
  const heading = `${b} against ${a}`;
  return [
    {
      heading,
      text: [
        ...summarizeComparison(comparison),
        ...(changed.length === 0 && comparison.compared > 0 ? ['Nothing changed for certain.'] : []),
      ].join('\n\n'),
      tables: changed.length === 0 ? [] : [toTable('What changed', changed, comparison)],
    },
    ...suites.map((suite) => toSuiteSection(suite, comparison)),
  ];
}

/** One HTML file. */
export function renderComparisonPage(comparison: Comparison): string {
  const { a, b, compared, suites } = comparison;
  const all = suites.flatMap(({ series }) => series);
  return renderReportPage({
    title: `Benchmarks: ${b} against ${a}`,
    facts: [
      { label: 'Series in both', value: `${compared}` },
      ...VERDICTS.map((verdict) => ({
        label: verdict[0]?.toUpperCase() + verdict.slice(1),
        value: `${all.filter((row) => row.verdict === verdict).length}`,
      })),
    ],
    sections: toComparisonSections(comparison),
  });
}

/** What changed, as text that a terminal and a document can show; series that did not are counted only. */
export function renderComparisonMarkdown(comparison: Comparison): string {
  const changed = listChanged(comparison);
  const paragraphs = summarizeComparison(comparison);
  const drifts = comparison.suites.map(({ title, drift }) => `${title}: ${describeDrift(drift)}`);
  const table =
    changed.length === 0 ? 'Nothing changed for certain.' : toMarkdownTable(toTable('What changed', changed, comparison)).trimEnd();
  const missing = comparison.suites.flatMap((suite) => describeMissing(suite, comparison).map((line) => `${suite.title}: ${line}`));
  return `${[...paragraphs.slice(0, 1), table, ...paragraphs.slice(1), ...drifts, ...missing].join('\n\n')}\n`;
}

function listChanged({ suites }: Comparison): SeriesComparison[] {
  const changed = suites.flatMap(({ series }) => series.filter(({ verdict }) => verdict === 'worse' || verdict === 'better'));
  // What became worse is what a reader must see.
  return changed.sort((x, y) => VERDICTS.indexOf(x.verdict) - VERDICTS.indexOf(y.verdict) || size(y) - size(x));
}

function size({ ratio }: SeriesComparison): number {
  return Number.isNaN(ratio) ? 0 : Math.abs(Math.log(ratio));
}

function toSuiteSection(suite: SuiteComparison, comparison: Comparison): ReportSection {
  const { title, series, drift, notes } = suite;
  const sorted = series.toSorted((x, y) => VERDICTS.indexOf(x.verdict) - VERDICTS.indexOf(y.verdict) || size(y) - size(x));
  return {
    heading: `${title}: ${comparison.b} against ${comparison.a}`,
    text: [...notes, describeDrift(drift), ...describeMissing(suite, comparison)].join('\n\n'),
    charts: drawRatios(sorted, comparison),
    tables: sorted.length === 0 ? [] : [toTable('All series', sorted, comparison)],
  };
}

function describeDrift({ ratio, range, byPiece }: SuiteComparison['drift']): string {
  if (Number.isNaN(ratio)) return 'Drift of the machine: unknown, for a run has no yardstick.';
  const pieces =
    byPiece.size === 0 ? 'the runs have no piece in common' : `by piece from ${formatChange(range[0])} to ${formatChange(range[1])}`;
  return `Drift of the machine, by a fixed piece of work that was timed before each piece: ${formatChange(ratio)} (${pieces}).`;
}

function describeMissing({ onlyInA, onlyInB }: SuiteComparison, { a, b }: Comparison): string[] {
  return [
    ...(onlyInA.length > 0 ? [`Series only in ${a}: ${listSome(onlyInA)}.`] : []),
    ...(onlyInB.length > 0 ? [`Series only in ${b}: ${listSome(onlyInB)}.`] : []),
  ];
}

function listSome(keys: readonly string[]): string {
  const shown = keys.slice(0, MAX_KEYS).join(', ');
  return keys.length > MAX_KEYS ? `${shown} and ${keys.length - MAX_KEYS} more` : shown;
}

function drawRatios(rows: readonly SeriesComparison[], { a, b, minEffect }: Comparison): Chart[] {
  const shown = rows.filter(({ ratio, method }) => Number.isFinite(ratio) && ratio > 0 && method !== 'exact').slice(0, MAX_ROWS);
  if (shown.length === 0) return [];
  return [
    {
      kind: 'intervals',
      title: `Ratio ${b} / ${a}`,
      description:
        `With its 95 % interval, before it is widened by the drift. ${shown.length < rows.length ? `${shown.length} of ${rows.length} series, the clearest changes first.` : ''}`.trim(),
      x: { label: 'Ratio of the medians', scale: 'log' },
      rows: shown.map(({ key, ratio, ci95, samples }) => ({ label: key, value: ratio, ci95, n: Math.min(...samples) })),
      marks: [
        { x: 1 / (1 + minEffect), label: `-${formatPercent(minEffect)}` },
        { x: 1 + minEffect, label: `+${formatPercent(minEffect)}` },
      ],
    },
  ];
}

function toTable(caption: string, rows: readonly SeriesComparison[], { a, b }: Comparison): Table {
  const hasNotes = rows.some(({ note }) => note !== undefined);
  const suites = new Set(rows.map(({ suite }) => suite));
  return {
    caption,
    columns: [
      { label: 'Series' },
      { label: 'Verdict' },
      { label: 'Change', align: 'right' },
      { label: '95 % interval', align: 'right' },
      { label: 'With drift', align: 'right' },
      { label: 'Medians', align: 'right' },
      { label: 'Samples', align: 'right' },
      ...(hasNotes ? [{ label: 'Note' }] : []),
    ],
    rows: rows.map((row) => [
      suites.size > 1 ? `${row.suite}: ${row.key}` : row.key,
      row.verdict,
      formatChange(row.ratio),
      row.method === 'exact' ? 'exact' : formatRange(row.ci95),
      formatRange(row.widened),
      `${round(row.medians[0])} → ${round(row.medians[1])}${row.unit === 'ratio' ? '' : ` ${row.unit}`}`,
      row.method === 'paired' ? `${row.samples[0]} pairs` : row.samples.join(' / '),
      ...(hasNotes ? [row.note ?? ''] : []),
    ]),
    note: `Change: the ratio of ${b} to ${a}. With drift: the interval, widened by how much the machine itself may have changed.`,
  };
}

function formatRange([low, high]: readonly [number, number]): string {
  return Number.isNaN(low) ? 'n/a' : `${formatChange(low).replace(' %', '')} to ${formatChange(high)}`;
}

function formatPercent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function round(value: number): string {
  return Number.isFinite(value) ? Number(value.toPrecision(4)).toLocaleString('en-US', { maximumSignificantDigits: 4 }) : 'n/a';
}
