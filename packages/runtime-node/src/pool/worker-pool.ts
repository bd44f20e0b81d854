/** A pool of engine workers behind one bounded queue. */

import { Worker } from 'node:worker_threads';
import { disposedError, type EngineInfo, type EngineProgress, FaceError, reviveError } from '@isoface/core';
import type { PoolSize, WireEngineOptions } from '../node-engine-options.ts';
import { createAbortListeners } from './abort-listeners.ts';
import type { FromWorker, ToWorker, WireCall, WorkerStart } from './messages.ts';
import { workerArguments } from './worker-arguments.ts';

/** The worker's entry: beside this module once built; in the workspace's sources only the built one can be started by Node. */
const WORKER_ENTRY = new URL(import.meta.url.endsWith('.ts') ? '../../dist/engine-worker.js' : './engine-worker.js', import.meta.url);

/** After so many workers in a row that do not start, waiting calls fail instead of trying for ever. */
const MAX_FAILED_STARTS = 3;
/**
 * The analysis of an image makes few small objects; pixels and tensors lie outside the JavaScript heap. A small nursery saves about 30 MB per pool
 * and costs no measurable time.
 */
const YOUNG_GENERATION_MB = 2;
/** How long a worker gets to finish a model run or a download step and to release its models before it is terminated. */
const DISPOSE_TIMEOUT_MS = 10_000;

/** Runs engine calls on worker threads. */
export interface WorkerPool {
  readonly info: EngineInfo;
  /** Threads that the pool may use at the same time. */
  readonly threads: number;
  /** @throws {FaceError} `OVERLOADED`, `DISPOSED`, `WORKER_CRASHED`, or what the engine throws; `signal.reason` when aborted. */
  run(call: WireCall, signal: AbortSignal | undefined): Promise<unknown>;
  dispose(): Promise<void>;
}

