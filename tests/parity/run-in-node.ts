/** Runs the pictures through the engine in Node, in a process of its own: WebGPU needs another environment, and must be able to fail alone. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ParityInputs } from './inputs.ts';
import type { Findings } from './results.ts';
import type { ParityRow } from './rows.ts';

const CHILD = fileURLToPath(new URL('./node-child.mjs', import.meta.url));

/** What the child is told, as JSON in its argument. */
export interface NodeTask {
  readonly inputs: ParityInputs;
  readonly row: Omit<ParityRow, 'limits' | 'name'> & { readonly worker: boolean };
  readonly pack: string;
  readonly modelsDir: string | undefined;
}

/**
 * @param softwareVulkan - Vulkan driver of the software GPU, for rows on WebGPU.
 */
export function runInNode(task: NodeTask, softwareVulkan: string | undefined): Promise<Findings> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...(softwareVulkan && { VK_ICD_FILENAMES: softwareVulkan }) };
    const child = spawn(process.execPath, [CHILD, JSON.stringify(task)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(Buffer.concat(out).toString()) as Findings);
      else
        reject(
          new Error(`The run on ${task.row.executionProvider} ended with code ${code}: ${Buffer.concat(err).toString().slice(-2000)}`),
        );
    });
  });
}
