/** The list of a data set as a file: JSON lines, the first of which is a header. */

import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { FaceError } from '@isoface/core';
import { z } from 'zod';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import type { DatasetEntry, DatasetProblem } from './dataset-entry.ts';
import { comparePaths, findPathFault } from './entry-path.ts';
import { describeFault } from './fault-reason.ts';
import { readImageFacts } from './image-facts.ts';
import type { IdentitySource } from './index-directory.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { streamLines } from './stream-lines.ts';

/** What the first line of an index says. */
export interface DatasetIndexHeader {
  /** Folder that the paths start from: relative to the folder of the index file, or absolute. It is written relative where that is possible. */
  readonly root: string;
  readonly identities: IdentitySource;
  /** The size of the sample that was asked for; absent where all images were. */
  readonly count?: number | undefined;
  /** What chose the sample. */
  readonly seed?: number | undefined;
}

/** A data set that was listed once. */
export interface DatasetIndex {
  readonly header: DatasetIndexHeader;
  /** Absolute path of the folder that the paths start from. */
  readonly root: string;
  /** By path, in code-unit order; no path twice. */
  readonly entries: readonly DatasetEntry[];
}

/** Options of {@link checkEntries}. */
export interface CheckEntriesOptions {
  /** Compare the bytes too, which takes as long as to read them; else presence and size only. @defaultValue false */
  readonly contents?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const VERSION = 1;
const WRITTEN_AT_ONCE = 500;
const FILES_AT_ONCE = 4;
/** Bad lines that an error names. */
const NAMED_LINES = 20;

const wholeNumber = z.int().nonnegative();
const headerSchema = z.object({
  isofaceDataset: z.number(),
  root: z.string().min(1),
  identities: z.enum(['folder', 'none']),
  count: wholeNumber.optional(),
  seed: z.int().optional(),
  entries: wholeNumber.optional(),
});
const entrySchema = z.object({
  path: z.string(),
  identity: z.string().min(1).optional(),
  width: z.int().positive(),
  height: z.int().positive(),
  bytes: wholeNumber,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * Writes an index, whole or not at all. The same entries give the same bytes: there is no date in it, and the root is written relative to the
 * file, so that both can be moved together.
 *
 * @throws {FaceError} `DATASET_INVALID` for entries that could not be read again; `IO_FAILED`.
 */
export async function writeDatasetIndex(
  file: string,
  entries: readonly DatasetEntry[],
  header: DatasetIndexHeader,
  signal: AbortSignal,
): Promise<void> {
  const sorted = entries.toSorted((a, b) => comparePaths(a.path, b.path));
  for (const [i, { path }] of sorted.entries()) {
    const fault = findPathFault(path) ?? (path === sorted[i - 1]?.path ? 'another entry has it' : undefined);
    if (fault === undefined) continue;
    throw new FaceError(
      'DATASET_INVALID',
      `Expected a path of its own below the root for each entry, got ${JSON.stringify(path)}: ${fault}.`,
      { path },
    );
  }
  await writeFileAtomically(file, formatLines(file, sorted, header), signal);
}

/**
 * Reads an index.
 *
 * @param options.root - Where the images are now, if not where the index says.
 * @throws {FaceError} `IO_FAILED`; `DATASET_INVALID` naming every bad line (up to 20 in `details.problems`), a version of the future, or an index
 * that ends early.
 */
export async function readDatasetIndex(
  file: string,
  options: { readonly root?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<DatasetIndex> {
  const entries: DatasetEntry[] = [];
  const firstLine = new Map<string, number>();
  const problems: { readonly line: number; readonly message: string }[] = [];
  let header: z.infer<typeof headerSchema> | undefined;
  for await (const { line, text } of streamLines(file, options.signal)) {
    if (header === undefined) {
      header = parseHeader(text, file, line);
      continue;
    }
    if (text.trim() === '') continue;
    const entry = parseEntry(text);
    const earlier = typeof entry === 'string' ? undefined : firstLine.get(entry.path);
    if (typeof entry === 'string') problems.push({ line, message: entry });
    else if (earlier !== undefined) problems.push({ line, message: `line ${earlier} has the same path ${JSON.stringify(entry.path)}` });
    else {
      firstLine.set(entry.path, line);
      entries.push(entry);
    }
  }
  const { root, identities, count, seed, entries: promised } = header ?? parseHeader('', file, 1);
  assertNoProblems(problems, file);
  assertAllThere(entries.length, promised, file);
  entries.sort((a, b) => comparePaths(a.path, b.path));
  return { header: { root, identities, count, seed }, root: resolve(options.root ?? resolve(dirname(file), root)), entries };
}

/** Looks for the files of an index: whether they are there and still the same. Returns what is wrong, in the order of the entries. */
export async function checkEntries(
  { root, entries }: Pick<DatasetIndex, 'root' | 'entries'>,
  { contents = false, signal }: CheckEntriesOptions = {},
): Promise<readonly DatasetProblem[]> {
  const check = contents ? checkContents : checkPresence;
  const problems = await mapConcurrently(entries, FILES_AT_ONCE, async (entry): Promise<DatasetProblem | undefined> => {
    signal?.throwIfAborted();
    const problem = await check(join(root, entry.path), entry, signal);
    return problem && { path: entry.path, ...problem };
  });
  return problems.filter((problem) => problem !== undefined);
}

type Finding = Pick<DatasetProblem, 'code' | 'message'> | undefined;

const CHANGED = 'The file is not the one that was indexed; index the folder again.';

async function checkPresence(path: string, entry: DatasetEntry): Promise<Finding> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) return { code: 'unsupported', message: 'Expected an image file; this is a folder, pipe or device.' };
    return stats.size === entry.bytes ? undefined : { code: 'changed', message: CHANGED };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { code: 'missing', message: 'There is no such file any more.' };
    return { code: 'unreadable', message: `The file cannot be read: ${describeFault(error)}.` };
  }
}

async function checkContents(path: string, entry: DatasetEntry, signal: AbortSignal | undefined): Promise<Finding> {
  const facts = await readImageFacts(path, signal);
  if ('code' in facts) return facts;
  return facts.sha256 === entry.sha256 ? undefined : { code: 'changed', message: CHANGED };
}

function* formatLines(
  file: string,
  entries: readonly DatasetEntry[],
  { root, identities, count, seed }: DatasetIndexHeader,
): Iterable<string> {
  const folder = dirname(resolve(file));
  const path = relative(folder, resolve(folder, root)) || '.';
  const written = isAbsolute(path) ? path : path.split(sep).join('/');
  yield `${JSON.stringify({ isofaceDataset: VERSION, root: written, identities, count, seed, entries: entries.length })}\n`;
  for (let i = 0; i < entries.length; i += WRITTEN_AT_ONCE) {
    yield entries
      .slice(i, i + WRITTEN_AT_ONCE)
      .map((entry) => `${formatEntry(entry)}\n`)
      .join('');
  }
}

/** The fields in one order, whatever the order in which they were set. */
function formatEntry({ path, identity, width, height, bytes, sha256 }: DatasetEntry): string {
  return JSON.stringify({ path, identity, width, height, bytes, sha256 });
}

function parseHeader(text: string, file: string, line: number): z.infer<typeof headerSchema> {
  const value = parseJson(text);
  const version = z.object({ isofaceDataset: z.number() }).safeParse(value).data?.isofaceDataset;
  const details = { path: file, line, version };
  if (version !== undefined && version !== VERSION) {
    const message = `Expected a dataset index of version ${VERSION}, got version ${version} in ${file}; use the isoface that wrote it, or index again.`;
    throw new FaceError('DATASET_INVALID', message, details);
  }
  const header = headerSchema.safeParse(value);
  if (header.success) return header.data;
  const reason = version === undefined ? `no "isofaceDataset" in line ${line}` : `line ${line}: ${describeIssue(header.error)}`;
  throw new FaceError(
    'DATASET_INVALID',
    `Expected a dataset index, as isoface dataset index writes it, got ${reason} of ${file}.`,
    details,
  );
}

/** The entry, or what is wrong with the line. */
function parseEntry(text: string): DatasetEntry | string {
  const value = parseJson(text);
  if (value === undefined) return `not JSON: ${JSON.stringify(text.slice(0, 100))}`;
  const { success, data, error } = entrySchema.safeParse(value);
  if (!success) return describeIssue(error);
  const fault = findPathFault(data.path);
  return fault === undefined ? data : `path ${JSON.stringify(data.path.slice(0, 200))}: ${fault}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describeIssue({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'the line'}: ${message}`).join('; ');
}

function assertNoProblems(problems: readonly { readonly line: number; readonly message: string }[], file: string): void {
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length === 1 ? '' : ` ${problems.length - 1} more lines are bad.`;
  throw new FaceError(
    'DATASET_INVALID',
    `Expected an entry of a dataset index in line ${first.line} of ${file}, got: ${first.message}.${more} Index the folder again.`,
    { path: file, line: first.line, count: problems.length, problems: problems.slice(0, NAMED_LINES) },
  );
}

function assertAllThere(count: number, promised: number | undefined, file: string): void {
  if (promised === undefined || promised === count) return;
  throw new FaceError(
    'DATASET_INVALID',
    `Expected ${promised} entries by the first line of ${file}, got ${count}; index the folder again, or correct "entries" if you changed the list.`,
    { path: file, expected: promised, count },
  );
}
