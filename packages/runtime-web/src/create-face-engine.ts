/** `createFaceEngine` in the browser: an engine whose work happens in a worker. */

import {
  answerRequest,
  composeEngine,
  type FaceEngine,
  FaceError,
  isFaceError,
  type LoadGalleries,
  reportQuietly,
  type TrackOptions,
  type TrackResult,
  toEngineCalls,
} from '@isoface/core';
import { createWorkerIndex } from './gallery/search-worker-index.ts';
import { isHandedOver, toPortableImage, type WebImageInput } from './images/web-image-input.ts';
import { toFrames, type WebFrameSource } from './video/frame-source.ts';
import { assertWebEngineOptions, listAttempts, toWireOptions, type WebEngineOptions } from './web-engine-options.ts';
import { createEngineHost } from './worker/engine-host.ts';
import { openFirst } from './worker/open-first.ts';

/** An engine in the browser: `track` also takes videos and cameras. */
export interface WebFaceEngine extends Omit<FaceEngine<WebImageInput>, 'track'> {
  /** See `FaceEngine.track`. Of a video or camera always the latest frame is taken; those in between are dropped and counted. */
  track(source: WebFrameSource, options?: TrackOptions): AsyncIterableIterator<TrackResult>;
}

/** Calls that wait by default: enough for a handful of photos, few enough that memory stays small. */
const DEFAULT_MAX_QUEUE = 32;
/** Images that `analyzeMany` takes at once. */
const IMAGES_UNDER_WAY = 2;

/**
 * Creates a face engine. Resolves when the models are loaded, opened, warmed up and proved on a generated face.
 *
 * @throws {FaceError} `PACK_UNKNOWN`, `MANIFEST_INVALID`, `MODEL_NOT_FOUND`, `MODEL_INTEGRITY`, `DOWNLOAD_FAILED`, `BACKEND_UNAVAILABLE`,
 * `SELF_TEST_FAILED` or `INVALID_OPTION`; `signal.reason` when aborted.
 *
 * @example
 * const engine = await createFaceEngine({ pack: 'starter' });
 * const { faces } = await engine.analyze(document.querySelector('img'));
 * await engine.dispose();
 */
export async function createFaceEngine(options: WebEngineOptions = {}): Promise<WebFaceEngine> {
  assertBrowser();
  assertWebEngineOptions(options);
  options.signal?.throwIfAborted();
  const engine = await (options.worker === false ? createInPage(options) : createInWorker(options));
  return withFrameSources(engine);
}

const loadGalleries: LoadGalleries = () => import('@isoface/core/gallery');

async function createInWorker(options: WebEngineOptions): Promise<FaceEngine<WebImageInput>> {
  const { maxQueue = DEFAULT_MAX_QUEUE, signal, onProgress, onEvent } = options;
  const host = await createEngineHost(toWireOptions(options), {
    attempts: listAttempts(options),
    maxQueue,
    signal,
    onProgress: reportQuietly(onProgress),
    onEvent: reportQuietly(onEvent),
  });
  const calls = toEngineCalls<WebImageInput>({
    async send(image, request, abort) {
      // What was handed over is closed, whatever becomes of the call: the host does that when it refuses one.
      if (!isHandedOver(image)) abort?.throwIfAborted();
      const portable = await toPortableImage(image);
      return host.run({ request, image: portable.image }, portable.transfer, abort);
    },
    maySendAgain: (error, image) => isFaceError(error, 'WORKER_CRASHED') && isSentOnce(image),
  });
  return composeEngine({
    calls,
    info: host.info,
    pack: host.pack,
    imagesUnderWay: IMAGES_UNDER_WAY,
    now: () => performance.now(),
    loadGalleries,
    openIndex: (spec) => createWorkerIndex(spec, { assetBase: toWireOptions(options).assetBase }),
    dispose: host.dispose,
  });
}

async function createInPage(options: WebEngineOptions): Promise<FaceEngine<WebImageInput>> {
  const { openEngine } = await import('./open-engine.ts');
  const warnings: string[] = [];
  const { signal, onProgress } = options;
  const { engine, pack } = await openFirst(
    listAttempts(options),
    (attempt) => openEngine(toWireOptions(options), attempt, { signal, onProgress }),
    (warning) => void warnings.push(warning),
    signal,
  );
  const calls = toEngineCalls<WebImageInput>({
    async send(image, request, abort) {
      const { image: portable, isTransferred } = await toPortableImage(image);
      try {
        return await answerRequest(engine, portable, request, abort);
      } finally {
        if (isTransferred && 'close' in portable) portable.close();
      }
    },
    // There is no worker that could end.
    maySendAgain: () => false,
  });
  return composeEngine({
    calls,
    info: () => ({ ...engine.info, warnings: [...engine.info.warnings, ...warnings] }),
    pack,
    imagesUnderWay: IMAGES_UNDER_WAY,
    now: () => performance.now(),
    loadGalleries,
    dispose: engine.dispose,
  });
}

function withFrameSources(engine: FaceEngine<WebImageInput>): WebFaceEngine {
  return {
    ...engine,
    get info() {
      return engine.info;
    },
    track: (source, options) => engine.track(toFrames(source), options),
  };
}

/** Of frames a clone is transferred, which the host cannot send to another worker; of the frame itself another clone can be made. */
function isSentOnce(image: unknown): boolean {
  return typeof VideoFrame === 'function' && image instanceof VideoFrame;
}

/** Pages that are rendered on a server import this module too; only its use needs a browser. */
function assertBrowser(): void {
  if (globalThis.isSecureContext === false) {
    throw new FaceError(
      'BACKEND_UNAVAILABLE',
      'Expected a secure context, got a page that can neither check files nor keep them; serve it over https or from localhost.',
    );
  }
  if (typeof Worker === 'function' && typeof WebAssembly === 'object' && typeof createImageBitmap === 'function') return;
  throw new FaceError(
    'BACKEND_UNAVAILABLE',
    'Expected a browser, got a platform without Worker, WebAssembly or createImageBitmap; create the engine in client code only.',
  );
}
