/** Keeps an engine alive in workers: one bounded queue, one worker at a time, a new one when it ends, another provider when one fails. */

import { disposedError, type EngineInfo, type EngineProgress, FaceError, isFaceError, type PackManifest } from '@isoface/core';
import type { EngineEvent, ProviderAttempt, WireEngineOptions } from '../web-engine-options.ts';
import type { WireCall } from './engine-worker-api.ts';
import { type EngineWorkerClient, startEngineWorker } from './engine-worker-client.ts';
import { openFirst } from './open-first.ts';

/** Runs engine calls in a worker. */
export interface EngineHost {
  /** Of the worker that runs now. */
  info(): EngineInfo;
  readonly pack: PackManifest;
  /**
   * @param transferables - What the worker becomes the owner of; then the call cannot be repeated in another worker.
   * @throws {FaceError} `OVERLOADED`, `DISPOSED`, `WORKER_CRASHED`, or what the engine throws; `signal.reason` when aborted.
   */
  run(call: WireCall, transferables: Transferable[], signal: AbortSignal | undefined): Promise<unknown>;
  dispose(): Promise<void>;
}

/** What a host needs beside the options that its workers get. */
export interface EngineHostContext {
  readonly attempts: readonly ProviderAttempt[];
  readonly maxQueue: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (event: EngineProgress) => void;
  readonly onEvent: (event: EngineEvent) => void;
}

/** Calls in the worker at the same time: one image is decoded while another is in a model. */
const CALLS_UNDER_WAY = 2;
/** A worker that ends this often in a row without an answer in between is started with the next provider. */
const MAX_ENDS = 2;

