/** Notices the end of a worker, whatever ends it. */

import { FaceError } from '@isoface/core';
import type { WorkerScript } from './spawn-worker.ts';

/** What is known of a worker's end. */
export interface WorkerWatch {
  /** Resolves with the reason of the first report. */
  readonly reason: Promise<string>;
  report(error: unknown): void;
  /** No report counts any more. */
  ignore(): void;
  /** The value, or the reported error if the worker ends first. */
  orValue<T>(value: Promise<T>): Promise<T>;
}

/** How long a script may take to load before it counts as missing, milliseconds. Only loading of code, not of models, counts. */
const SCRIPT_TIMEOUT_MS = 60_000;

let lockCount = 0;

/** Watches a worker from its start on. Its errors are reported: `BACKEND_UNAVAILABLE` if the script does not load, `WORKER_CRASHED` later. */
export function watchWorker(worker: Worker, script: WorkerScript): WorkerWatch {
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
            `Expected the worker script ${script} beside this module, got none that loads; copy the files of @isoface/runtime-web/dist to your site and set assetBase to their folder, and allow worker-src in the content security policy.`,
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

/** A name for the lock that a worker holds as long as it lives. */
export function nameWorkerLock(): string {
  return `isoface-worker-${Date.now().toString(36)}-${lockCount++}-${Math.random().toString(36).slice(2)}`;
}

/** Reports the end of the worker that holds the lock: it is granted when the worker is gone, whatever ended it; many ends raise no event. */
export function watchWorkerLock(name: string, watch: Pick<WorkerWatch, 'report'>): void {
  void navigator.locks.request(name, () => watch.report(new FaceError('WORKER_CRASHED', 'The worker ended without a message.')));
}

/** @throws {FaceError} `BACKEND_UNAVAILABLE` if a script has not answered after a time in which any script is loaded. */
export function withStartDeadline<T>(started: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new FaceError('BACKEND_UNAVAILABLE', `The worker script did not answer within ${SCRIPT_TIMEOUT_MS / 1000} s.`)),
      SCRIPT_TIMEOUT_MS,
    );
    started.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
