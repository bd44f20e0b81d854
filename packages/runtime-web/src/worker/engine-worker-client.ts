/** One worker from the page's side: started, asked, watched until it ends. */

import { type EngineProgress, FaceError } from '@isoface/core';
import { proxy, type Remote, transfer, wrap } from 'comlink';
import { unreadable } from '../images/web-image-input.ts';
import type { ProviderAttempt, WireEngineOptions } from '../web-engine-options.ts';
import { type EngineWorkerApi, type Settled, unwrap, type WireCall, type WorkerEngine } from './engine-worker-api.ts';
import { spawnWorker } from './spawn-worker.ts';
import { nameWorkerLock, type WorkerWatch, watchWorker, watchWorkerLock, withStartDeadline } from './watch-worker.ts';

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
  const worker = spawnWorker('engine-worker.js', options.assetBase);
  const remote = wrap<EngineWorkerApi>(worker);
  const end = watchWorker(worker, 'engine-worker.js');
  const close = (): void => {
    end.ignore();
    worker.terminate();
  };
  const onAbort = (): void => end.report(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await end.orValue(withStartDeadline(holdLock(remote, end)));
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

async function holdLock(remote: Remote<EngineWorkerApi>, watch: WorkerWatch): Promise<void> {
  const name = nameWorkerLock();
  if (await remote.holdLock(name)) watchWorkerLock(name, watch);
}
