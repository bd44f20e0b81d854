/** One worker from the page's side: started, asked, watched until it ends. */

import { type EngineProgress, FaceError } from '@isoface/core';
import { proxy, type Remote, transfer, wrap } from 'comlink';
import { unreadable } from '../images/web-image-input.ts';
import type { ProviderAttempt, WireEngineOptions } from '../web-engine-options.ts';
import { type EngineWorkerApi, type Settled, unwrap, type WireCall, type WorkerEngine } from './engine-worker-api.ts';
import { spawnWorker } from './spawn-worker.ts';

/** A worker with an open engine. */
export interface EngineWorkerClient extends WorkerEngine {
  /** Rejects with `WORKER_CRASHED` if the worker ends before it answers. */
  call(id: number, call: WireCall, transferables: Transferable[]): Promise<unknown>;
  abort(id: number): void;
  /** Resolves with the reason when the worker has ended or lost its GPU, unless `close` was called. */
  readonly ended: Promise<string>;
  /** Ends the worker; models in it are freed with it. */
  close(): void;
}

/** How long a script may take to load before it counts as missing, milliseconds. Only loading of code, not of models, counts. */
const SCRIPT_TIMEOUT_MS = 60_000;

let lockCount = 0;

/**
 * Starts a worker and opens an engine in it.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if the script does not load; what opening the engine fails with; `signal.reason` when aborted.
 */
export async function startEngineWorker(
  options: WireEngineOptions,
  attempt: ProviderAttempt,
  { signal, onProgress }: { readonly signal?: AbortSignal | undefined; readonly onProgress: (event: EngineProgress) => void },
): Promise<EngineWorkerClient> {
  signal?.throwIfAborted();
  const worker = spawnWorker(options.assetBase);
  const remote = wrap<EngineWorkerApi>(worker);
  const end = watch(worker);
  const close = (): void => {
    end.ignore();
    worker.terminate();
  };
  const onAbort = (): void => end.report(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await end.orValue(withDeadline(holdLock(remote, end)));
    // A GPU that is lost is reported by the worker, a worker that ends by its lock.
    const onLost = proxy((reason: string) => end.report(new FaceError('WORKER_CRASHED', `The GPU was lost: ${reason}`)));
    const engine = unwrap(await end.orValue(remote.open(options, attempt, proxy(onProgress), onLost) as Promise<Settled<WorkerEngine>>));
    return {
      ...engine,
      call: async (id, call, transferables) => {
        const answer = remote.call(id, transfer(call, transferables)) as Promise<Settled<unknown>>;
        return unwrap(await end.orValue(answer.catch(throwUnsendable)));
      },
      abort: (id) => void remote.abort(id),
      ended: end.reason,
      close,
    };
  } catch (error) {
    close();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** An image that cannot cross to a worker holds pixels of another site, or was closed or transferred in the meantime. */
function throwUnsendable(error: unknown): never {
  throw error instanceof DOMException && error.name === 'DataCloneError' ? unreadable(error) : error;
}

interface Watch {
  /** Resolves with the reason of the first report. */
  readonly reason: Promise<string>;
  report(error: unknown): void;
  /** No report counts any more. */
  ignore(): void;
  /** The value, or the reported error if the worker ends first. */
  orValue<T>(value: Promise<T>): Promise<T>;
}

function watch(worker: Worker): Watch {
  // Listeners of calls under way, and not reactions to one promise: those would hold every result as long as the worker lives.
  const waiting = new Set<(error: unknown) => void>();
  let isIgnored = false;
  let ended: { readonly error: unknown } | undefined;
  const report = (error: unknown): void => {
    if (isIgnored || ended !== undefined) return;
    ended = { error };
    for (const reject of [...waiting]) reject(error);
  };
  const reason = new Promise<string>((resolve) => {
    waiting.add((error) => resolve(error instanceof Error ? error.message : String(error)));
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    // Without a message the script itself did not load.
    report(
      event.message
        ? new FaceError('WORKER_CRASHED', `The worker ended: ${event.message}`)
        : new FaceError(
            'BACKEND_UNAVAILABLE',
            'Expected the worker script engine-worker.js beside this module, got none that loads; copy the files of @isoface/runtime-web/dist to your site and set assetBase to their folder, and allow worker-src in the content security policy.',
          ),
    );
  });
  return {
    reason,
    report,
    ignore: () => {
      isIgnored = true;
    },
    orValue: (value) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) reject(ended.error);
        waiting.add(reject);
        value.then(resolve, reject).finally(() => waiting.delete(reject));
      }),
  };
}

async function holdLock(remote: Remote<EngineWorkerApi>, end: Watch): Promise<void> {
  const name = `isoface-worker-${Date.now().toString(36)}-${lockCount++}-${Math.random().toString(36).slice(2)}`;
  if (!(await remote.holdLock(name))) return;
  // Granted when the worker is gone, whatever ended it: many ends raise no event.
  void navigator.locks.request(name, () => end.report(new FaceError('WORKER_CRASHED', 'The worker ended without a message.')));
}

function withDeadline(started: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new FaceError('BACKEND_UNAVAILABLE', `The worker script did not answer within ${SCRIPT_TIMEOUT_MS / 1000} s.`)),
      SCRIPT_TIMEOUT_MS,
    );
    started.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
