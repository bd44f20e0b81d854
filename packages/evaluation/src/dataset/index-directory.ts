/** A folder of images as a list. */

import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { FaceError, reportQuietly } from '@isoface/core';
import type { DatasetEntry, DatasetProblem } from './dataset-entry.ts';
import { comparePaths } from './entry-path.ts';
import { type ImageFacts, type ImageFault, readImageFacts } from './image-facts.ts';
import { listFiles } from './list-files.ts';

/** Where the identity of an image comes from: the first folder below the root, or nowhere. */
export type IdentitySource = 'folder' | 'none';

/** Options of {@link indexDirectory}. */
export interface IndexDirectoryOptions {
  /** Root of the data set. */
  readonly directory: string;
  readonly identities: IdentitySource;
  /** How many images to take, chosen by `seed`; a larger number gives the same images and more. @defaultValue all */
  readonly count?: number | undefined;
  /** Chooses the sample; a whole number. @defaultValue 0 */
  readonly seed?: number | undefined;
  /** Paths of files that are no part of the data set, e.g. the index itself. */
  readonly except?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears of every image that was read. */
  readonly onProgress?: ((event: IndexProgress) => void) | undefined;
}

/** How far the reading is. */
export interface IndexProgress {
  /** Files that were read so far. With `count`: those of them that are in the index. */
  readonly done: number;
  /** What `done` is to become; files that are no images may leave a sample short of it. */
  readonly total: number;
}

/** What was found. */
export interface IndexedDirectory {
  /** By path, in code-unit order. */
  readonly entries: readonly DatasetEntry[];
  /** What was left out and why, and what is suspicious; by path. */
  readonly problems: readonly DatasetProblem[];
}

const FILES_AT_ONCE = 4;

/**
 * Lists the images of a folder tree with upright size and digest, by content and not by name. The same files give the same list, whatever the
 * system, its locale and its order of files. With `identities: 'folder'` the first folder below the root names the person, so that
 * `ada/2019/1.jpg` shows `ada`.
 *
 * @throws {FaceError} `IO_FAILED` if the folder cannot be read, `INVALID_OPTION`.
 */
export async function indexDirectory(options: IndexDirectoryOptions): Promise<IndexedDirectory> {
  const { identities, count = Number.POSITIVE_INFINITY, seed = 0, except, signal, onProgress } = options;
  assertWhole('count', options.count ?? 1, 1);
  assertWhole('seed', seed, Number.MIN_SAFE_INTEGER);
  const directory = resolve(options.directory);
  const { paths, problems: walkProblems } = await listFiles(directory, { except, signal });
  const candidates = count < Number.POSITIVE_INFINITY ? orderBySeed(paths, seed) : paths;
  const { entries, problems } = await readCandidates(directory, candidates, { identities, count, signal, onProgress });
  entries.sort((a, b) => comparePaths(a.path, b.path));
  problems.push(...walkProblems, ...findDuplicates(entries), ...findIdentityProblems(entries, identities));
  if (count < Number.POSITIVE_INFINITY && entries.length < count) {
    problems.push({ path: '.', code: 'too-few', message: `Expected ${count} images, found ${entries.length}; all of them are listed.` });
  }
  return { entries, problems: problems.sort((a, b) => comparePaths(a.path, b.path) || comparePaths(a.code, b.code)) };
}

type ReadOptions = Required<Pick<IndexDirectoryOptions, 'identities' | 'count'>> & Pick<IndexDirectoryOptions, 'signal' | 'onProgress'>;

/** Reads candidates from the first on until there are `count` images; never one more, so that timing decides nothing. */
async function readCandidates(
  directory: string,
  candidates: readonly string[],
  { identities, count = Number.POSITIVE_INFINITY, signal, onProgress }: ReadOptions,
): Promise<{ entries: DatasetEntry[]; problems: DatasetProblem[] }> {
  const entries: DatasetEntry[] = [];
  const problems: DatasetProblem[] = [];
  const report = reportQuietly(onProgress);
  const isSample = count < candidates.length;
  const total = isSample ? count : candidates.length;
  let next = 0;
  let running = 0;
  await new Promise<void>((finish, fail) => {
    let isFailed = false;
    const advance = (): void => {
      while (running < FILES_AT_ONCE && next < candidates.length && entries.length + running < count && !isFailed) {
        running++;
        void read(candidates[next++] as string);
      }
      if (running === 0 && !isFailed) finish();
    };
    const read = async (path: string): Promise<void> => {
      try {
        const facts = await readImageFacts(join(directory, path), signal);
        if (isFault(facts)) problems.push({ path, ...facts });
        else entries.push(toEntry(path, facts, identities));
        report({ done: isSample ? entries.length : entries.length + problems.length, total });
        running--;
        advance();
      } catch (error) {
        isFailed = true;
        fail(error);
      }
    };
    advance();
  });
  return { entries, problems };
}

function isFault(facts: ImageFacts | ImageFault): facts is ImageFault {
  return 'code' in facts;
}

function toEntry(path: string, { width, height, bytes, sha256 }: ImageFacts, identities: IdentitySource): DatasetEntry {
  const end = path.indexOf('/');
  const identity = identities === 'folder' && end > 0 ? path.slice(0, end) : undefined;
  return { path, ...(identity === undefined ? {} : { identity }), width, height, bytes, sha256 };
}

/** A fixed shuffle of each seed: adding a file moves no other, and the first n are the same for every larger n. */
function orderBySeed(paths: readonly string[], seed: number): string[] {
  return paths
    .map((path) => ({ path, key: createHash('sha256').update(`${seed}\n${path}`).digest('hex') }))
    .sort((a, b) => comparePaths(a.key, b.key))
    .map(({ path }) => path);
}

function findDuplicates(entries: readonly DatasetEntry[]): DatasetProblem[] {
  const seen = new Map<string, DatasetEntry>();
  const problems: DatasetProblem[] = [];
  for (const entry of entries) {
    const first = seen.get(entry.sha256);
    if (first === undefined) {
      seen.set(entry.sha256, entry);
      continue;
    }
    const [path, other] = [entry.path, JSON.stringify(first.path)];
    if (entry.identity === first.identity)
      problems.push({ path, code: 'duplicate-content', message: `The same bytes as ${other}; both are listed.` });
    else
      problems.push({ path, code: 'contradiction', message: `The same bytes as ${other}, filed under another person; both are listed.` });
  }
  return problems;
}

function findIdentityProblems(entries: readonly DatasetEntry[], identities: IdentitySource): DatasetProblem[] {
  if (identities === 'none') return [];
  const problems: DatasetProblem[] = entries
    .filter(({ identity }) => identity === undefined)
    .map(({ path }) => ({
      path,
      code: 'no-identity',
      message: 'This image lies in no folder, so nobody knows whom it shows; it is listed without identity.',
    }));
  const names = new Set(entries.map(({ identity }) => identity));
  const [name] = names;
  if (names.size !== 1 || name === undefined || entries.length < 2) return problems;
  const message = `All ${entries.length} images count as one person, for they lie in the one folder ${JSON.stringify(name)}. If the folders in it are the persons, start there.`;
  return [...problems, { path: name, code: 'single-identity', message }];
}

function assertWhole(option: string, value: number, min: number): void {
  if (Number.isSafeInteger(value) && value >= min) return;
  const least = min === Number.MIN_SAFE_INTEGER ? '' : ` of at least ${min}`;
  throw new FaceError('INVALID_OPTION', `Expected ${option} to be a whole number${least}, got ${value}.`, { option, value });
}
