/** Files that may turn out to be something else. */

import { constants, type FileHandle, open } from 'node:fs/promises';
import { FaceError } from '@isoface/core';
import { describeFault } from './fault-reason.ts';

/** An open file and its size in bytes. Whoever opened it closes it. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly size: number;
}

/** Opens a file for reading; `undefined` for folders, pipes and devices. Errors of the system pass through. */
export async function openRegularFile(path: string): Promise<OpenFile | undefined> {
  // Non-blocking, or opening a named pipe would wait for a writer. Windows has neither.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat();
    if (stats.isFile()) return { handle, size: stats.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}

/**
 * Opens a file that the user named.
 *
 * @throws {FaceError} `IO_FAILED`.
 */
export async function openNamedFile(path: string): Promise<OpenFile> {
  try {
    const file = await openRegularFile(path);
    if (file !== undefined) return file;
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    throw new FaceError('IO_FAILED', `Cannot read ${path}: ${describeFault(cause)}.`, { path, reason }, { cause });
  }
  throw new FaceError('IO_FAILED', `Expected a file, got a folder, pipe or device: ${path}.`, { path });
}
