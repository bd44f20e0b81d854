/** A process of its own with an engine under load: figures of memory, CPU time, threads and affinity are those of nothing else. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FaceError, reviveError } from '@isoface/core';
import type {
  ArrivalsCommand,
  ArrivalsResult,
  BurstCommand,
  BurstResult,
  ClosedLoopCommand,
  ClosedLoopResult,
  LoadAnswer,
  LoadCommand,
  LoadEngineFacts,
  LoadEngineOptions,
  LoadRequest,
} from './load-commands.ts';

/** The child's entry: beside this module once built; of the sources, Node can only start the built one. */
const CHILD_ENTRY = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../dist/load-child.js' : './load-child.js', import.meta.url),
);
/** For releasing the models after the last answer. */
const CLOSE_TIMEOUT_MS = 10_000;

/** Where a load process runs. */
export interface LoadProcessPlace {
  /** Ends the process at once. */
  readonly signal: AbortSignal;
  /** The processors that it is bound to, as `taskset` lists them: `0`, `0-3`, `0,2`. Any by default. */
  readonly processors?: string | undefined;
}

/** An engine that is ready and warm, in a process of its own. One question at a time. */
export interface LoadProcess {
  readonly facts: LoadEngineFacts;
  closedLoop(command: Omit<ClosedLoopCommand, 'type'>): Promise<ClosedLoopResult>;
  arrivals(command: Omit<ArrivalsCommand, 'type'>): Promise<ArrivalsResult>;
  burst(command: Omit<BurstCommand, 'type'>): Promise<BurstResult>;
  close(): Promise<void>;
}

/**
 * Starts a process and its engine.
 *
 * @throws {FaceError} What the engine fails with; `WORKER_CRASHED`, here and from every question, if the process ends; `signal.reason` once aborted.
 */
export async function openLoadProcess(options: LoadEngineOptions, place: LoadProcessPlace): Promise<LoadProcess> {
  const child = startChild(place);
  try {
    const facts = (await child.ask({ type: 'open', options }, `open ${describeEngine(options)}`)) as LoadEngineFacts;
    return {
      facts,
      closedLoop: (command) =>
        child.ask({ type: 'closedLoop', ...command }, `answer ${command.callers} callers`) as Promise<ClosedLoopResult>,
      arrivals: (command) =>
        child.ask(
          { type: 'arrivals', ...command },
          `answer ${Math.round(command.perSecond)} arrivals per second`,
        ) as Promise<ArrivalsResult>,
      burst: (command) => child.ask({ type: 'burst', ...command }, `answer ${command.count} pictures at once`) as Promise<BurstResult>,
      close: () => child.close(),
    };
  } catch (error) {
    await child.kill();
    throw error;
  }
}

/** Runs `work` with a load process and closes it, whatever became of the work. */
export async function withLoadProcess<T>(
  options: LoadEngineOptions,
  place: LoadProcessPlace,
  work: (load: LoadProcess) => Promise<T>,
): Promise<T> {
  const load = await openLoadProcess(options, place);
  try {
    return await work(load);
  } finally {
    await load.close();
  }
}

interface Child {
  /** @param task - What the child is asked to do, for the message of its crash: "answer 20 callers". */
  ask(command: LoadCommand, task: string): Promise<unknown>;
  close(): Promise<void>;
  kill(): Promise<void>;
}

interface Question {
  readonly id: number;
  readonly task: string;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

function startChild({ signal, processors }: LoadProcessPlace): Child {
  signal.throwIfAborted();
  if (!existsSync(CHILD_ENTRY)) {
    throw new FaceError('BACKEND_UNAVAILABLE', 'Expected benchmarks/dist/load-child.js, found none; run "npm run build:fast".');
  }
  const [command, ...parameters] = [...(processors === undefined ? [] : ['taskset', '-c', processors]), process.execPath, CHILD_ENTRY];
  const child = spawn(command as string, parameters, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' });
  let pending: Question | undefined;
  let end: { readonly error: unknown } | undefined;
  let nextId = 0;

  const finish = (error: unknown): void => {
    end ??= { error };
    pending?.reject(end.error);
    pending = undefined;
  };
  const onAbort = (): void => {
    finish(signal.reason);
    child.kill('SIGKILL');
  };
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, killedBy) => {
      signal.removeEventListener('abort', onAbort);
      finish(crashed(pending?.task, killedBy ?? `exit code ${code}`));
      resolve();
    });
    child.once('error', (cause) => {
      finish(notStarted(command as string, cause));
      if (child.pid === undefined) resolve();
    });
  });
  signal.addEventListener('abort', onAbort, { once: true });
  child.on('message', (answer: LoadAnswer) => {
    if (pending?.id !== answer.id) return;
    const question = pending;
    pending = undefined;
    if ('error' in answer) question.reject(reviveError(answer.error));
    else question.resolve(answer.value);
  });

  const ask: Child['ask'] = (asked, task) =>
    new Promise((resolve, reject) => {
      if (end !== undefined) return reject(end.error);
      pending = { id: nextId++, task, resolve, reject };
      const request: LoadRequest = { id: pending.id, command: asked };
      // A channel that is closed is told by the end of the process, which follows.
      child.send(request, () => {});
    });
  return {
    ask,
    async close() {
      if (end === undefined) {
        const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_TIMEOUT_MS);
        // Whatever it says: the process is about to end, and what was measured is measured.
        await ask({ type: 'close' }, 'release its models').catch(() => {});
        await ended;
        clearTimeout(timer);
      }
      await ended;
    },
    async kill() {
      endProcess(child);
      await ended;
    },
  };
}

function endProcess(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}

function describeEngine({ pack, threads, intraOpThreads = 1 }: LoadEngineOptions): string {
  return `an engine of pack ${pack} with ${threads} threads of ${intraOpThreads}`;
}

function crashed(task: string | undefined, how: string): FaceError {
  return new FaceError(
    'WORKER_CRASHED',
    `Expected the load process to ${task ?? 'wait'}, but it ended with ${how}; after SIGKILL or SIGABRT the machine may be out of memory.`,
    { task, how },
  );
}

function notStarted(command: string, cause: Error): FaceError {
  const name = command === 'taskset' ? 'taskset' : 'Node';
  return new FaceError(
    'BACKEND_UNAVAILABLE',
    `Expected ${name} to start a load process, got ${(cause as NodeJS.ErrnoException).code ?? cause.message}.`,
    { name },
    { cause },
  );
}
