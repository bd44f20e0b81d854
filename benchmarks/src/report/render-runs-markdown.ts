/** Runs as Markdown, for a document. */

import { toMarkdownTable } from '@isoface/evaluation';
import { compareRuns } from '../compare/compare-runs.ts';
import { renderComparisonMarkdown } from '../compare/comparison-report.ts';
import type { RunRecord, SuiteRecord } from '../run/run-record.ts';
import { describeMachineFacts, describeRecordFacts, describeReservations, type Fact, isOneMachine } from './run-conditions.ts';

/**
 * Writes findings and tables of all suites of the runs, then how each run compares with the first. Charts are left to the page.
 *
 * @returns Sections from level two on: the title is the document's.
 */
export function renderRunsMarkdown(runs: readonly RunRecord[]): string {
  const [first, ...others] = runs;
  const blocks = [
    ...runs.flatMap(({ name, suites }) => toRunBlocks(name, suites, runs.length > 1)),
    ...(first === undefined
      ? []
      : others.flatMap((run) => [
          `## ${escapeText(run.name)} against ${escapeText(first.name)}`,
          renderComparisonMarkdown(compareRuns(first, run)).trimEnd(),
        ])),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function toRunBlocks(name: string, suites: readonly SuiteRecord[], isMany: boolean): string[] {
  const isOne = isOneMachine(suites);
  const machine = isOne ? suites[0]?.conditions.machine : undefined;
  const reservations = describeReservations(suites, isMany ? name : undefined);
  return [
    ...(isMany ? [`## ${escapeText(name)}`] : []),
    ...(machine === undefined
      ? []
      : [
          describeMachineFacts(machine)
            .map(({ label, value }) => `${label}: ${escapeText(value)}.`)
            .join(' '),
        ]),
    ...(reservations.length === 0 ? [] : [toList(reservations)]),
    ...suites.flatMap((record) => toSuiteBlocks(record, isMany ? '###' : '##', !isOne)),
  ];
}

function toSuiteBlocks(record: SuiteRecord, level: string, hasMachine: boolean): string[] {
  const { title, status, failures, notMeasured, report } = record;
  const gaps = [
    ...failures.map(({ piece, message }) => `Failed: ${piece}. ${message}`),
    ...notMeasured.map(({ name, reason }) => `Not measured: ${name}. ${reason}`),
  ];
  return [
    `${level} ${escapeText(title)}${status === 'partial' ? ' (partial)' : ''}`,
    ...(report.findings.length === 0 ? [] : [toList(report.findings)]),
    ...report.tables.flatMap((table) => [
      `${escapeText(table.caption)}:`,
      toMarkdownTable(table).trimEnd(),
      ...(table.note === undefined ? [] : [escapeText(table.note)]),
    ]),
    ...(gaps.length === 0 ? [] : [toList(gaps)]),
    toSentences([...describeRecordFacts(record).slice(1), ...(hasMachine ? describeMachineFacts(record.conditions.machine) : [])]),
  ];
}

function toSentences(facts: readonly Fact[]): string {
  return facts.map(({ label, value }) => `${label}: ${escapeText(value)}.`).join(' ');
}

function toList(items: readonly string[]): string {
  return items.map((item) => `- ${escapeText(item)}`).join('\n');
}

/** Text may hold names and messages from outside: on one line, without markup. */
function escapeText(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/[\\`*<|~]|\](?=[([:])|(?<!\w)_|_(?!\w)/g, '\\$&');
}
