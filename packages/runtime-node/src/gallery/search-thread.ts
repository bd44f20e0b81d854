/** An index on a worker thread: the event loop stays free while it searches. */

import { Worker } from 'node:worker_threads';
import { FaceError } from '@isoface/core';
import { connectIndex, type FromIndex, type IndexSpec, type TemplateIndex } from '@isoface/core/gallery';
import { createAbortListeners } from '../pool/abort-listeners.ts';
import { workerArguments } from '../pool/worker-arguments.ts';

/** The thread's entry: beside this module once built; in the workspace's sources only the built one can be started by Node. */
const WORKER_ENTRY = new URL(import.meta.url.endsWith('.ts') ? '../../dist/search-worker.js' : './search-worker.js', import.meta.url);

/**
 * Opens an empty index on a worker thread. Vectors are copied once, into memory that the thread takes over; the caller's arrays stay as they are.
 * The thread keeps the process alive only while calls are under way.
 *
 * A search that waits for its turn is dropped when its signal aborts. One under way rejects with `signal.reason` at once and its result is thrown
 * away when the thread has it; calls behind it wait until then.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if the thread does not start or memory is not given. Later calls: what {@link TemplateIndex} says, and
 * `WORKER_CRASHED` once the thread has ended; its rows are lost, and the index must be filled anew.
 */
export function createThreadIndex(spec: IndexSpec): Promise<TemplateIndex> {
  return connectIndex(spec, (owner) => {
    const worker = new Worker(WORKER_ENTRY, { name: 'isoface-search', execArgv: workerArguments() });
    let hasAnswered = false;
    let cause: unknown;
    worker.on('message', (message: FromIndex) => {
      hasAnswered = true;
      owner.receive(message);
    });
    worker.on('error', (error) => {
      cause = error;
    });
    worker.once('exit', (exitCode) => owner.fail(hasAnswered ? crashError(exitCode, cause) : startError(cause)));
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      setBusy(isBusy) {
        if (isBusy) worker.ref();
        else worker.unref();
      },
      listenToAbort: createAbortListeners(),
      async terminate() {
        // Whoever waits for the end must see it.
        worker.ref();
        await worker.terminate();
      },
    };
  });
}

function crashError(exitCode: number, cause: unknown): FaceError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new FaceError(
    'WORKER_CRASHED',
    `Expected the search thread to live, got its end with exit code ${exitCode}${why}. What it held is lost; open the gallery again.`,
    { exitCode },
    cause === undefined ? undefined : { cause },
  );
}

function startError(cause: unknown): FaceError {
  const why = cause instanceof Error ? cause.message : 'it ended without a message';
  return new FaceError(
    'BACKEND_UNAVAILABLE',
    `Expected a search thread that starts, got: ${why}; search in the thread of the caller instead.`,
    {},
    cause === undefined ? undefined : { cause },
  );
}
