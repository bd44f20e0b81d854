/** Runs programs of this folder as real child processes, bundled on the fly from the sources. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Bundler {
  build(options: object): Promise<unknown>;
}

/** Bundles a program of this folder, or another one, into `directory` and returns its path. */
export async function buildProgram(source: 'pull-child' | 'write-child' | URL, directory: string): Promise<string> {
  // esbuild comes with tsup, a development dependency of the workspace.
  const tsup = createRequire(import.meta.url).resolve('tsup');
  const bundler = createRequire(tsup)('esbuild') as Bundler;
  const entry = fileURLToPath(typeof source === 'string' ? new URL(`./${source}.ts`, import.meta.url) : source);
  const program = join(directory, `${basename(entry, '.ts')}.mjs`);
  await bundler.build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@isoface/source'],
    external: ['@isoface/model-tools'],
  });
  return program;
}

export interface PullResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly sha256: string | undefined;
  readonly warnings: readonly string[];
  readonly stderr: string;
}

export interface RunningPull {
  readonly process: ChildProcess;
  readonly result: Promise<PullResult>;
}

/** Starts the program. `fileSizeBlocks` limits the size of files it may write, in blocks of 1 KiB. */
export function startPull(program: string, task: { file: object; cacheDir: string }, fileSizeBlocks?: number): RunningPull {
  const node = [process.execPath, program, JSON.stringify(task)] as const;
  const child =
    fileSizeBlocks === undefined
      ? spawn(node[0], node.slice(1))
      : spawn('bash', ['-c', `ulimit -f ${fileSizeBlocks}; exec "$@"`, 'bash', ...node]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const result = new Promise<PullResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      const { sha256, warnings = [] } = stdout === '' ? {} : JSON.parse(stdout);
      resolve({ exitCode, signal, sha256, warnings, stderr });
    });
  });
  return { process: child, result };
}
