/** An index in a worker: the page stays free while it searches. */

import { connectIndex, type FromIndex, type IndexSpec, type TemplateIndex } from '@isoface/core/gallery';
import { spawnWorker } from '../worker/spawn-worker.ts';
import { nameWorkerLock, type WorkerWatch, watchWorker, watchWorkerLock, withStartDeadline } from '../worker/watch-worker.ts';
import type { WorkerIndexSpec, WorkerKernel } from './search-worker-spec.ts';

/** Options of {@link createWorkerIndex}. */
export interface WorkerIndexOptions {
  /** Absolute address of the folder of `search-worker.js`, with a slash at its end. @defaultValue beside this module */
  readonly assetBase?: string | undefined;
  /**
   * What searches. `auto`: WebAssembly, and for large galleries a GPU, where there is a real one that proves faster on the rows that are there.
   * `webgpu` requires a GPU, also one in software, and uses it for galleries of any size: for tests.
   *
   * @defaultValue 'auto'
   */
  readonly kernel?: WorkerKernel | undefined;
}

/**
 * Opens an empty index in a worker. Vectors are copied once, into memory that the worker takes over; the caller's arrays stay as they are. Add large
 * galleries in blocks of a few megabytes, each of which is copied in one go.
 *
 * A search that waits for its turn is dropped when its signal aborts. One under way rejects with `signal.reason` at once and its result is thrown
 * away when the worker has it; calls behind it wait until then.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if the script does not load, memory is not given, or the GPU that is required is not there. Later calls:
 * what {@link TemplateIndex} says, and `WORKER_CRASHED` once the worker has ended; its rows are lost, and the index must be filled anew.
 */
export async function createWorkerIndex(spec: IndexSpec, options: WorkerIndexOptions = {}): Promise<TemplateIndex> {
  const lock = nameWorkerLock();
  const worker = spawnWorker('search-worker.js', options.assetBase);
  const watch = watchWorker(worker, 'search-worker.js');
  const opened = connectIndex<WorkerIndexSpec>({ ...spec, kernel: options.kernel ?? 'auto', lock }, (owner) => {
    worker.addEventListener('message', ({ data }: MessageEvent<FromIndex>) => owner.receive(data));
    void watch.orValue(new Promise<never>(() => {})).catch(owner.fail);
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      async terminate() {
        watch.ignore();
        worker.terminate();
      },
    };
  });
  withStartDeadline(opened).catch(watch.report);
  const index = await opened;
  await watchLock(lock, watch);
  return index;
}

/** Without locks, as on pages without a secure context, some ends of the worker stay unnoticed. */
async function watchLock(name: string, watch: WorkerWatch): Promise<void> {
  const locks = (navigator as { readonly locks?: LockManager }).locks;
  const { held = [] } = (await locks?.query()) ?? {};
  if (held.some((lock) => lock.name === name)) watchWorkerLock(name, watch);
}