interface Job {
  readonly id: number;
  readonly call: WireCall;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

interface PoolWorker {
  readonly thread: Worker;
  readonly exited: Promise<void>;
  isReady: boolean;
  job: Job | undefined;
}

/** Starts the first worker and resolves when it is ready; further ones start when calls wait. */
export async function createWorkerPool(
  options: WireEngineOptions,
  { threads, maxQueue }: PoolSize,
  signal: AbortSignal | undefined,
  onProgress: (event: EngineProgress) => void,
): Promise<WorkerPool> {
  const workers = new Set<PoolWorker>();
  const queue: Job[] = [];
  const listenToAbort = createAbortListeners();
  let nextId = 0;
  let failedStarts = 0;
  let isDisposed = false;
  let workerOptions = options;

  /** Starts a worker; the promise settles when it is ready or has failed. */
  function start(): Promise<EngineInfo> {
    const data: WorkerStart = { options: workerOptions };
    const thread = new Worker(WORKER_ENTRY, {
      workerData: data,
      name: 'isoface',
      execArgv: workerArguments(),
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    const worker: PoolWorker = {
      thread,
      isReady: false,
      job: undefined,
      exited: new Promise((resolve) => thread.once('exit', () => resolve())),
    };
    workers.add(worker);
    return new Promise<EngineInfo>((resolve, reject) => {
      let crash: unknown;
      thread.on('message', (message: FromWorker) => {
        switch (message.type) {
          case 'progress':
            onProgress(message.event);
            break;
          case 'ready':
            worker.isReady = true;
            failedStarts = 0;
            resolve(message.info);
            dispatch();
            break;
          case 'startFailed':
            reject(reviveError(message.error));
            break;
          case 'result':
            finish(worker, message.id, (job) => job.resolve(message.value));
            break;
          case 'error':
            finish(worker, message.id, (job) => job.reject(reviveError(message.error)));
            break;
        }
      });
      thread.on('error', (error) => {
        crash = error;
      });
      thread.once('exit', (exitCode) => {
        workers.delete(worker);
        const error = isDisposed ? disposedError() : crashError(exitCode, crash);
        worker.job?.reject(error);
        worker.job = undefined;
        reject(error);
        dispatch();
      });
    });
  }

  function finish(worker: PoolWorker, id: number, settle: (job: Job) => void): void {
    const { job } = worker;
    if (job?.id !== id) return;
    worker.job = undefined;
    settle(job);
    dispatch();
  }

  /** Gives waiting calls to free workers, and starts one more worker when none is free. */
  function dispatch(): void {
    for (const worker of workers) {
      if (worker.isReady && worker.job === undefined) {
        const job = queue.shift();
        if (job !== undefined) {
          worker.job = job;
          const message: ToWorker = { type: 'call', id: job.id, call: job.call };
          worker.thread.postMessage(message);
        }
      }
      // An idle pool must not keep the process alive; a working one must.
      if (worker.isReady && worker.job === undefined) worker.thread.unref();
      else worker.thread.ref();
    }
    const isStarting = Array.from(workers).some((worker) => !worker.isReady);
    if (queue.length > 0 && !isStarting && workers.size < threads && !isDisposed) {
      start().catch((error: unknown) => {
        failedStarts++;
        if (failedStarts < MAX_FAILED_STARTS) return;
        failedStarts = 0;
        // Calls that another worker can still take keep waiting for it.
        const canServe = Array.from(workers).some((worker) => worker.isReady);
        if (!canServe) for (const job of queue.splice(0)) job.reject(error);
      });
    }
  }

  function removeFromQueue(job: Job): void {
    const index = queue.indexOf(job);
    if (index >= 0) queue.splice(index, 1);
  }

  const pool: Omit<WorkerPool, 'info'> = {
    threads,
    run(call, callSignal) {
      return new Promise((resolve, reject) => {
        if (isDisposed) throw disposedError();
        callSignal?.throwIfAborted();
        const busy = Array.from(workers).filter((worker) => worker.job !== undefined).length;
        if (busy + queue.length >= threads + maxQueue) throw overloadedError(queue.length, maxQueue);
        const id = nextId++;
        const onAbort = (): void => {
          removeFromQueue(job);
          for (const worker of workers) {
            if (worker.job === job) worker.thread.postMessage({ type: 'abort', id } satisfies ToWorker);
          }
          job.reject(callSignal?.reason);
        };
        const job: Job = {
          id,
          call,
          resolve(value) {
            stopListening?.();
            resolve(value);
          },
          reject(error) {
            stopListening?.();
            reject(error);
          },
        };
        const stopListening = callSignal && listenToAbort(callSignal, onAbort);
        queue.push(job);
        dispatch();
      });
    },
    async dispose() {
      if (!isDisposed) {
        isDisposed = true;
        for (const job of queue.splice(0)) job.reject(disposedError());
        for (const { thread } of workers) thread.postMessage({ type: 'dispose' } satisfies ToWorker);
      }
      await Promise.all(Array.from(workers, stop));
    },
  };

  const onAbort = (): void => void pool.dispose();
  signal?.throwIfAborted();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const info = await start();
    // Further workers take the provider that the first one proved, without another look at the others.
    workerOptions = { ...options, executionProviders: info.executionProvider as 'cpu' | 'webgpu' | 'cuda' };
    return { ...pool, info };
  } catch (error) {
    await pool.dispose();
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Waits for a worker to end by itself, then ends it: a thread that is terminated inside native code takes the process with it. */
async function stop({ thread, exited }: PoolWorker): Promise<void> {
  thread.ref();
  const timer = setTimeout(() => void thread.terminate(), DISPOSE_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

function overloadedError(waiting: number, maxQueue: number): FaceError {
  return new FaceError(
    'OVERLOADED',
    `Expected at most ${maxQueue} waiting calls, got one more; wait for earlier calls, use analyzeMany, or raise maxQueue or threads.`,
    { waiting, maxQueue },
  );
}

function crashError(exitCode: number, cause: unknown): FaceError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new FaceError(
    'WORKER_CRASHED',
    `The worker thread ended with exit code ${exitCode} during the call${why}. The pool replaces it; repeat the call if it has no fault of its own.`,
    { exitCode },
    cause === undefined ? undefined : { cause },
  );
}
