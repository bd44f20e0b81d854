/** Many people to be enrolled: from folders, an index of a data set, or a list. */

import { resolve } from 'node:path';
import { FaceError } from '@isoface/core';
import { normalizeIdentityId } from '@isoface/core/gallery';
import { type DatasetProblem, openIdentitySet } from '@isoface/evaluation';
import { readNamedFile } from '../engine/read-named-file.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';
import { readStandardInput, STANDARD_STREAM } from './standard-streams.ts';

/** One photo of somebody. */
export interface PersonPhoto {
  readonly path: string;
  /** The note that is kept with the template: the path as the folder, index or list names it. */
  readonly source: string;
}

/** Somebody with photos. */
export interface PersonToEnrol {
  readonly id: string;
  readonly photos: readonly PersonPhoto[];
}

/** Everybody, and what was left out. */
export interface PeopleToEnrol {
  readonly people: readonly PersonToEnrol[];
  readonly problems: readonly DatasetProblem[];
}

/** Longest note of a template. */
const MAX_SOURCE = 1024;

/**
 * Reads a folder with a folder per person, or an index from `isoface dataset index`.
 *
 * @throws {FaceError} `IO_FAILED`, `DATASET_INVALID`.
 */
export async function readPeopleFolder(from: string, { resolvePath, signal }: Session): Promise<PeopleToEnrol> {
  const { images, problems } = await openIdentitySet(resolvePath(from), signal);
  return groupByPerson(
    images.map(({ path, relativePath, identity }) => ({ name: identity, path, source: relativePath })),
    problems,
  );
}

/**
 * Reads lines of a name, a tab and the path of a photo.
 *
 * @param root - Folder that the paths start from.
 * @throws {FaceError} `IO_FAILED`, or `DATASET_INVALID` naming the first line that is something else.
 */
export async function readPeopleList(list: string, root: string, session: Session): Promise<PeopleToEnrol> {
  const lines = await readLines(list, session);
  const photos = lines.map(({ text, line }) => {
    const tab = text.indexOf('\t');
    const [name, source] = [text.slice(0, Math.max(tab, 0)), text.slice(tab + 1)];
    if (name !== '' && source !== '') return { name, path: resolve(root, source), source };
    throw new FaceError('DATASET_INVALID', `Expected NAME, a tab and PATH in line ${line} of ${list}, got ${JSON.stringify(text)}.`, {
      path: list,
      line,
    });
  });
  if (photos.length > 0) return groupByPerson(photos, []);
  throw new FaceError('DATASET_INVALID', `Expected lines of NAME, a tab and PATH in ${list}, got none.`, { path: list });
}

/** The lines of a file, or of standard input for `-`, that are not empty; counted from 1. */
export async function readLines(
  file: string,
  { resolvePath, signal }: Session,
): Promise<readonly { readonly text: string; readonly line: number }[]> {
  const bytes = file === STANDARD_STREAM ? await readAll(readStandardInput()) : await readNamedFile(resolvePath(file), signal);
  return new TextDecoder()
    .decode(bytes)
    .split(/\r?\n/)
    .map((text, i) => ({ text, line: i + 1 }))
    .filter(({ text }) => text !== '');
}

async function readAll(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  for await (const piece of pieces) read.push(piece);
  return Buffer.concat(read);
}

/** In the order of their first photos. A name that no gallery takes is a problem of its photos. */
function groupByPerson(
  photos: readonly { readonly name: string; readonly path: string; readonly source: string }[],
  problems: readonly DatasetProblem[],
): PeopleToEnrol {
  const people = new Map<string, PersonPhoto[]>();
  const bad: DatasetProblem[] = [];
  for (const { name, path, source } of photos) {
    try {
      const id = normalizeIdentityId(name);
      const own = people.get(id) ?? [];
      people.set(id, own);
      // The same line twice is one photo.
      if (!own.some((photo) => photo.path === path)) own.push({ path, source: toSource(source) });
    } catch (error) {
      if (!(error instanceof FaceError)) throw error;
      bad.push({ path: source, code: 'bad-name', message: `${printable(JSON.stringify(name))} cannot be enrolled. ${error.message}` });
    }
  }
  return { people: Array.from(people, ([id, own]) => ({ id, photos: own })), problems: [...problems, ...bad] };
}

/** The end of a long path tells more than its beginning. */
export function toSource(path: string): string {
  return path.length <= MAX_SOURCE ? path : `…${path.slice(1 - MAX_SOURCE)}`;
}
