/** `createFaceEngine` in Node: an engine whose work happens on worker threads. */

import {
  type Analysis,
  assertRgbaImage,
  composeEngine,
  type Embedding,
  type EngineCalls,
  type Face,
  isFaceError,
  isRgbaImage,
  reportQuietly,
  type TrackedFrame,
} from '@isoface/core';
import { assertNodeEngineOptions, type NodeEngineOptions, resolvePoolSize } from './node-engine-options.ts';
import { type NodeFaceEngine, openEngine, resolvePack } from './open-engine.ts';
import type { WireCall, WireImage } from './pool/messages.ts';
import { createWorkerPool } from './pool/worker-pool.ts';
import { type NodeImageInput, notAnImage, toFilePath } from './sharp-image-decoder.ts';

/**
 * Creates a face engine. Resolves when the models are loaded, opened and proved on a generated face.
 *
 * @throws {FaceError} `PACK_UNKNOWN`, `MANIFEST_INVALID`, `MODEL_NOT_FOUND`, `MODEL_INTEGRITY`, `DOWNLOAD_FAILED`, `BACKEND_UNAVAILABLE`,
 * `SELF_TEST_FAILED` or `INVALID_OPTION`.
 *
 * @example
 * const engine = await createFaceEngine({ pack: 'starter' });
 * const { match, similarity } = await engine.verify('a.jpg', 'b.jpg', { fmr: 1e-3 });
 * await engine.dispose();
 */
export async function createFaceEngine(options: NodeEngineOptions = {}): Promise<NodeFaceEngine> {
  assertNodeEngineOptions(options);
  const { threads, maxQueue, worker = true, signal, onProgress, ...wireOptions } = options;
  const size = resolvePoolSize({ threads, maxQueue });
  const pack = resolvePack(options.pack);
  if (!worker) return openEngine(options);

  const pool = await createWorkerPool(wireOptions, size, signal, reportQuietly(onProgress));
  const calls: EngineCalls<NodeImageInput> = {
    async detect(image, { signal: abort, ...detectOptions } = {}) {
      return (await pool.run({ method: 'detect', image: toWireImage(image), options: detectOptions }, abort)) as readonly Face[];
    },
    async embed(image, faces, { signal: abort } = {}) {
      return (await pool.run({ method: 'embed', image: toWireImage(image), faces }, abort)) as readonly Embedding[];
    },
    async analyze(image, { signal: abort, ...analyzeOptions } = {}) {
      return (await pool.run({ method: 'analyze', image: toWireImage(image), options: analyzeOptions }, abort)) as Analysis;
    },
    async trackFrame({ image, ...frame }, state, { signal: abort, ...trackOptions } = {}) {
      const call: WireCall = { method: 'trackFrame', frame: { ...frame, image: toWireImage(image) }, state, options: trackOptions };
      try {
        return (await pool.run(call, abort)) as TrackedFrame;
      } catch (error) {
        // The state is here, not in the thread: another one goes on from the same frame. A frame that ends two threads is at fault itself.
        if (!isFaceError(error, 'WORKER_CRASHED')) throw error;
        return (await pool.run(call, abort)) as TrackedFrame;
      }
    },
  };
  return composeEngine({
    calls,
    info: () => pool.info,
    pack,
    // One image more than threads: the next one is at hand when a thread becomes free.
    imagesUnderWay: pool.threads + 1,
    now: () => performance.now(),
    dispose: pool.dispose,
  });
}

/**
 * An image in a form that structured clone carries.
 *
 * @throws {FaceError} `IMAGE_INVALID` for anything that is no image.
 */
function toWireImage(image: NodeImageInput): WireImage {
  if (typeof image === 'string' || image instanceof Blob) return image;
  if (image instanceof URL) return toFilePath(image);
  if (image instanceof ArrayBuffer) return new Uint8Array(image);
  if (image instanceof Uint8Array) return toWholeBuffer(image);
  if (isRgbaImage(image)) {
    assertRgbaImage(image);
    return { width: image.width, height: image.height, data: toWholeBuffer(image.data) };
  }
  throw notAnImage(image);
}

/** Cloning a view would clone all of the buffer behind it. */
function toWholeBuffer<T extends Uint8Array | Uint8ClampedArray>(view: T): T {
  return view.byteLength === view.buffer.byteLength ? view : (view.slice() as T);
}
