/** The model files that are published inside `@isoface/models`. */

import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { ModelFile } from '@isoface/core';
import type { ByteSource } from '@isoface/models';
import { readAtMost } from './read-at-most.ts';

/**
 * Creates a source over the assets of `@isoface/models`, found by file name. Where that package cannot be resolved,
 * for instance in an application bundled to one file, every model is absent.
 *
 * @param directory - The assets folder. Default: that of the installed package.
 */
export function createBundledSource(directory: string | undefined = findAssets()): ByteSource {
  return {
    name: 'bundled',
    location: directory,
    async read(file: ModelFile): Promise<Uint8Array | undefined> {
      if (directory === undefined || basename(file.name) !== file.name) return undefined;
      return readAtMost(join(directory, file.name), file.bytes + 1);
    },
  };
}

function findAssets(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@isoface/models/package.json')), 'assets');
  } catch {
    return undefined;
  }
}
