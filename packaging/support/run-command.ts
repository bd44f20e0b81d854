/** Programs of the fixtures, run as a user would run them. */

import { type ChildProcess, spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** What a finished program left behind. */
export interface CommandResult {
  readonly code: number | null;
  /** Standard output and error, in the order of arrival. */
  readonly output: string;
  readonly stdout: string;
}

/** A program that serves until it is stopped. */
export interface RunningServer {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  stop(): Promise<void>;
}

/** What the test runner and the package manager around it add to the environment, and a user's shell does not have. */
const OURS =
  /^(NODE_ENV|NODE_OPTIONS|NODE_PATH|TEST|MODE|DEV|PROD|SSR|BASE_URL|VITEST.*|VITE_.*|INIT_CWD|npm_(?!config_(registry|cache|userconfig)$).*)$/;
const START_MS = 90_000;

/** Runs a program to its end. Does not throw when it fails. */
export function runCommand(command: string, args: readonly string[], cwd: string): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: userEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output, stdout }));
  });
}

/** As {@link runCommand}, for programs that must succeed. @throws with the output. */
export async function runOrThrow(command: string, args: readonly string[], cwd: string): Promise<CommandResult> {
  const result = await runCommand(command, args, cwd);
  if (result.code !== 0) throw new Error(`${command} ${args.join(' ')} in ${cwd} ended with ${result.code}:\n${result.output}`);
  return result;
}

/** Starts a server on a free port, which `argsFor` puts where the program wants it, and waits until it answers. */
export async function startServer(command: string, argsFor: (port: string) => readonly string[], cwd: string): Promise<RunningServer> {
  const port = await findFreePort();
  // A group of its own: these programs start others, which must end with them.
  const child = spawn(command, argsFor(String(port)), { cwd, env: userEnvironment(), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const origin = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    stopGroup(child);
    await ended;
  };
  try {
    await waitUntilAnswered(origin, child, () => output);
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin, stop };
}

function userEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  return { ...Object.fromEntries(kept), NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1', CI: '1' };
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function waitUntilAnswered(origin: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const isAnswered = await fetch(origin).then(
      () => true,
      () => false,
    );
    if (isAnswered) return;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${child.spawnargs.join(' ')} does not answer:\n${output()}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

function stopGroup({ pid, exitCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
