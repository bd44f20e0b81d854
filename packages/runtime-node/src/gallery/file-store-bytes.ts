/** Reading, writing and overwriting parts of files, to the last byte. */

import { type FileHandle, open, rm } from 'node:fs/promises';
import type { FrameRange } from './file-store-table.ts';

const ZEROS = new Uint8Array(256 * 1024);

/** Reads as many bytes as there are, up to the length of `target`; gives their number. */
export async function readFully(handle: FileHandle, target: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await handle.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** Writes all bytes. A system may take only a part of them at once, e.g. when the disk becomes full. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Overwrites a part of a file with zeros. */
export async function eraseRange(handle: FileHandle, { start, bytes }: FrameRange): Promise<void> {
  for (let done = 0; done < bytes; done += ZEROS.length) {
    await writeFully(handle, ZEROS.subarray(0, Math.min(ZEROS.length, bytes - done)), start + done);
  }
}

/**
 * Overwrites a whole file with zeros, unless it has more names than `names`: then somebody keeps it on purpose, as hard links of backups do.
 */
export async function eraseAll(handle: FileHandle, names: number): Promise<void> {
  const { size, nlink } = await handle.stat();
  if (nlink > names) return;
  await eraseRange(handle, { start: 0, bytes: size });
  await handle.datasync();
}

/** Overwrites a file with zeros and deletes it; of a file with other names it deletes this name. */
export async function eraseFile(path: string): Promise<void> {
  const handle = await open(path, 'r+').catch(() => undefined);
  try {
    if (handle !== undefined) await eraseAll(handle, 1);
  } finally {
    await handle?.close();
  }
  await rm(path, { force: true });
}

/** Makes names in a directory durable. Windows cannot open directories, and needs no such call. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
