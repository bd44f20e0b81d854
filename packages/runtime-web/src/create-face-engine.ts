/** `createFaceEngine` in the browser: an engine whose work happens in a worker. */

import {
  type Analysis,
  composeEngine,
  type DetectOptions,
  type Embedding,
  type EngineCalls,
  type Face,
  type FaceEngine,
  FaceError,
  isFaceError,
  reportQuietly,
  type TrackedFrame,
  type TrackOptions,
  type TrackResult,
} from '@isoface/core';
import { toPortableImage, type WebImageInput } from './images/web-image-input.ts';
import { toFrames, type WebFrameSource } from './video/frame-source.ts';
import { assertWebEngineOptions, listAttempts, toWireOptions, type WebEngineOptions } from './web-engine-options.ts';
import { createEngineHost } from './worker/engine-host.ts';
import type { WireCall } from './worker/engine-worker-api.ts';
import { mayAnotherWork } from './worker/may-another-work.ts';

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

async function createInWorker(options: WebEngineOptions): Promise<FaceEngine<WebImageInput>> {
  const { maxQueue = DEFAULT_MAX_QUEUE, signal, onProgress, onEvent } = options;
  const host = await createEngineHost(toWireOptions(options), {
    attempts: listAttempts(options),
    maxQueue,
    signal,
    onProgress: reportQuietly(onProgress),
    onEvent: reportQuietly(onEvent),
  });
  const send = async (
    image: WebImageInput,
    signal: AbortSignal | undefined,
    toCall: (image: WireCall['image']) => WireCall,
  ): Promise<unknown> => {
    // What was handed over is closed, whatever becomes of the call: the host does that when it refuses one.
    if (!isHandedOver(image)) signal?.throwIfAborted();
    const portable = await toPortableImage(image);
    return host.run(toCall(portable.image), portable.transfer, signal);
  };
  const calls: EngineCalls<WebImageInput> = {
    detect: async (image, { signal: abort, ...detectOptions } = {}) =>
      (await send(image, abort, (portable) => ({ method: 'detect', image: portable, options: detectOptions }))) as readonly Face[],
    embed: async (image, faces, { signal: abort } = {}) =>
      (await send(image, abort, (portable) => ({ method: 'embed', image: portable, faces }))) as readonly Embedding[],
    analyze: async (image, { signal: abort, ...analyzeOptions } = {}) =>
      (await send(image, abort, (portable) => ({ method: 'analyze', image: portable, options: analyzeOptions }))) as Analysis,
    trackFrame: async ({ image, timestampMs, droppedFrames }, state, { signal: abort, ...trackOptions } = {}) => {
      const ask = (): Promise<unknown> =>
        send(image, abort, (portable) => {
          return { method: 'trackFrame', image: portable, timestampMs, droppedFrames, state, options: trackOptions };
        });
      try {
        return (await ask()) as TrackedFrame;
      } catch (error) {
        // The state is here and the frame is still the caller's: a track outlives the worker that it began in.
        if (!isFaceError(error, 'WORKER_CRASHED') || !isSentOnce(image)) throw error;
        return (await ask()) as TrackedFrame;
      }
    },
  };
  return composeEngine({
    calls,
    info: host.info,
    pack: host.pack,
    imagesUnderWay: IMAGES_UNDER_WAY,
    now: () => performance.now(),
    dispose: host.dispose,
  });
}

async function createInPage(options: WebEngineOptions): Promise<FaceEngine<WebImageInput>> {
  const { openEngine } = await import('./open-engine.ts');
  const attempts = listAttempts(options);
  const warnings: string[] = [];
  const { signal, onProgress } = options;
  for (const [i, attempt] of attempts.entries()) {
    try {
      const { engine, pack } = await openEngine(toWireOptions(options), attempt, { signal, onProgress });
      const run = async <T>(image: WebImageInput, work: (image: WireCall['image']) => Promise<T>): Promise<T> => {
        const { image: portable, isTransferred } = await toPortableImage(image);
        try {
          return await work(portable);
        } finally {
          if (isTransferred && 'close' in portable) portable.close();
        }
      };
      return composeEngine<WebImageInput>({
        calls: {
          detect: (image, detectOptions: DetectOptions = {}) => run(image, (portable) => engine.detect(portable, detectOptions)),
          embed: (image, faces, embedOptions) => run(image, (portable) => engine.embed(portable, faces, embedOptions)),
          analyze: (image, analyzeOptions) => run(image, (portable) => engine.analyze(portable, analyzeOptions)),
          trackFrame: (frame, state, trackOptions) =>
            run(frame.image, (portable) => engine.trackFrame({ ...frame, image: portable }, state, trackOptions)),
        },
        info: () => ({ ...engine.info, warnings: [...engine.info.warnings, ...warnings] }),
        pack,
        imagesUnderWay: IMAGES_UNDER_WAY,
        now: () => performance.now(),
        dispose: engine.dispose,
      });
    } catch (error) {
      if (i + 1 === attempts.length || !mayAnotherWork(error)) throw error;
      warnings.push(`${attempt.executionProvider} passed over: ${error.message}`);
    }
  }
  throw new FaceError('INVALID_OPTION', 'Expected at least one execution provider, got none.', { option: 'executionProviders' });
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

function isHandedOver(image: unknown): boolean {
  return typeof image === 'object' && image !== null && 'handedOver' in image;
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
