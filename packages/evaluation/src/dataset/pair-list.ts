/** Pairs of images as a table. */

import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { FaceError } from '@isoface/core';
import { collectPairs, type NamedPair } from './collect-pairs.ts';
import type { DatasetImage, DatasetProblem } from './dataset-entry.ts';
import { findPathFault } from './entry-path.ts';
import { mapConcurrently } from './map-concurrently.ts';
import type { PairSet } from './pair-set.ts';
import { findColumn, normalizeName, parseTable, type TableRow } from './parse-table.ts';
import { readLines } from './read-text.ts';

/** Options of {@link readPairList}. */
export interface ReadPairListOptions {
  /** The table. */
  readonly file: string;
  /** Folder that the names start from, or whose `images` folder they start from. @defaultValue the folder of `file` */
  readonly directory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Columns {
  readonly label: number;
  readonly first: number;
  readonly second: number;
  /** -1 where there are no folds. */
  readonly fold: number;
}

const LABEL_NAMES = ['same', 'issame', 'label', 'match', 'genuine', 'isgenuine', 'decision'];
const FIRST_NAMES = ['file1', 'first', 'image1', 'img1', 'path1', 'filex', 'a', 'probe'];
const SECOND_NAMES = ['file2', 'second', 'image2', 'img2', 'path2', 'filey', 'b', 'reference'];
const FOLD_NAMES = ['fold', 'split'];
const LABELS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 'true', 'same', 'yes', 'genuine', 'match'].map((text) => [text, true] as const),
  ...['0', 'false', 'different', 'no', 'impostor', 'nonmatch'].map((text) => [text, false] as const),
]);
const MAX_FOLDS = 255;
const STATS_AT_ONCE = 8;

/**
 * Reads a table with a header such as `same  file1  file2  fold`, in any order of columns; tab-separated or comma-separated. `same` is
 * 1/0, true/false, yes/no or same/different. The fold is optional: any name, or a number; folds are numbered in the order in which they appear.
 * Pairs whose images are missing are set apart, lines that cannot be read are among the problems.
 *
 * @throws {FaceError} `IO_FAILED`; `DATASET_INVALID` if there is no pair in it or a column is missing.
 */
export async function readPairList({ file, directory = dirname(file), signal }: ReadPairListOptions): Promise<PairSet> {
  const { lines, problems: textProblems } = await readLines(file, signal);
  const { header, rows } = parseTable(lines, isHeader);
  const columns = header === undefined ? guessColumns(rows) : findColumns(header, file);
  const path = basename(file);
  const problems: DatasetProblem[] = [...textProblems];
  if (header === undefined && rows.length > 0) {
    const message = 'The table has no header; its columns were taken for: same, file1, file2, fold.';
    problems.push({ path, code: 'assumed-columns', message, line: rows[0]?.line });
  }
  const pairs: NamedPair[] = [];
  const folds = new Map<string, number>();
  for (const row of rows) {
    const pair = parseRow(row, columns, folds);
    if (typeof pair === 'string') problems.push({ path, code: 'bad-line', message: `${pair} The line is left out.`, line: row.line });
    else pairs.push(pair);
  }
  if (pairs.length === 0) {
    throw new FaceError(
      'DATASET_INVALID',
      `Expected pairs in ${file}, got ${rows.length} lines and no pair. ${problems.at(-1)?.message ?? ''}`.trim(),
      {
        path: file,
        problems: problems.slice(0, 20),
      },
    );
  }
  const images = await findImages(pairs, resolve(directory), signal);
  const hasBadLines = problems.some(({ code }) => code === 'bad-line');
  return collectPairs({ pairs, images, foldCount: Math.max(1, folds.size), problems, hasBadLines });
}

/** A header names both images; a first row that does not, but starts with a label, is data. */
function isHeader(cells: readonly string[]): boolean {
  const names = cells.map(normalizeName);
  const hasFiles = [FIRST_NAMES, SECOND_NAMES].every((known) => names.some((name) => known.includes(name)));
  return hasFiles || !LABELS.has(names[0] ?? '');
}

/** Columns of a table without a header. */
function guessColumns(rows: readonly TableRow[]): Columns {
  return { label: 0, first: 1, second: 2, fold: rows.some(({ cells }) => cells.length > 3) ? 3 : -1 };
}

function findColumns(header: readonly string[], file: string): Columns {
  const columns = {
    label: findColumn(header, LABEL_NAMES),
    first: findColumn(header, FIRST_NAMES),
    second: findColumn(header, SECOND_NAMES),
    fold: findColumn(header, FOLD_NAMES),
  };
  const missing = Object.entries({ same: columns.label, file1: columns.first, file2: columns.second }).filter(([, column]) => column < 0);
  if (missing.length === 0) return columns;
  throw new FaceError(
    'DATASET_INVALID',
    `Expected the columns same, file1 and file2 in the first line of ${file}, got ${JSON.stringify(header)}; name ${missing.map(([name]) => name).join(', ')}.`,
    { path: file, line: 1, header },
  );
}

/** The pair, or what is wrong with the line. Folds that are new are added. */
function parseRow({ line, cells }: TableRow, columns: Columns, folds: Map<string, number>): NamedPair | string {
  const [label = '', first = '', second = '', fold = ''] = [columns.label, columns.first, columns.second, columns.fold].map(
    (i) => cells[i] ?? '',
  );
  const isGenuine = LABELS.get(normalizeName(label));
  if (isGenuine === undefined) return `Expected 1, 0, true, false, same or different as label, got ${JSON.stringify(label.slice(0, 100))}.`;
  for (const name of [first, second]) {
    const fault = findPathFault(toPath(name));
    if (fault !== undefined) return `Expected the name of an image below the folder, got ${JSON.stringify(name.slice(0, 200))}: ${fault}.`;
  }
  if (columns.fold >= 0 && !folds.has(fold)) {
    if (fold === '') return 'Expected a fold, got none.';
    if (folds.size === MAX_FOLDS) return `Expected at most ${MAX_FOLDS} folds, got one more: ${JSON.stringify(fold.slice(0, 100))}.`;
    folds.set(fold, folds.size);
  }
  return { line, isGenuine, fold: folds.get(fold) ?? 0, names: [toPath(first), toPath(second)] };
}

/** Lists made on Windows have backslashes, others a leading `./`. */
function toPath(name: string): string {
  return name.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
}

/** Looks in the folder and in its folder `images`. */
async function findImages(
  pairs: readonly NamedPair[],
  root: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, DatasetImage>> {
  const names = Array.from(new Set(pairs.flatMap(({ names }) => names)));
  const found = await mapConcurrently(names, STATS_AT_ONCE, async (name) => {
    signal?.throwIfAborted();
    for (const relativePath of [name, `images/${name}`]) {
      const path = resolve(root, relativePath);
      const isFile = await stat(path).then(
        (stats) => stats.isFile(),
        () => false,
      );
      if (isFile) return [name, { path, relativePath }] as const;
    }
    return undefined;
  });
  return new Map(found.filter((entry) => entry !== undefined));
}
