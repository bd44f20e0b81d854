/** A folder per person. */

import { resolve } from 'node:path';
import type { DatasetEntry, DatasetProblem, LabelledImage } from './dataset-entry.ts';
import { comparePaths } from './entry-path.ts';
import { type IndexDirectoryOptions, indexDirectory } from './index-directory.ts';

/** Images by person, for all-against-all comparisons and identification. */
export interface FolderSet {
  /** By path, in code-unit order. */
  readonly images: readonly LabelledImage[];
  /** Names of the persons, in code-unit order. */
  readonly identities: readonly string[];
  /** For each image the index of its person in `identities`. */
  readonly identityOf: Uint32Array;
  /** Images in no folder among them: they show nobody knows whom, and are not among `images`. */
  readonly problems: readonly DatasetProblem[];
}

/**
 * Reads a folder with a folder for each person, as the `images` folder of LFW is one.
 *
 * @throws {FaceError} `IO_FAILED` if the folder cannot be read.
 */
export async function readFolderSet(options: Omit<IndexDirectoryOptions, 'identities'>): Promise<FolderSet> {
  const { entries, problems } = await indexDirectory({ ...options, identities: 'folder' });
  return { ...toFolderSet(options.directory, entries), problems };
}

/** The entries that have an identity, e.g. those of an index, as a set. */
export function toFolderSet(root: string, entries: readonly DatasetEntry[]): Omit<FolderSet, 'problems'> {
  const images = entries.flatMap(({ path, identity }): LabelledImage[] =>
    identity === undefined ? [] : [{ path: resolve(root, path), relativePath: path, identity }],
  );
  const identities = Array.from(new Set(images.map(({ identity }) => identity))).sort(comparePaths);
  const indices = new Map(identities.map((identity, i) => [identity, i]));
  return { images, identities, identityOf: Uint32Array.from(images, ({ identity }) => indices.get(identity) ?? 0) };
}
