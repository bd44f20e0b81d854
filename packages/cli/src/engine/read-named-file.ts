/** Files that the user names. */

import { readFile } from 'node:fs/promises';
import { FaceError } from '@isoface/core';

/**
 * Reads a file whole.
 *
 * @throws {FaceError} `IO_FAILED` saying why.
 */
export async function readNamedFile(path: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await readFile(path, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    const reason = (cause as NodeJS.ErrnoException).code;
    const why =
      reason === 'ENOENT' ? 'there is no such file' : reason === 'EISDIR' ? 'it is a directory' : String((cause as Error).message);
    throw new FaceError('IO_FAILED', `Cannot read ${path}: ${why}.`, { path, reason }, { cause });
  }
}
