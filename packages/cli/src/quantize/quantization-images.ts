/** The photos that a quantization is calibrated on, and those it is judged by. */

import { basename, extname, join } from 'node:path';
import { FaceError } from '@isoface/core';
import { checkEntries, type DatasetEntry, type DatasetProblem, indexDirectory, readDatasetIndex } from '@isoface/evaluation';

/** Photos in two groups that share no file and no content. */
export interface QuantizationImages {
  /** Name of the folder or index, without its path. */
  readonly name: string;
  /** Paths of photos that ranges are measured on. */
  readonly calibration: readonly string[];
  /** Paths of photos that only the comparison sees. */
  readonly heldOut: readonly string[];
  readonly problems: readonly DatasetProblem[];
}

/** Every fourth photo is held out. */
const HELD_OUT_EVERY = 4;
/** Fewer leave nothing to judge by. */
const FEWEST = 2;

/**
 * Lists the photos of a folder or an index, at most `count` of them, evenly spread, and splits them. The same data give the same split.
 *
 * @throws {FaceError} `IO_FAILED`; `DATASET_INVALID` for an index that cannot be read, or fewer than two photos.
 */
export async function openQuantizationImages(data: string, count: number, signal: AbortSignal): Promise<QuantizationImages> {
  const { root, entries, problems } = extname(data) === '.jsonl' ? await readIndex(data, signal) : await readFolder(data, signal);
  // The same photo under two names must not be on both sides.
  const distinct = [...new Map(entries.map((entry) => [entry.sha256, entry])).values()];
  const step = Math.max(1, distinct.length / count);
  const chosen = Array.from({ length: Math.min(count, distinct.length) }, (_, index) => distinct[Math.floor(index * step)])
    .filter((entry) => entry !== undefined)
    .map(({ path }) => join(root, path));
  if (chosen.length < FEWEST) {
    throw new FaceError(
      'DATASET_INVALID',
      `Expected at least ${FEWEST} different photos in ${data}, some to calibrate on and some to judge by, got ${chosen.length}; a few dozen are enough.`,
      { path: data, images: chosen.length },
    );
  }
  const isHeldOut = (index: number): boolean => index % HELD_OUT_EVERY === 1;
  return {
    name: basename(data, '.jsonl'),
    calibration: chosen.filter((_, index) => !isHeldOut(index)),
    heldOut: chosen.filter((_, index) => isHeldOut(index)),
    problems: problems.filter(({ code }) => code !== 'duplicate-content'),
  };
}

interface Listing {
  readonly root: string;
  readonly entries: readonly DatasetEntry[];
  readonly problems: readonly DatasetProblem[];
}

async function readFolder(directory: string, signal: AbortSignal): Promise<Listing> {
  return { root: directory, ...(await indexDirectory({ directory, identities: 'none', signal })) };
}

async function readIndex(file: string, signal: AbortSignal): Promise<Listing> {
  const { root, entries } = await readDatasetIndex(file, { signal });
  const problems = await checkEntries({ root, entries }, { signal });
  const bad = new Set(problems.map(({ path }) => path));
  return { root, entries: entries.filter(({ path }) => !bad.has(path)), problems };
}
