/** From images to templates: each image is read once, what was seen before is taken from the cache. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { FaceError } from '@isoface/core';
import type { DatasetImage, DatasetProblem } from '../dataset/dataset-entry.ts';
import { isImageError } from '../dataset/image-error.ts';
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
  /** Images that could be read. */
  readonly imagesRead: number;
  /** Those of them in which no face was found, or none that can be aligned. */
  readonly failuresToAcquire: number;
  /** Failure to acquire: their share of the images read, 0 if there are none. */
  readonly fta: number;
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
  const sightings = new Array<Omit<Sighting, 'template'> | undefined>(images.length);
  const templates = new TemplateMatrix(images.length, source.dimension);
  const take = (i: number, { template, ...seen }: Sighting): void => {
    sightings[i] = seen;
    if (template !== undefined) templates.set(i, template);
  };
  const problems: DatasetProblem[] = [];
  const hashes = new Map<number, string>();
  const toSee: number[] = [];
  let wallMs = 0;
  let timed = 0;
  let done = 0;
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
      take(i, kept.sighting);
      wallMs += kept.wallMs;
      timed++;
    } catch (error) {
      problems.push(toProblem(relativePath, error));
    }
    onProgress?.(++done, images.length);
  }

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
      take(i, outcome.sighting);
      wallMs += tookMs;
      timed++;
      const sha256 = hashes.get(i);
      if (sha256 !== undefined) await cache?.put(sha256, { sighting: outcome.sighting, wallMs: tookMs });
    }
    onProgress?.(++done, images.length);
  }
  const imagesRead = sightings.filter((sighting) => sighting !== undefined).length;
  const failuresToAcquire = imagesRead - templates.count;
  return {
    ...templates.pack(),
    dimension: source.dimension,
    sightings,
    imagesRead,
    failuresToAcquire,
    fta: imagesRead === 0 ? 0 : failuresToAcquire / imagesRead,
    problems,
    imagesSeen: toSee.length,
    imagesFromCache: images.length - toSee.length,
    imagesPerSecond: timed === 0 || wallMs === 0 ? undefined : (timed / wallMs) * 1000,
  };
}

/** Most numbers that are held at once: 4 GiB. */
const MAX_NUMBERS = 2 ** 30;

/** Templates in the order of their images, whatever the order in which they come. */
class TemplateMatrix {
  count = 0;
  readonly #dimension: number;
  readonly #matrix: Float32Array;
  readonly #has: Uint8Array;

  constructor(images: number, dimension: number) {
    if (images * dimension > MAX_NUMBERS) {
      throw new FaceError(
        'INVALID_OPTION',
        `Expected at most ${Math.floor(MAX_NUMBERS / dimension)} images for templates of ${dimension} numbers, got ${images}; take a sample with isoface dataset index --count.`,
        { images, dimension },
      );
    }
    this.#dimension = dimension;
    this.#matrix = new Float32Array(images * dimension);
    this.#has = new Uint8Array(images);
  }

  set(image: number, template: Float32Array): void {
    this.#matrix.set(template, image * this.#dimension);
    this.#has[image] = 1;
    this.count++;
  }

  /** Closes the gaps. */
  pack(): { readonly matrix: Float32Array; readonly rows: Int32Array } {
    const dimension = this.#dimension;
    let row = 0;
    const rows = Int32Array.from(this.#has, (has, image) => {
      if (has === 0) return -1;
      if (row !== image) this.#matrix.copyWithin(row * dimension, image * dimension, (image + 1) * dimension);
      return row++;
    });
    return { matrix: this.#matrix.subarray(0, row * dimension), rows };
  }
}

function toProblem(path: string, error: unknown): DatasetProblem {
  if (isImageError(error)) return { path, code: 'unreadable', message: error.message };
  if (error instanceof Error && 'syscall' in error) return { path, code: 'unreadable', message: error.message };
  throw error;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
