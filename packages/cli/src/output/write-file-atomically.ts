/** Files that are there whole or not at all. */

import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FaceError } from '@isoface/core';

/**
 * Writes a file through a temporary one beside it; folders are made when needed.
 *
 * @throws {FaceError} `IO_FAILED`.
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
    signal.throwIfAborted();
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    signal.throwIfAborted();
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new FaceError(
      'IO_FAILED',
      `Cannot write ${path} (${reason}); choose a folder that you may write to.`,
      { path, reason },
      { cause },
    );
  }
}
