/** Large files that are there whole or not at all. */

import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FaceError } from '@isoface/core';

/** Templates are personal data: nobody else needs to read the file. */
const OWNER_ONLY = 0o600;

/**
 * Writes a file piece by piece through a temporary one beside it; folders are made when needed.
 *
 * @returns Bytes written.
 * @throws {FaceError} `IO_FAILED`, `STORAGE_FULL`; what `pieces` throws passes through. The file is then as it was.
 */
export async function writePiecesAtomically(path: string, pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(temporary, 'wx', OWNER_ONLY);
    const bytes = await writeAll(handle, pieces, signal).finally(() => handle.close());
    signal.throwIfAborted();
    await rename(temporary, path);
    return bytes;
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    signal.throwIfAborted();
    throw toWriteError(path, cause);
  }
}

async function writeAll(handle: FileHandle, pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number> {
  let bytes = 0;
  for await (const piece of pieces) {
    signal.throwIfAborted();
    await handle.writeFile(piece);
    bytes += piece.length;
  }
  await handle.sync();
  return bytes;
}

function toWriteError(path: string, cause: unknown): unknown {
  const reason = (cause as NodeJS.ErrnoException).code;
  if (typeof reason !== 'string' || cause instanceof FaceError) return cause;
  const details = { path, reason };
  if (reason === 'ENOSPC' || reason === 'EDQUOT')
    return new FaceError('STORAGE_FULL', `No room is left to write ${path}; free some and try again.`, details, { cause });
  return new FaceError('IO_FAILED', `Cannot write ${path} (${reason}); choose a folder that you may write to.`, details, { cause });
}
