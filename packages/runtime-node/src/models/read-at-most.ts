/** Reading files whose size nobody vouches for. */

import { constants, open } from 'node:fs/promises';
import { errnoOf, ioFailed } from './io-failed.ts';

/**
 * Reads a regular file, but never more than `limit` bytes.
 *
 * @returns The bytes, or `undefined` if there is no such file or it is not a regular one.
 * @throws {FaceError} `IO_FAILED`.
 */
export async function readAtMost(path: string, limit: number): Promise<Uint8Array | undefined> {
  try {
    // Non-blocking, or opening a named pipe would wait for a writer. Windows has neither.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) return undefined;
      const bytes = new Uint8Array(Math.min(stats.size, limit));
      let length = 0;
      while (length < bytes.length) {
        const { bytesRead } = await handle.read(bytes, length, bytes.length - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return length === bytes.length ? bytes : bytes.slice(0, length);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw ioFailed('read the file', path, error);
  }
}
