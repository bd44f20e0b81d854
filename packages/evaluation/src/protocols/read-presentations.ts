/** A folder of photos and frames, labelled as bona fide or as attacks. */

import { posix, resolve } from 'node:path';
import { FaceError } from '@isoface/core';
import type { DatasetProblem } from '../dataset/dataset-entry.ts';
import { findPathFault } from '../dataset/entry-path.ts';
import { listFiles } from '../dataset/list-files.ts';
import { findColumn, normalizeName, parseTable } from '../dataset/parse-table.ts';
import { readLines } from '../dataset/read-text.ts';
import { ClipLabels, lineError, toAttackKind } from './liveness-labels.ts';

/** One photo, or one frame of a clip. */
export interface Presentation {
  /** Absolute. */
  readonly path: string;
  /** Relative to the root of the data set, with forward slashes. */
  readonly relativePath: string;
  /** Name of the attack kind; absent for bona fide presentations. */
  readonly attack?: string | undefined;
  /** Frames with the same clip belong to one presentation. */
  readonly clip?: string | undefined;
}

/** What a folder holds. */
export interface Presentations {
  /** By path, in code-unit order; those of a table in its order. */
  readonly presentations: readonly Presentation[];
  readonly problems: readonly DatasetProblem[];
}

/** Tables that name the labels, the first that is there. */
const TABLES = ['labels.csv', 'labels.tsv'];
const COLUMNS = {
  path: ['path', 'file', 'image', 'frame'],
  label: ['label', 'class', 'kind', 'attack'],
  clip: ['clip', 'video', 'clipid', 'sequence'],
} as const;
const IMAGE = /\.(?:jpe?g|png|webp|gif|tiff?|avif)$/i;
const VIDEO = /\.(?:mp4|m4v|mov|avi|mkv|webm|mpe?g|3gp|wmv)$/i;

/**
 * Reads a folder that is labelled in one of two ways. By folders: `DIR/<label>/photo.jpg` is a presentation of its own, `DIR/<label>/<clip>/0001.jpg` a
 * frame of a clip, which is named by its folder. Or by a table `labels.csv` (`labels.tsv`) in it, with the columns path, label and perhaps clip, with
 * or without a header. The label is `bonafide` (or `live`, `real`, `genuine`) or the name of an attack kind.
 *
 * Only pictures are read: a video has to be taken apart first. What is left out is among the problems.
 *
 * @throws {FaceError} `IO_FAILED`; `DATASET_INVALID` if there is no labelled picture, or a line of the table cannot be understood.
 */
export async function readPresentations(directory: string, signal?: AbortSignal): Promise<Presentations> {
  const root = resolve(directory);
  const { paths, problems } = await listFiles(root, { signal });
  const table = TABLES.find((name) => paths.includes(name));
  const files = paths.filter((path) => !TABLES.includes(path));
  const images = files.filter((path) => IMAGE.test(path) && !isUnwritable(path));
  const found = table === undefined ? labelByFolder(root, images) : await labelByTable(root, table, images, signal);
  const all = [...problems, ...files.filter((path) => !IMAGE.test(path)).map(refuse), ...found.problems];
  if (found.presentations.length > 0) return { presentations: found.presentations, problems: all };
  throw new FaceError(
    'DATASET_INVALID',
    `Expected pictures in ${root} below folders that are called bonafide, print, screen and so on, or a table labels.csv with the columns path and label; got ${images.length} pictures and no label for them.`,
    { path: root, problems: all.slice(0, 10) },
  );
}

function labelByFolder(root: string, images: readonly string[]): Presentations {
  const problems: DatasetProblem[] = [];
  const presentations = images.flatMap((path): Presentation[] => {
    const [label = '', ...rest] = path.split('/');
    if (rest.length === 0) {
      problems.push({ path, code: 'unlabelled', message: 'This picture lies in no folder that labels it; it is left out.' });
      return [];
    }
    return [
      {
        path: resolve(root, path),
        relativePath: path,
        attack: toAttackKind(label),
        clip: rest.length === 1 ? undefined : posix.dirname(path),
      },
    ];
  });
  return { presentations, problems };
}

async function labelByTable(
  root: string,
  table: string,
  images: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Presentations> {
  const file = resolve(root, table);
  const { lines, problems: found } = await readLines(file, signal);
  const { header, rows } = parseTable(lines, isHeader);
  const columns = findColumns(header, rows[0]?.cells.length ?? 0);
  const problems: DatasetProblem[] = [...found];
  const known = new Map(images.map((path) => [path.normalize('NFC'), path]));
  const clips = new ClipLabels();
  const seen = new Set<string>();
  const presentations = rows.flatMap(({ cells, line }): Presentation[] => {
    const name = (cells[columns.path] ?? '').replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
    const label = cells[columns.label] ?? '';
    const clip = columns.clip < 0 ? '' : (cells[columns.clip] ?? '');
    if (name === '' || label === '') {
      throw lineError(
        { file, line },
        `Expected a path and a label, got ${JSON.stringify(cells.join(' '))}`,
        'write "bonafide" or the kind of attack',
      );
    }
    const attack = toAttackKind(label);
    if (clip !== '') clips.add(clip, attack, { file, line });
    const relativePath = known.get(name.normalize('NFC'));
    if (relativePath === undefined) {
      const fault = findPathFault(name);
      problems.push(
        fault === undefined
          ? { path: name, code: 'missing', message: 'This picture is not there; it is left out.', line }
          : { path: name, code: 'bad-name', message: `This is no path below the folder: ${fault}. It is left out.`, line },
      );
      return [];
    }
    if (seen.has(relativePath)) {
      problems.push({ path: name, code: 'duplicate-path', message: 'Named more than once; the first line counts.', line });
      return [];
    }
    seen.add(relativePath);
    return [{ path: resolve(root, relativePath), relativePath, attack, clip: clip === '' ? undefined : clip }];
  });
  for (const path of images) {
    if (!seen.has(path)) problems.push({ path, code: 'unlabelled', message: `${table} does not name this picture; it is left out.` });
  }
  return { presentations, problems };
}

function isHeader(cells: readonly string[]): boolean {
  const names = cells.map(normalizeName);
  return [COLUMNS.path, COLUMNS.label].every((known: readonly string[]) => names.some((name) => known.includes(name)));
}

function findColumns(header: readonly string[] | undefined, cells: number): Record<keyof typeof COLUMNS, number> {
  if (header === undefined) return { path: 0, label: 1, clip: cells > 2 ? 2 : -1 };
  return { path: findColumn(header, COLUMNS.path), label: findColumn(header, COLUMNS.label), clip: findColumn(header, COLUMNS.clip) };
}

function refuse(path: string): DatasetProblem {
  const message = VIDEO.test(path)
    ? 'Videos are not read: take single frames out of it, into a folder of their own, e.g. with ffmpeg -i clip.mp4 -vf fps=5 clip/%04d.jpg'
    : 'This is no picture of a known kind; it is left out.';
  return { path, code: 'unsupported', message };
}

/** The table of scores could not name them; listing the files has reported them. */
function isUnwritable(path: string): boolean {
  return /\p{Cc}/u.test(path);
}
