/** Labeled Faces in the Wild, view 2. */

import { createHash } from 'node:crypto';
import { posix, resolve } from 'node:path';
import { FaceError } from '@isoface/core';
import { collectPairs, type NamedPair } from './collect-pairs.ts';
import type { DatasetProblem, LabelledImage } from './dataset-entry.ts';
import { comparePaths } from './entry-path.ts';
import { listFiles } from './list-files.ts';
import type { PairSet } from './pair-set.ts';
import { readLines } from './read-text.ts';

/** Images and pairs of LFW. */
export interface LfwSet extends PairSet<LabelledImage> {
  /** Whether the pairs are the 6,000 official ones of view 2 in their 10 folds. Whether all images are there is `isComplete`. */
  readonly isOfficial: boolean;
}

const PAIRS_FILE = 'pairs.txt';
/** SHA-256 of the official pairs in the form of {@link hashPairs}. */
const OFFICIAL_PAIRS = '9d309b525c16eef3a46becf0e91ded3e81b1b7dbd30f256e4782c44e44760e15';
/** Converted copies of LFW come in other formats than the original JPEG. */
const IMAGE_NAME = /^(.+)\.(?:jpe?g|png|webp)$/i;

interface PairText {
  readonly pairs: readonly NamedPair[];
  readonly foldCount: number;
  readonly problems: readonly DatasetProblem[];
  readonly hasBadLines: boolean;
}

/**
 * Reads `pairs.txt` and finds the images that it names below the same folder, in whatever folders they lie: `images/Ada/Ada_0001.jpg`,
 * `Ada/Ada_0001.jpg`, `Ada_0001.jpg`.
 *
 * @throws {FaceError} `IO_FAILED` if the folder or `pairs.txt` cannot be read, `DATASET_INVALID` if that is no list of LFW pairs.
 */
export async function readLfw(directory: string, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<LfwSet> {
  const root = resolve(directory);
  const file = resolve(root, PAIRS_FILE);
  const { lines, problems: textProblems } = await readLines(file, signal);
  const text = parsePairs(lines, file);
  const { images, problems: imageProblems } = await findImages(root, text.pairs, signal);
  const set = collectPairs({ ...text, images, problems: [...textProblems, ...text.problems, ...imageProblems] });
  return { ...set, isOfficial: text.problems.length === 0 && hashPairs(text.pairs) === OFFICIAL_PAIRS };
}

/**
 * The list as a digest that does not depend on line ends, on blanks, on the order of pairs within a fold or of images within a pair.
 * A digest tells the official list from others without containing a name.
 */
function hashPairs(pairs: readonly NamedPair[]): string {
  const lines = pairs.map(
    ({ names: [a, b], isGenuine, fold }) => `${fold}\t${Number(isGenuine)}\t${[a, b].sort(comparePaths).join('\t')}\n`,
  );
  return createHash('sha256').update(lines.sort(comparePaths).join('')).digest('hex');
}

/** Names are those of the images without extension, `Ada_Lovelace_0001`. */
function parsePairs(lines: readonly string[], file: string): PairText {
  const [folds, perFold] = parseHeader(lines, file);
  const problems: DatasetProblem[] = [];
  const pairs: NamedPair[] = [];
  let row = 0;
  for (const [i, text] of lines.entries()) {
    if (i === 0 || text.trim() === '') continue;
    // The fold follows from the place in the list, so a bad line takes up its place too.
    const fold = Math.min(Math.floor(row / (2 * perFold)), folds - 1);
    const expectsGenuine = row++ % (2 * perFold) < perFold;
    const pair = parsePair(text, i + 1, fold);
    if (typeof pair === 'string') {
      problems.push({ path: PAIRS_FILE, code: 'bad-line', message: `${pair} The line is left out.`, line: i + 1 });
      continue;
    }
    if (pair.isGenuine !== expectsGenuine) {
      const message = `Expected a ${expectsGenuine ? 'matched' : 'mismatched'} pair at this place of fold ${fold + 1}, got the other kind; it is kept.`;
      problems.push({ path: PAIRS_FILE, code: 'bad-count', message, line: i + 1 });
    }
    pairs.push(pair);
  }
  const hasBadLines = problems.some(({ code }) => code === 'bad-line');
  const expected = folds * perFold * 2;
  if (row !== expected) {
    const message = `Expected ${folds} folds of ${perFold} matched and ${perFold} mismatched pairs, ${expected} lines, by the first line; got ${row}.`;
    problems.push({ path: PAIRS_FILE, code: 'bad-count', message, line: 1 });
  }
  return { pairs, foldCount: folds, problems, hasBadLines };
}

/** `10  300`: folds, pairs of each kind per fold. View 1 has the second number only. */
function parseHeader(lines: readonly string[], file: string): [folds: number, perFold: number] {
  const numbers = (lines[0] ?? '').trim().split(/\s+/);
  const [folds, perFold] = numbers.length === 1 ? ['1', numbers[0]] : numbers;
  if (numbers.length <= 2 && isCount(folds) && isCount(perFold) && Number(folds) <= 255) return [Number(folds), Number(perFold)];
  const message = `Expected the numbers of folds and of pairs in the first line of ${file}, e.g. "10 300", got ${JSON.stringify(lines[0] ?? '')}; use the pairs.txt of LFW.`;
  throw new FaceError('DATASET_INVALID', message, { path: file, line: 1 });
}

function parsePair(text: string, line: number, fold: number): NamedPair | string {
  const cells = text.trim().split(text.includes('\t') ? /[ \t]*\t[ \t]*/ : / +/);
  const [first = '', i, second, j] = cells;
  if (cells.length === 3 && isCount(i) && isCount(second)) {
    return { line, fold, isGenuine: true, names: [toName(first, i), toName(first, second)] };
  }
  if (cells.length === 4 && isCount(i) && isCount(j) && second !== undefined) {
    return { line, fold, isGenuine: false, names: [toName(first, i), toName(second, j)] };
  }
  return `Expected "name i j" or "name1 i name2 j" with numbers from 1, got ${JSON.stringify(text.slice(0, 200))}.`;
}

function isCount(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,6}$/.test(text) && Number(text) >= 1;
}

function toName(identity: string, number: string): string {
  return `${identity}_${String(Number(number)).padStart(4, '0')}`.normalize('NFC');
}

async function findImages(root: string, pairs: readonly NamedPair[], signal: AbortSignal | undefined) {
  const wanted = new Set(pairs.flatMap(({ names }) => names));
  // What lies about besides the wanted images is nobody's problem here; unreadable folders are.
  const { paths, problems: all } = await listFiles(root, { signal });
  const problems = all.filter(({ code }) => code === 'unreadable');
  const images = new Map<string, LabelledImage>();
  for (const relativePath of paths) {
    const name = IMAGE_NAME.exec(posix.basename(relativePath))?.[1]?.normalize('NFC');
    if (name === undefined || !wanted.has(name)) continue;
    const first = images.get(name);
    if (first === undefined)
      images.set(name, { path: resolve(root, relativePath), relativePath, identity: name.slice(0, name.lastIndexOf('_')) });
    else {
      const message = `A second image of this name; ${JSON.stringify(first.relativePath)} is used. Keep one copy of LFW in the folder.`;
      problems.push({ path: relativePath, code: 'duplicate-path', message });
    }
  }
  return { images, problems };
}
