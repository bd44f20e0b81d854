/** Work in a process of its own. */

import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FaceError, reviveError, type WireError } from '@isoface/core';

/** What a child sends, once. */
export type ChildAnswer<T> = { readonly value: T } | { readonly error: WireError };

/** Of what a child writes to standard error, so much is kept: native libraries may write without end. */
const KEPT_CHARACTERS = 2000;

/**
 * Runs an entry of this package's build in a process of its own and resolves with what it answers. The process is ended when `signal` is aborted.
 *
 * @param name - Of the built file: `node-start-child`.
 * @param argument - Plain data; the child finds it as JSON in its first argument.
 * @throws What the child sends as an error; {@link FaceError} `BACKEND_UNAVAILABLE` if it ends without an answer; `signal.reason`.
 */
export async function runChild<T>(name: string, argument: unknown, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  // Node reads no TypeScript: from the sources, too, it is the built file that is started.
  const entry = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? `../../dist/${name}.js` : `./${name}.js`, import.meta.url));
  if (!existsSync(entry)) {
    throw new FaceError('BACKEND_UNAVAILABLE', `Expected benchmarks/dist/${name}.js, found none; run "npm run build:fast".`, { name });
  }
  const child = fork(entry, [JSON.stringify(argument)], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    signal,
    killSignal: 'SIGKILL',
  });
  let answer: ChildAnswer<T> | undefined;
  let complaint = '';
  child.on('message', (message) => {
    answer = message as ChildAnswer<T>;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-KEPT_CHARACTERS);
  });
  const ended = await new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code, killedBy) => resolve(killedBy === null ? `exit code ${code}` : `signal ${killedBy}`));
  });
  signal.throwIfAborted();
  if (answer === undefined) {
    const said = complaint.trim().split('\n').at(-1);
    throw new FaceError(
      'BACKEND_UNAVAILABLE',
      `Expected an answer of the process ${name}, it ended with ${ended}${said === undefined || said === '' ? '' : `: ${said}`}.`,
      { name, ended },
    );
  }
  if ('error' in answer) throw reviveError(answer.error);
  return answer.value;
}
