/** Files that are there whole or not at all. */

import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FaceError } from '@isoface/core';

/**
 * Writes a file through a temporary one beside it; folders are made when needed.
 *
 * @param content - Bytes, or pieces of text that are written one after another.
 * @throws {FaceError} `IO_FAILED`; what `content` throws passes through.
 */
export async function writeFileAtomically(path: string, content: Uint8Array | Iterable<string>, signal: AbortSignal): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      for (const piece of content instanceof Uint8Array ? [content] : content) await handle.writeFile(piece);
    } finally {
      await handle.close();
    }
    signal.throwIfAborted();
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    signal.throwIfAborted();
    const reason = (cause as NodeJS.ErrnoException).code;
    if (typeof reason !== 'string' || cause instanceof FaceError) throw cause;
    throw new FaceError(
      'IO_FAILED',
      `Cannot write ${path} (${reason}); choose a folder that you may write to.`,
      { path, reason },
      { cause },
    );
  }
}
