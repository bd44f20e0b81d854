/** The pictures that suites measure: those of an index, or some that are made. */

import { basename, join } from 'node:path';
import { FaceError } from '@isoface/core';
import { checkEntries, readDatasetIndex } from '@isoface/evaluation';
import type { BenchImage } from '../runtimes/bench-engine.ts';
import type { BenchOptions } from './bench-options.ts';
import { createDemoImages } from './demo-images.ts';
import type { NotMeasured } from './suite.ts';

/** Pictures in one order. */
export interface ImageSet {
  /** What the set is, in words, without a folder of this machine. */
  readonly name: string;
  readonly images: readonly BenchImage[];
  /** Pictures that were left out, by their id. */
  readonly problems: readonly NotMeasured[];
  /** Whether a search can be judged: at least one identity is shown on several pictures. */
  readonly hasIdentities: boolean;
  /** Removes what was made. Idempotent. */
  dispose(): Promise<void>;
}

/** Pictures of an index beyond these are left out. */
const MAX_IMAGES = 100_000;

/**
 * Lists the pictures of an index, or makes some of the demo photos of a development dependency.
 *
 * @throws {FaceError} `IO_FAILED` or `DATASET_INVALID` for an index that cannot be read or of which no picture is left; `signal.reason`.
 */
export async function openImageSet({ dataset }: Pick<BenchOptions, 'dataset'>, signal: AbortSignal): Promise<ImageSet> {
  signal.throwIfAborted();
  return dataset === undefined ? makeDemoSet(signal) : readIndex(dataset, signal);
}

async function makeDemoSet(signal: AbortSignal): Promise<ImageSet> {
  const { images, faces, variants, photos, dispose } = await createDemoImages(signal);
  return {
    name:
      `made from the ${photos} demo photos of @vladmandic/face-api: ${faces} faces, each cut out in ${variants} variants ` +
      '(size, JPEG quality, brightness) and taken as an identity of its own, and the whole photos without identity',
    images,
    problems: [],
    hasIdentities: true,
    dispose,
  };
}

async function readIndex(file: string, signal: AbortSignal): Promise<ImageSet> {
  const index = await readDatasetIndex(file, { signal });
  const entries = index.entries.slice(0, MAX_IMAGES);
  const problems: NotMeasured[] = (await checkEntries({ root: index.root, entries }, { signal })).map(({ path, message }) => ({
    name: path,
    reason: message,
  }));
  const bad = new Set(problems.map(({ name }) => name));
  const images = entries
    .filter(({ path }) => !bad.has(path))
    .map(({ path, identity }): BenchImage => ({ id: path, path: join(index.root, path), identity }));
  const [first] = problems;
  if (images.length === 0) {
    throw new FaceError(
      'DATASET_INVALID',
      `Expected at least one readable picture in ${file}, got ${first === undefined ? 'an empty index' : `${problems.length} that are not: ${first.name}: ${first.reason}`} Index the folder again.`,
      { path: file, problems: problems.slice(0, 20) },
    );
  }
  const left = index.entries.length - entries.length;
  if (left > 0) problems.push({ name: `${left} pictures`, reason: `Of an index the first ${MAX_IMAGES} pictures are measured.` });
  const people = new Set(images.flatMap(({ identity }) => identity ?? []));
  const labelled = images.filter(({ identity }) => identity !== undefined).length;
  const counts = `${images.length} pictures${people.size === 0 ? ' without identities' : ` of ${people.size} identities`}`;
  return { name: `${basename(file)}: ${counts}`, images, problems, hasIdentities: labelled > people.size, dispose: async () => {} };
}
