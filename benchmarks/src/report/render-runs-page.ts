/** Runs as one HTML page: short facts first, then each suite with all runs side by side. */

import { type ReportSection, renderReportPage, type Table } from '@isoface/evaluation';
import { compareRuns } from '../compare/compare-runs.ts';
import { toComparisonSections } from '../compare/comparison-report.ts';
import type { RunRecord, SuiteRecord } from '../run/run-record.ts';
import {
  countOf,
  describeMachineFacts,
  describeRecordFacts,
  describeReservations,
  type Fact,
  formatDuration,
  isOneMachine,
} from './run-conditions.ts';

/** A suite of one run. */
interface NamedRecord {
  /** Name of its run. */
  readonly run: string;
  readonly record: SuiteRecord;
}

/** What the sections of suites must say. */
interface PageShape {
  /** Names of runs. */
  readonly isMany: boolean;
  /** The machine, for it is not that of the whole page. */
  readonly hasMachine: boolean;
}

/**
 * Writes the report of one run or more. Of several runs, each is compared with the first.
 *
 * @param runs - At least one. Their names are shown as they are.
 * @returns One HTML file that loads nothing.
 */
export function renderRunsPage(runs: readonly RunRecord[]): string {
  const suites = listSuites(runs);
  const [first, ...others] = runs;
  const comparisons = first === undefined ? [] : others.map((run) => toComparisonSections(compareRuns(first, run)));
  return renderReportPage({
    title: `Benchmarks: ${runs.map(({ name }) => name).join(', ')}`,
    subtitle: runs.length > 1 ? `Each run is compared with ${first?.name}.` : undefined,
    facts: toFacts(runs),
    notes: runs.flatMap(({ name, suites: records }) => describeReservations(records, runs.length > 1 ? name : undefined)),
    sections: [
      toOverview(suites, runs.length > 1),
      ...comparisons.flatMap((sections) => sections.slice(0, 1)),
      ...suites.map((records) =>
        toSuiteSection(records, { isMany: runs.length > 1, hasMachine: runs.length > 1 || !isOneMachine(runs[0]?.suites ?? []) }),
      ),
      ...comparisons.flatMap((sections) => sections.slice(1)),
    ],
  });
}

/** Records of each suite, in the order in which suites come first. */
function listSuites(runs: readonly RunRecord[]): NamedRecord[][] {
  const suites = new Map<string, NamedRecord[]>();
  for (const { name, suites: records } of runs) {
    for (const record of records) suites.set(record.suite, [...(suites.get(record.suite) ?? []), { run: name, record }]);
  }
  return [...suites.values()];
}

/** Of one run its machine; of several the machine of each. */
function toFacts(runs: readonly RunRecord[]): Fact[] {
  const [run] = runs;
  const machine = run?.suites[0]?.conditions.machine;
  if (runs.length === 1 && run !== undefined && machine !== undefined && isOneMachine(run.suites)) {
    const seconds = run.suites.reduce((sum, { pieces }) => sum + pieces.reduce((total, piece) => total + piece.seconds, 0), 0);
    const partial = run.suites.filter(({ status }) => status === 'partial').length;
    return [
      ...describeMachineFacts(machine),
      { label: 'Date', value: run.suites[0]?.conditions.startedAt.slice(0, 10) ?? 'unknown' },
      { label: 'Suites', value: `${run.suites.length}${partial === 0 ? ', all complete' : `, ${partial} of them PARTIAL`}` },
      { label: 'Measured for', value: formatDuration(seconds) },
    ];
  }
  return runs.flatMap(({ name, suites }) => {
    const conditions = suites[0]?.conditions;
    if (conditions === undefined) return [];
    const { cpu, cores, node } = conditions.machine;
    return [{ label: name, value: `${conditions.startedAt.slice(0, 10)}, ${cpu}, ${countOf(cores, 'core', 'cores')}, Node ${node}` }];
  });
}

