/** From images to templates: each image is read once, what was seen before is taken from the cache. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { isFaceError } from '@isoface/core';
import type { DatasetImage, DatasetProblem } from '../dataset/dataset-entry.ts';
import type { TemplateCache } from './template-cache.ts';
import type { Sighting, TemplateSource } from './template-source.ts';

/** What became of the images of a data set. */
export interface TemplateTable {
  /** Templates of the images in which a face was acquired, shape [N, D]. */
  readonly matrix: Float32Array;
  readonly dimension: number;
  /** Row of each image in `matrix`; -1 for images without a template. */
  readonly rows: Int32Array;
  /** What was seen in each image, without its template; absent for images that could not be read. */
  readonly sightings: readonly (Omit<Sighting, 'template'> | undefined)[];
  /** Images in which no face was found, or none that can be aligned. */
  readonly failuresToAcquire: number;
  /** Images that could not be read. */
  readonly problems: readonly DatasetProblem[];
  /** Images seen in this run; the others came from the cache. */
  readonly imagesSeen: number;
  readonly imagesFromCache: number;
  /** Images per second of wall time while they were seen, in this run or in the one that filled the cache. */
  readonly imagesPerSecond: number | undefined;
}

/** Options of {@link computeTemplates}. */
export interface ComputeTemplatesOptions {
  readonly cache?: TemplateCache | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Images done, those from the cache included. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Computes the templates of all images. An image that cannot be read is a problem in the table, and does not stop the others.
 *
 * @throws {FaceError} `IO_FAILED` if the cache cannot be written; what the source fails with.
 */
export async function computeTemplates(
  images: readonly DatasetImage[],
  source: TemplateSource,
  { cache, signal, onProgress }: ComputeTemplatesOptions = {},
): Promise<TemplateTable> {
  const sightings = new Array<Sighting | undefined>(images.length);
  const problems: DatasetProblem[] = [];
  const hashes = new Map<number, string>();
  const toSee: number[] = [];
  let wallMs = 0;
  let timed = 0;
  for (const [i, { path, relativePath }] of images.entries()) {
    signal?.throwIfAborted();
    if (cache === undefined) {
      toSee.push(i);
      continue;
    }
    try {
      const sha256 = await hashFile(path);
      const kept = cache.get(sha256);
      if (kept === undefined) {
        hashes.set(i, sha256);
        toSee.push(i);
        continue;
      }
      sightings[i] = kept.sighting;
      wallMs += kept.wallMs;
      timed++;
    } catch (error) {
      problems.push(toProblem(relativePath, error));
    }
  }

  let done = images.length - toSee.length;
  onProgress?.(done, images.length);
  let last = performance.now();
  for await (const outcome of source.sight(
    toSee.map((i) => (images[i] as DatasetImage).path),
    signal,
  )) {
    const i = toSee[outcome.index] as number;
    const now = performance.now();
    const tookMs = now - last;
    last = now;
    if ('error' in outcome) {
      problems.push(toProblem((images[i] as DatasetImage).relativePath, outcome.error));
    } else {
      sightings[i] = outcome.sighting;
      wallMs += tookMs;
      timed++;
      const sha256 = hashes.get(i);
      if (sha256 !== undefined) await cache?.put(sha256, { sighting: outcome.sighting, wallMs: tookMs });
    }
    onProgress?.(++done, images.length);
  }
  return {
    ...packTemplates(sightings, source.dimension),
    sightings: sightings.map((sighting) => sighting && withoutTemplate(sighting)),
    problems,
    imagesSeen: toSee.length,
    imagesFromCache: images.length - toSee.length,
    imagesPerSecond: timed === 0 || wallMs === 0 ? undefined : (timed / wallMs) * 1000,
  };
}

function packTemplates(sightings: readonly (Sighting | undefined)[], dimension: number) {
  const acquired = sightings.filter((sighting) => sighting?.template !== undefined).length;
  const readable = sightings.filter((sighting) => sighting !== undefined).length;
  const matrix = new Float32Array(acquired * dimension);
  let row = 0;
  const rows = Int32Array.from(sightings, (sighting) => {
    if (sighting?.template === undefined) return -1;
    matrix.set(sighting.template, row * dimension);
    return row++;
  });
  return { matrix, dimension, rows, failuresToAcquire: readable - acquired };
}

function withoutTemplate({ template: _, ...seen }: Sighting): Omit<Sighting, 'template'> {
  return seen;
}

function toProblem(path: string, error: unknown): DatasetProblem {
  if (isFaceError(error, 'IMAGE_INVALID', 'IMAGE_TOO_LARGE', 'IO_FAILED')) return { path, code: 'unreadable', message: error.message };
  if (error instanceof Error && 'syscall' in error) return { path, code: 'unreadable', message: error.message };
  throw error;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
