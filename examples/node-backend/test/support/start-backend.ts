/** The built server as `npm start` runs it, in a process of its own: this one resolves packages to their sources. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A running server. */
export interface RunningBackend {
  /** Address without a slash at the end. */
  readonly url: string;
  /** Everything it has logged. */
  log(): string;
  /** Asks it to stop; gives its exit code. */
  stop(signal: 'SIGINT' | 'SIGTERM'): Promise<number | null>;
}

/** Starts the server on a free port. */
export async function startBackend(gallery: string): Promise<RunningBackend> {
  const child = runBackend(['--port', '0', '--gallery', gallery]);
  let log = '';
  child.stderr?.on('data', (chunk) => {
    log += chunk;
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const firstLine = once(createInterface({ input: child.stdout ?? process.stdin }), 'line') as Promise<[string]>;
  const [url] = await Promise.race([
    firstLine,
    exited.then(([code]) => {
      throw new Error(`The server ended with code ${code}; was it built (npm run build:fast)?\n${log}`);
    }),
  ]);
  return {
    url,
    log: () => log,
    async stop(signal) {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}

/** Runs the built command line. */
export function runBackend(args: readonly string[]): ChildProcess {
  const script = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
  const { NODE_OPTIONS: _, NODE_ENV: __, ...env } = process.env;
  return spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}
