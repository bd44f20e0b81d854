/** A folder of model files under any names: files are recognised by size and SHA-256. */

import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FaceError, type ModelFile } from '@isoface/core';
import type { ByteReadOptions, ByteSource } from '@isoface/models';
import { ioFailed } from './io-failed.ts';
import { readAtMost } from './read-at-most.ts';
import { sha256 } from './sha256.ts';

/** Folders nested deeper than this are not searched. */
const MAX_DEPTH = 3;

/** A folder with more entries is not a folder of models; searching it would take long. */
const MAX_ENTRIES = 20_000;

interface FoundFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Creates a source over a folder and its subfolders, three levels deep. Symbolic links are followed, each folder once.
 *
 * `read` returns the file with the right content. If there is none, but one of the same name, it returns that one,
 * so that the caller can say what is wrong with it. It rejects with `IO_FAILED` when the folder does not exist or is too large.
 */
export function createFolderSource(directory: string): ByteSource {
  return {
    name: 'folder',
    location: directory,
    async read(file: ModelFile, { signal }: ByteReadOptions = {}): Promise<Uint8Array | undefined> {
      const files = await listFiles(directory, signal);
      for (const candidate of files.filter(({ bytes }) => bytes === file.bytes)) {
        signal?.throwIfAborted();
        const bytes = await readAtMost(candidate.path, file.bytes + 1).catch(() => undefined);
        if (bytes !== undefined && (await sha256(bytes)) === file.sha256) return bytes;
      }
      const namesake = files.find(({ path }) => basename(path) === file.name);
      return namesake && readAtMost(namesake.path, file.bytes + 1);
    },
  };
}

async function listFiles(root: string, signal: AbortSignal | undefined): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  const visited = new Set<string>();
  let entries = 0;
  const visit = async (directory: string, depth: number): Promise<void> => {
    signal?.throwIfAborted();
    const real = await realpath(directory);
    if (visited.has(real)) return;
    visited.add(real);
    const names = await readdir(directory);
    entries += names.length;
    if (entries > MAX_ENTRIES) throw tooManyEntries(root);
    for (const name of names.sort()) {
      const path = join(directory, name);
      // Broken links and files that vanish meanwhile are passed over.
      const stats = await stat(path).catch(() => undefined);
      if (stats?.isFile() === true) files.push({ path, bytes: stats.size });
      if (stats?.isDirectory() === true && depth < MAX_DEPTH) await visitUnlessUnreadable(path, depth + 1);
    }
  };
  const visitUnlessUnreadable = async (directory: string, depth: number): Promise<void> => {
    try {
      await visit(directory, depth);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof FaceError) throw error;
    }
  };
  try {
    await visit(root, 0);
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof FaceError ? error : ioFailed('read the models folder (modelsDir or ISOFACE_MODELS)', root, error);
  }
  return files;
}

function tooManyEntries(root: string): FaceError {
  const message = `Expected a models folder with at most ${MAX_ENTRIES} entries, got more in ${root}. Set ISOFACE_MODELS to a folder that holds models only.`;
  return new FaceError('IO_FAILED', message, { path: root });
}
