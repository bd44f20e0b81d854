/** Processors and what may run on them. */

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

/** The processors that this process may use, by number. Where the system does not say (Linux does), those from 0 on. */
export async function listProcessors(): Promise<number[]> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const listed = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1];
  return listed === undefined ? Array.from({ length: availableParallelism() }, (_, i) => i) : parseProcessorList(listed);
}

/** The numbers in a list such as "0-3,8": ascending, each once. */
export function parseProcessorList(list: string): number[] {
  const numbers = list.split(',').flatMap((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return Array.from(new Set(numbers)).sort((a, b) => a - b);
}

/** Whether `taskset` binds processes to processors here. */
export async function canBindProcesses(processors: readonly number[], signal: AbortSignal): Promise<boolean> {
  try {
    await promisify(execFile)('taskset', ['-c', String(processors[0] ?? 0), process.execPath, '--version'], { signal });
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
