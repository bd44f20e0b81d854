/** Unfinished downloads as files. Each process writes to a file of its own and takes over what a dead one left, so writers never mix. */

import { type FileHandle, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { ModelFile } from '@isoface/core';
import type { PartialDownload, PartialStore } from '@isoface/models';
import { errnoOf, ioFailed } from './io-failed.ts';
import { makeDirectory } from './make-directory.ts';
import { readAtMost } from './read-at-most.ts';
import { listAbandoned, ownerlessPath, scratchPath } from './scratch-file.ts';

/**
 * Creates a partial store.
 *
 * @param directoryOf - The directory for the unfinished files of a SHA-256; it is created when needed.
 */
export function createFilePartialStore(directoryOf: (sha256: string) => string): PartialStore {
  return {
    async open(file: ModelFile): Promise<PartialDownload> {
      const directory = directoryOf(file.sha256);
      const path = scratchPath(directory, file.sha256, 'part');
      try {
        await makeDirectory(directory);
        const bytes = await adopt(directory, path, file);
        return openPartial(await open(path, 'a'), bytes, path, ownerlessPath(directory, file.sha256));
      } catch (error) {
        throw ioFailed('keep an unfinished download', path, error);
      }
    },
  };
}

/**
 * Takes over the longest abandoned download: one rename decides who gets it. Its bytes are copied to `path`, because
 * an owner that was wrongly taken for dead would go on writing to the old file.
 */
async function adopt(directory: string, path: string, file: ModelFile): Promise<Uint8Array> {
  for (const abandoned of await listAbandoned(directory, file.sha256, 'part')) {
    const claimed = scratchPath(directory, file.sha256, 'part');
    try {
      await rename(abandoned.path, claimed);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') continue;
      throw error;
    }
    const bytes = (await readAtMost(claimed, file.bytes)) ?? new Uint8Array();
    await writeFile(path, bytes, { flag: 'wx' });
    await rm(claimed, { force: true });
    return bytes;
  }
  return new Uint8Array();
}

function openPartial(handle: FileHandle, bytes: Uint8Array, path: string, ownerless: string): PartialDownload {
  return {
    bytes,
    append: (chunk) => handle.appendFile(chunk),
    restart: () => handle.truncate(0),
    async close(): Promise<void> {
      const { size } = await handle.stat();
      await handle.close();
      const other = await stat(ownerless).catch(() => undefined);
      if (size > (other?.size ?? 0)) await rename(path, ownerless);
      else await rm(path, { force: true });
    },
  };
}
