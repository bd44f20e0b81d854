/** `createFaceEngine` in Node: an engine whose work happens on worker threads. */

import { assertRgbaImage, composeEngine, isFaceError, isRgbaImage, reportQuietly, toEngineCalls } from '@isoface/core';
import { createThreadIndex } from './gallery/search-thread.ts';
import { assertNodeEngineOptions, type NodeEngineOptions, resolvePoolSize } from './node-engine-options.ts';
import { type NodeFaceEngine, openEngine, resolvePack } from './open-engine.ts';
import type { WireImage } from './pool/messages.ts';
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
  const calls = toEngineCalls<NodeImageInput>({
    send: async (image, request, abort) => pool.run({ request, image: toWireImage(image) }, abort),
    // Another thread goes on from the same frame. A frame that ends two threads is at fault itself.
    maySendAgain: (error) => isFaceError(error, 'WORKER_CRASHED'),
  });
  return composeEngine({
    calls,
    info: () => pool.info,
    pack,
    // One image more than threads: the next one is at hand when a thread becomes free.
    imagesUnderWay: pool.threads + 1,
    now: () => performance.now(),
    loadGalleries: () => import('@isoface/core/gallery'),
    openIndex: createThreadIndex,
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
