/** Runs the command line as a function and keeps what it writes. */

import { Writable } from 'node:stream';
import { runCli } from '../../src/run-cli.ts';

export interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string | undefined;
  readonly isTerminal?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export async function runInProcess(argv: readonly string[], { cwd = '/', isTerminal = false, signal }: RunOptions = {}): Promise<CliRun> {
  const stdout = createCollector();
  const stderr = createCollector(isTerminal);
  const exitCode = await runCli(argv, { stdout: stdout.stream, stderr: stderr.stream, cwd, isTerminal, signal });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

/** The document of a run with `--json`; fails unless standard output is exactly one. */
export function parseDocument<T>({ stdout }: CliRun): T {
  return JSON.parse(stdout) as T;
}

function createCollector(isTerminal = false): { stream: NodeJS.WritableStream; text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY: isTerminal, columns: 100 }), text: () => text };
}

/** One thread on the CPU: the same numbers everywhere, and quick to start. */
export const ENGINE = ['--ep', 'cpu', '--threads', '1', '--offline'] as const;
