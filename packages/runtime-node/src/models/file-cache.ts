/**
 * The model cache on disk, addressed by content: `<directory>/<first two digits>/<sha256>`. A file appears under its name only when it is
 * complete (temporary file, fsync, rename), so processes may write at once and may be killed at any moment.
 */

import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFile } from '@isoface/core';
import type { PartialStore, WritableByteSource } from '@isoface/models';
import { createFilePartialStore } from './file-partial-store.ts';
import { ioFailed } from './io-failed.ts';
import { makeDirectory } from './make-directory.ts';
import { readAtMost } from './read-at-most.ts';
import { removeAbandoned, scratchPath } from './scratch-file.ts';

/** A cache of model files, which also keeps unfinished downloads. */
export interface FileCache extends WritableByteSource {
  /** Absolute or relative path, as given. */
  readonly location: string;
  /** For the download source, so that downloads resume. */
  readonly partials: PartialStore;
}

/**
 * Creates a cache in a directory, which is made when the first file is written. Nothing is read or written here.
 *
 * `write` rejects with `IO_FAILED` when the disk is full or the directory may not be written; the caller still has the bytes.
 */
export function createFileCache(directory: string): FileCache {
  const directoryOf = (sha256: string): string => join(directory, sha256.slice(0, 2));
  const pathOf = (file: ModelFile): string => join(directoryOf(file.sha256), file.sha256);

  return {
    name: 'cache',
    location: directory,
    partials: createFilePartialStore(directoryOf),
    read: (file) => readAtMost(pathOf(file), file.bytes + 1),
    async write(file: ModelFile, bytes: Uint8Array): Promise<void> {
      const folder = directoryOf(file.sha256);
      try {
        await makeDirectory(folder);
        await writeAtomically(scratchPath(folder, file.sha256, 'temp'), pathOf(file), bytes);
        await removeAbandoned(folder, file.sha256);
      } catch (error) {
        throw ioFailed('write to the model cache', pathOf(file), error);
      }
    },
    async remove(file: ModelFile): Promise<void> {
      try {
        await rm(pathOf(file), { force: true });
      } catch (error) {
        throw ioFailed('delete from the model cache', pathOf(file), error);
      }
    },
  };
}

async function writeAtomically(temporary: string, path: string, bytes: Uint8Array): Promise<void> {
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}