interface Job {
  readonly id: number;
  readonly call: WireCall;
  readonly transferables: Transferable[];
  /** Workers that ended while they had it. */
  lost: number;
  /** Whether a worker got it, and with it what is transferred. */
  isSent: boolean;
  isDone: boolean;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Starts the first provider that works. @throws what the last one failed with. */
export async function createEngineHost(options: WireEngineOptions, context: EngineHostContext): Promise<EngineHost> {
  const { attempts, maxQueue, onProgress, onEvent } = context;
  const queue: Job[] = [];
  const running = new Set<Job>();
  const warnings: string[] = [];
  let attempt = 0;
  let ends = 0;
  let nextId = 0;
  let failure: unknown;
  /** Aborted by `dispose`: a worker that is being started then is ended too. */
  const life = new AbortController();
  let worker: EngineWorkerClient | undefined;

  /** Starts a worker with the first provider, from `attempt` on, that opens. */
  function start(signal: AbortSignal | undefined): Promise<EngineWorkerClient> {
    const passOver = (warning: string): void => {
      warnings.push(warning);
      attempt++;
    };
    return openFirst(attempts.slice(attempt), (next) => startEngineWorker(options, next, { signal, onProgress }), passOver, signal);
  }

  function adopt(started: EngineWorkerClient): void {
    worker = started;
    void started.ended.then((reason) => {
      if (worker === started && !life.signal.aborted) void replace(reason);
    });
    dispatch();
  }

  /** The worker is gone: its calls are asked again of a new one, once, or fail. */
  async function replace(reason: string): Promise<void> {
    const { executionProvider } = attempts[attempt] as ProviderAttempt;
    worker?.close();
    worker = undefined;
    const lost = [...running];
    running.clear();
    const repeated = lost.filter((job) => {
      job.lost++;
      const mayRepeat = job.transferables.length === 0 && job.lost < MAX_ENDS && !job.isDone;
      if (!mayRepeat) job.reject(crashError(reason));
      return mayRepeat;
    });
    // They were asked before all that wait.
    queue.unshift(...repeated);
    onEvent({ type: 'restart', reason, executionProvider });
    ends++;
    const hasNext = attempt + 1 < attempts.length;
    // A GPU that was lost once is not trusted again where there is another way.
    if (hasNext && (executionProvider === 'webgpu' || ends >= MAX_ENDS)) {
      warnings.push(`${executionProvider} given up: ${reason}`);
      attempt++;
      ends = 0;
    }
    try {
      const started = await restart(reason);
      adopt(started);
      onEvent({ type: 'restarted', executionProvider: started.info.executionProvider as ProviderAttempt['executionProvider'] });
    } catch (error) {
      if (life.signal.aborted) return;
      failure = error;
      for (const job of queue.splice(0)) job.reject(error);
      onEvent({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
    }
  }

  /** A start may be cut off like any other work of a worker; so often and no more. */
  async function restart(reason: string): Promise<EngineWorkerClient> {
    while (ends <= MAX_ENDS) {
      try {
        return await start(life.signal);
      } catch (error) {
        if (!isFaceError(error, 'WORKER_CRASHED')) throw error;
        ends++;
      }
    }
    throw new FaceError('WORKER_CRASHED', `Expected a worker that lives, got ${ends} in a row that ended; the last one: ${reason}`, {
      reason,
    });
  }

  function dispatch(): void {
    while (worker !== undefined && running.size < CALLS_UNDER_WAY) {
      const job = queue.shift();
      if (job === undefined) return;
      running.add(job);
      job.isSent = true;
      void execute(worker, job);
    }
  }

  async function execute(client: EngineWorkerClient, job: Job): Promise<void> {
    try {
      const value = await client.call(job.id, job.call, job.transferables);
      ends = 0;
      job.resolve(value);
    } catch (error) {
      if (client !== worker) return;
      // A worker whose wasm module trapped still answers, but with nothing that could be trusted.
      if (isFaceError(error, 'WORKER_CRASHED')) {
        void replace(error.message);
        return;
      }
      job.reject(error);
    }
    if (client !== worker) return;
    running.delete(job);
    dispatch();
  }

  adopt(await start(context.signal));
  const { pack } = worker as unknown as EngineWorkerClient;
  let lastInfo = (worker as unknown as EngineWorkerClient).info;

  return {
    pack,
    info() {
      lastInfo = worker?.info ?? lastInfo;
      return warnings.length === 0 ? lastInfo : { ...lastInfo, warnings: [...lastInfo.warnings, ...warnings] };
    },
    run: (call, transferables, signal) =>
      new Promise((resolve, reject) => {
        const settle = (finish: () => void): void => {
          if (!job.isSent) closeAll(transferables);
          job.isDone = true;
          signal?.removeEventListener('abort', onAbort);
          finish();
        };
        const job: Job = {
          id: nextId++,
          call,
          transferables,
          lost: 0,
          isSent: false,
          isDone: false,
          resolve: (value) => settle(() => resolve(value)),
          reject: (error) => settle(() => reject(error)),
        };
        const onAbort = (): void => {
          const index = queue.indexOf(job);
          if (index >= 0) queue.splice(index, 1);
          else worker?.abort(job.id);
          job.reject(signal?.reason);
        };
        if (life.signal.aborted) job.reject(disposedError());
        else if (failure !== undefined) job.reject(failure);
        else if (signal?.aborted) job.reject(signal.reason);
        else if (running.size + queue.length >= CALLS_UNDER_WAY + maxQueue) job.reject(overloadedError(queue.length, maxQueue));
        else {
          signal?.addEventListener('abort', onAbort, { once: true });
          queue.push(job);
          dispatch();
        }
      }),
    async dispose() {
      life.abort();
      for (const job of [...queue.splice(0), ...running]) job.reject(disposedError());
      running.clear();
      worker?.close();
      worker = undefined;
    },
  };
}

/** Frames that were made for a call and never sent would keep the camera waiting. */
function closeAll(transferables: readonly Transferable[]): void {
  for (const object of transferables) if ('close' in object && typeof object.close === 'function') object.close();
}

function overloadedError(waiting: number, maxQueue: number): FaceError {
  return new FaceError(
    'OVERLOADED',
    `Expected at most ${maxQueue} waiting calls, got one more; wait for earlier calls, use analyzeMany, or raise maxQueue.`,
    { waiting, maxQueue },
  );
}

function crashError(reason: string): FaceError {
  return new FaceError('WORKER_CRASHED', `${reason} A new worker is started; repeat the call if it has no fault of its own.`, { reason });
}
