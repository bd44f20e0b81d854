/** What became of many people, for those who look at it and for `--report`. */

import { extname } from 'node:path';
import { countProblems, type DatasetProblem, toCsv } from '@isoface/evaluation';
import { writeTextFile } from '../evaluation/result-files.ts';
import { countOf } from '../output/face-text.ts';
import { formatJson } from '../output/format-json.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';
import type { PersonOutcome, UnusedPhoto } from './enrol-people.ts';

/** Adds up outcomes as they come. */
export interface EnrolSummary {
  readonly people: number;
  /** People who got templates in this run; `added` of them are new. */
  readonly enrolled: number;
  readonly added: number;
  /** People who needed nothing. */
  readonly present: number;
  readonly refused: readonly Refusal[];
  readonly photos: {
    readonly analyzed: number;
    readonly used: number;
    readonly skipped: number;
    readonly unused: readonly UnusedPhoto[];
  };
  /** People who look like others, enrolled all the same. */
  readonly duplicates: readonly { readonly id: string; readonly of: PersonOutcome['duplicates'] }[];
}

interface Refusal {
  readonly id: string;
  readonly reason: string;
  readonly message: string;
  readonly duplicates: PersonOutcome['duplicates'];
}

const SHOWN = 5;

/** The outcomes as figures, lists in the order of `ids`. */
export function summarizeOutcomes(outcomes: ReadonlyMap<string, PersonOutcome>, ids: Iterable<string>): EnrolSummary {
  const ordered = Array.from(ids).flatMap((id) => outcomes.get(id) ?? []);
  const count = (status: PersonOutcome['status']): number => ordered.filter((outcome) => outcome.status === status).length;
  const sum = (of: (outcome: PersonOutcome) => number): number => ordered.reduce((total, outcome) => total + of(outcome), 0);
  return {
    people: ordered.length,
    enrolled: count('enrolled'),
    added: ordered.filter(({ status, isNew }) => status === 'enrolled' && isNew).length,
    present: count('present'),
    refused: ordered.flatMap(({ id, refusal, duplicates }) => (refusal === undefined ? [] : [{ id, ...refusal, duplicates }])),
    photos: {
      analyzed: sum(({ analyzed }) => analyzed),
      used: sum(({ used }) => used),
      skipped: sum(({ skipped }) => skipped),
      unused: ordered.flatMap(({ unused }) => unused),
    },
    duplicates: ordered.flatMap(({ id, status, duplicates }) =>
      status === 'enrolled' && duplicates.length > 0 ? [{ id, of: duplicates }] : [],
    ),
  };
}

/** Prints the figures, and notes the first of what needs attention. */
export function reportSummary(summary: EnrolSummary, hasReport: boolean, { print, note }: Session): void {
  const { people, enrolled, added, present, refused, photos, duplicates } = summary;
  const { analyzed, used, skipped, unused } = photos;
  print(`${enrolled} of ${people} people enrolled (${added} new), ${present} were there already, ${refused.length} refused`);
  print(`${countOf(analyzed, 'photo')} looked at, ${used} used, ${unused.length} not used${describeReasons(unused)}; ${skipped} skipped`);
  for (const { id, source, reason, message } of unused.slice(0, SHOWN))
    note(`  not used: ${printable(id)}: ${printable(source)}: ${reason}: ${printable(message)}`);
  if (unused.length > SHOWN) note(`  … ${unused.length - SHOWN} more${hasReport ? '' : '; --report FILE lists all'}.`);
  for (const { id, of } of duplicates.slice(0, SHOWN))
    note(`  ${printable(id)} looks like ${of.map((other) => `${printable(other.id)} (${other.similarity.toFixed(4)})`).join(', ')}`);
  if (duplicates.length > SHOWN) note(`  … ${duplicates.length - SHOWN} more look like others; --json lists all.`);
}

/** Notes what was wrong with the folder or the list. */
export function noteProblems(problems: readonly DatasetProblem[], { note }: Session): void {
  if (problems.length === 0) return;
  note(`Problems: ${countProblems(problems)}.`);
  for (const { path, message } of problems.slice(0, SHOWN)) note(`  ${printable(path)}: ${printable(message)}`);
  if (problems.length > SHOWN) note(`  … ${problems.length - SHOWN} more; --json lists all.`);
}

/**
 * Writes every photo that did not become a template, as CSV or JSON by the extension of the name.
 *
 * @throws {FaceError} `IO_FAILED`.
 */
export async function writeUnusedPhotos(
  file: string,
  unused: readonly UnusedPhoto[],
  problems: readonly DatasetProblem[],
  session: Session,
): Promise<void> {
  const rows = [
    ...unused.map(({ id, source, reason, message }) => ({ name: id, photo: source, reason: reason as string, message })),
    ...problems.map(({ path, code, message }) => ({ name: '', photo: path, reason: code as string, message })),
  ];
  const text =
    extname(file).toLowerCase() === '.json'
      ? `${formatJson({ photos: rows })}\n`
      : toCsv(
          ['name', 'photo', 'reason', 'message'],
          rows.map(({ name, photo, reason, message }) => [name, photo, reason, message]),
        );
  await writeTextFile(file, text, session);
}

function describeReasons(unused: readonly UnusedPhoto[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of unused) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = Array.from(counts, ([reason, count]) => `${count} ${reason}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
