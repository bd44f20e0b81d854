/** Making directories with honest errors. */

import { mkdir } from 'node:fs/promises';
import { errnoOf } from './io-failed.ts';

/** Makes a directory and its parents. A recursive `mkdir` reports ENOENT on a read-only disk; the plain one tells the real reason. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    await mkdir(path).catch((reason: unknown) => {
      if (errnoOf(reason) !== 'EEXIST') throw reason;
    });
  }
}
