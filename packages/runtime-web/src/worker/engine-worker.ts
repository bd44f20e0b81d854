/** Entry of the worker: one engine, its models, its GPU device. */

import { answerRequest, FaceError } from '@isoface/core';
import { expose } from 'comlink';
import type { PortableImage } from '../images/web-image-input.ts';
import { type OpenedEngine, openEngine } from '../open-engine.ts';
import { type EngineWorkerApi, settle, type WireCall } from './engine-worker-api.ts';
import { holdLock } from './hold-lock.ts';

const underWay = new Map<number, AbortController>();
let opened: OpenedEngine | undefined;

const api: EngineWorkerApi = {
  holdLock,
  open: (options, attempt, onProgress, onLost) =>
    settle(async () => {
      opened = await openEngine(options, attempt, { onProgress });
      void opened.lost.then(onLost);
      return { info: opened.engine.info, pack: opened.pack };
    }),
  call: async (id, call) => {
    const controller = new AbortController();
    underWay.set(id, controller);
    try {
      return await settle(() => answer(call, controller.signal).catch(throwFatal));
    } finally {
      underWay.delete(id);
      closeImage(call.image);
    }
  },
  abort(id) {
    underWay.get(id)?.abort();
  },
  async dispose() {
    await opened?.engine.dispose();
  },
};

expose(api);

async function answer({ request, image }: WireCall, signal: AbortSignal): Promise<unknown> {
  if (opened === undefined) throw new Error('The worker was called before its engine was open.');
  return answerRequest(opened.engine, image, request, signal);
}

/** A trap in any wasm module, ours or ONNX Runtime's, leaves its memory in no known state: only a new worker helps. */
function throwFatal(cause: unknown): never {
  if (!(cause instanceof WebAssembly.RuntimeError)) throw cause;
  throw new FaceError('WORKER_CRASHED', `A wasm module trapped: ${cause.message}.`, {}, { cause });
}

/** What came to this worker belongs to it: frames that are not closed stop the camera after a few. */
function closeImage(image: PortableImage): void {
  if ('close' in image) image.close();
}