function toOverview(suites: readonly NamedRecord[][], isMany: boolean): ReportSection {
  return {
    heading: 'In short',
    tables: [
      {
        caption: 'What was measured',
        columns: [{ label: 'Suite' }, ...(isMany ? [{ label: 'Run' }] : []), { label: 'Status' }, { label: 'Result' }],
        rows: suites
          .flat()
          .map(({ run, record }) => [
            record.title,
            ...(isMany ? [run] : []),
            describeStatus(record),
            record.report.findings[0] ?? 'No finding: see its tables.',
          ]),
      },
    ],
  };
}

function describeStatus({ status, failures, notMeasured }: SuiteRecord): string {
  return [
    status === 'partial' ? 'PARTIAL' : 'complete',
    ...(failures.length > 0 ? [countOf(failures.length, 'failure', 'failures')] : []),
    ...(notMeasured.length > 0 ? [`${notMeasured.length} not measured`] : []),
  ].join(', ');
}

function toSuiteSection(records: readonly NamedRecord[], shape: PageShape): ReportSection {
  const { isMany } = shape;
  const isPartial = records.some(({ record }) => record.status === 'partial');
  const title = records[0]?.record.title ?? '';
  const label = (run: string, text: string): string => (isMany ? `${run}: ${text}` : text);
  return {
    heading: isPartial ? `${title} (partial)` : title,
    text: records.flatMap(({ run, record }) => record.report.findings.map((finding) => label(run, finding))).join('\n\n'),
    charts: sideBySide(records, ({ report }) => report.charts).map(({ run, item }) => ({ ...item, title: label(run, item.title) })),
    tables: [
      ...sideBySide(records, ({ report }) => report.tables).map(({ run, item }) => ({ ...item, caption: label(run, item.caption) })),
      ...toGapTables(records, isMany),
      toConditions(records, shape),
    ],
  };
}

/** The first of each record, then the second of each: what belongs together stands together. Those with the same place have the same title, as a rule. */
function sideBySide<T>(
  records: readonly NamedRecord[],
  listOf: (record: SuiteRecord) => readonly T[],
): { readonly run: string; readonly item: T }[] {
  const lists = records.map(({ run, record }) => ({ run, items: listOf(record) }));
  const longest = Math.max(0, ...lists.map(({ items }) => items.length));
  return Array.from({ length: longest }, (_, at) => at).flatMap((at) =>
    lists.flatMap(({ run, items }) => items.slice(at, at + 1).map((item) => ({ run, item }))),
  );
}

function toGapTables(records: readonly NamedRecord[], isMany: boolean): Table[] {
  const toTable = (
    caption: string,
    labels: readonly [string, string],
    listOf: (record: SuiteRecord) => readonly [string, string][],
  ): Table[] => {
    const rows = records.flatMap(({ run, record }) => listOf(record).map(([name, reason]) => [...(isMany ? [run] : []), name, reason]));
    const columns = [...(isMany ? [{ label: 'Run' }] : []), ...labels.map((name) => ({ label: name }))];
    return rows.length === 0 ? [] : [{ caption, columns, rows }];
  };
  return [
    ...toTable('Failures', ['Piece', 'What happened'], ({ failures }) => failures.map(({ piece, message }) => [piece, message])),
    ...toTable('Not measured', ['What', 'Why'], ({ notMeasured }) => notMeasured.map(({ name, reason }) => [name, reason])),
  ];
}

function toConditions(records: readonly NamedRecord[], { isMany, hasMachine }: PageShape): Table {
  const facts = records.map(({ record }) => [
    ...describeRecordFacts(record),
    ...(hasMachine ? describeMachineFacts(record.conditions.machine) : []),
  ]);
  return {
    caption: 'Conditions',
    columns: [{ label: 'Condition' }, ...records.map(({ run }) => ({ label: isMany ? run : 'Value' }))],
    rows: (facts[0] ?? []).map(({ label }, at) => [label, ...facts.map((list) => list[at]?.value)]),
    note: 'Load average: over one minute, before each piece. Yardstick: a fixed piece of work, timed before each piece; its spread is that of the machine.',
  };
}
