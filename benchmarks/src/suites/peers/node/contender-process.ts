/** A contender in a process of its own. */

import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaceError, reviveError } from '@isoface/core';
import type { ChildCalls, ChildReply, ChildRequest } from './child-call.ts';

/** The entry of the process: beside this module once built; of the workspace's sources only the built one can be started by Node. */
const ENTRY = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../../dist/peers-child.js' : './peers-child.js', import.meta.url),
);

/** Of what a process writes to standard error, so much is kept for the message about its end. */
const KEPT_CHARACTERS = 2000;

/** A started process. */
export interface ContenderProcess {
  /**
   * Asks for something, one thing at a time.
   *
   * @throws What the contender throws; {@link FaceError} `WORKER_CRASHED` if its process ends; the reason of the signal.
   */
  call<K extends keyof ChildCalls>(name: K, value: Parameters<ChildCalls[K]>[0]): Promise<ReturnType<ChildCalls[K]>>;
  /** Ends the process; resolves when it is gone. */
  close(): Promise<void>;
}

/**
 * Starts a process; it is killed when `signal` is aborted. What it prints is not shown: peers greet and warn.
 *
 * @param label - Of the contender, for messages.
 * @param modulePaths - Folders in which the contender's own `require` finds what it is not installed beside.
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if the benchmarks are not built.
 */
export function startContenderProcess(label: string, modulePaths: readonly string[], signal: AbortSignal): ContenderProcess {
  signal.throwIfAborted();
  if (!existsSync(ENTRY)) {
    throw new FaceError('BACKEND_UNAVAILABLE', 'Expected benchmarks/dist/peers-child.js, found none; run "npm run build:fast".');
  }
  const child = fork(ENTRY, [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_PATH: [...modulePaths, process.env['NODE_PATH'] ?? ''].filter(Boolean).join(delimiter) },
  });
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  const ended = describeEnd(child).finally(() => signal.removeEventListener('abort', kill));
  let calls = 0;
  return {
    call(name, value) {
      const id = ++calls;
      return new Promise((resolve, reject) => {
        const answer = (reply: ChildReply): void => {
          if (reply.id !== id) return;
          child.off('message', answer);
          if ('error' in reply) reject(reviveError(reply.error));
          else resolve(reply.value as ReturnType<ChildCalls[typeof name]>);
        };
        child.on('message', answer);
        void ended.then((end) => {
          child.off('message', answer);
          reject(
            signal.aborted
              ? signal.reason
              : new FaceError('WORKER_CRASHED', `The process of ${label} ended with ${end} during "${name}".`, {
                  contender: label,
                  during: name,
                }),
          );
        });
        const request: ChildRequest = { id, name, value };
        // A process that is gone is told by its end.
        child.send(request, () => {});
      });
    },
    async close() {
      kill();
      await ended;
    },
  };
}

/** How the process ended, with the last line that it wrote to standard error. */
function describeEnd(child: ChildProcess): Promise<string> {
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-KEPT_CHARACTERS);
  });
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code, killedBy) => {
      const how = killedBy === null ? `exit code ${code}` : `signal ${killedBy}`;
      const said = complaint.trim().split('\n').at(-1) ?? '';
      // Reports are published: names of files, not folders of this machine.
      resolve(said === '' ? how : `${how} (${said.replaceAll(/(?:file:\/\/)?(?:\/[^\s/:'"()]+)+\//g, '')})`);
    });
  });
}
