/** One detector over many photos. */

import { setMaxListeners } from 'node:events';
import type { DetectorManifest, EngineInfo, EngineProgress, Face } from '@isoface/core';
import { definePack } from '@isoface/models';
import { createFaceEngine, type NodeEngineOptions, type NodeFaceEngine } from '@isoface/runtime-node';
import type { DatasetImage, DatasetProblem } from '../dataset/dataset-entry.ts';
import { isImageError } from '../dataset/image-error.ts';
import { mapConcurrently } from '../dataset/map-concurrently.ts';

/** Enough to keep every worker busy, few enough to wait in the queue. */
const CONCURRENT_IMAGES = 32;
/** Threads start at their first image; their start is no part of the speed. */
const WARM_UP_IMAGES = 8;

/** What a detector found, image by image; absent for images that could not be read. */
export interface DetectorRun {
  readonly info: EngineInfo;
  /** Everything from the low score of the measurement on. */
  readonly found: readonly (readonly Face[] | undefined)[];
  /** What the engine gives at the minimum score of the detector, close-ups included. */
  readonly foundByDefault: readonly (readonly Face[] | undefined)[];
  /** Images per second of wall time at the low score, decoding included. */
  readonly imagesPerSecond: number;
  readonly problems: readonly DatasetProblem[];
}

/** Options of {@link runDetector}. */
export interface RunDetectorOptions {
  readonly detector: DetectorManifest;
  readonly minScore: number;
  readonly engine?: Omit<NodeEngineOptions, 'pack' | 'signal' | 'onProgress'> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onModel?: ((event: EngineProgress) => void) | undefined;
  readonly onImage?: ((done: number) => void) | undefined;
}

/**
 * Runs a detector twice where that makes a difference: at a low score for the curve, and at its own minimum score where nothing else was found, for
 * then the engine looks for a close-up.
 */
export async function runDetector(images: readonly DatasetImage[], options: RunDetectorOptions): Promise<DetectorRun> {
  const { detector, minScore, engine: engineOptions, onModel, onImage } = options;
  const signal = options.signal && deriveSignal(options.signal);
  const pack = definePack({ id: detector.id, detector });
  const engine = await createFaceEngine({ ...engineOptions, pack, signal, onProgress: onModel });
  try {
    await mapConcurrently(images.slice(0, WARM_UP_IMAGES), WARM_UP_IMAGES, ({ path }) => detect(engine, path, { minScore, signal }));
    const started = performance.now();
    let done = 0;
    const outcomes = await mapConcurrently(images, CONCURRENT_IMAGES, async ({ path }) => {
      const outcome = await detect(engine, path, { minScore, signal });
      onImage?.(++done);
      return outcome;
    });
    const seconds = (performance.now() - started) / 1000;
    const found = outcomes.map((outcome) => ('faces' in outcome ? outcome.faces : undefined));
    // Suppression takes the best first, so the faces above a score do not depend on those below.
    const foundByDefault = await mapConcurrently(images, CONCURRENT_IMAGES, async ({ path }, i) => {
      const good = found[i]?.filter(({ score }) => score >= detector.minScore);
      return good?.length === 0 ? engine.detect(path, { signal }) : good;
    });
    return {
      info: engine.info,
      found,
      foundByDefault,
      imagesPerSecond: images.length / seconds,
      problems: outcomes.flatMap((outcome, i) =>
        'faces' in outcome
          ? []
          : [{ path: (images[i] as DatasetImage).relativePath, code: 'unreadable' as const, message: outcome.message }],
      ),
    };
  } finally {
    await engine.dispose();
  }
}

/** Every call that waits listens to its signal, and Node takes more than ten listeners for a leak; how many the caller's may have is not ours to say. */
function deriveSignal(signal: AbortSignal): AbortSignal {
  const derived = AbortSignal.any([signal]);
  setMaxListeners(0, derived);
  return derived;
}

/** An image that cannot be decoded is a fact about the data; everything else ends the measurement. */
async function detect(
  engine: NodeFaceEngine,
  path: string,
  options: { readonly minScore: number; readonly signal: AbortSignal | undefined },
): Promise<{ readonly faces: readonly Face[] } | { readonly message: string }> {
  try {
    return { faces: await engine.detect(path, options) };
  } catch (error) {
    if (isImageError(error)) return { message: error.message };
    throw error;
  }
}
