/** Images whose people are known, from whatever form a data set has. */

import { basename, extname, join } from 'node:path';
import { FaceError } from '@isoface/core';
import type { DatasetImage, DatasetProblem, LabelledImage } from './dataset-entry.ts';
import { checkEntries, readDatasetIndex } from './dataset-index.ts';
import { readFolderSet } from './folder-set.ts';
import { findImagesFolder } from './images-folder.ts';

/** A data set for protocols that need to know who is who. */
export interface IdentitySet {
  readonly name: string;
  readonly images: readonly LabelledImage[];
  readonly problems: readonly DatasetProblem[];
}

/**
 * Opens an index (`.jsonl`), a folder with a folder per person, or a folder that has such a one named `images`.
 *
 * @throws {FaceError} `DATASET_INVALID` if it names nobody; `IO_FAILED` if it is not there.
 */
export async function openIdentitySet(data: string, signal?: AbortSignal): Promise<IdentitySet> {
  const name = basename(data, extname(data) === '.jsonl' ? '.jsonl' : '');
  if (extname(data) !== '.jsonl') {
    const { images, problems } = await readFolderSet({ directory: await findImagesFolder(data), signal });
    return { name, images: requirePeople(images, data), problems };
  }
  const index = await readDatasetIndex(data, { signal });
  const problems = await checkEntries(index, { signal });
  const gone = new Set(problems.map(({ path }) => path));
  const images = index.entries
    .filter(({ path }) => !gone.has(path))
    .map(({ path, identity }): DatasetImage => ({ path: join(index.root, path), relativePath: path, identity }));
  return { name, images: requirePeople(images, data), problems };
}

function requirePeople(images: readonly DatasetImage[], data: string): LabelledImage[] {
  const labelled = images.filter((image): image is LabelledImage => image.identity !== undefined);
  if (labelled.length > 0) return labelled;
  throw new FaceError(
    'DATASET_INVALID',
    `Expected images whose people are known in ${data}, got ${images.length} images and no person; put the images of each person into a folder of their own.`,
    { path: data, images: images.length },
  );
}
