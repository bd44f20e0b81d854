/** A byte source in memory: for models that a bundler inlined, and as a cache for the life of a page or a test. */

import type { ModelFile } from '@isoface/core';
import type { WritableByteSource } from './byte-source.ts';

/**
 * Creates a source that holds files by SHA-256.
 *
 * @param files - SHA-256 to bytes. The map is copied, the bytes are not.
 * @example
 * const source = createMemorySource(new Map([[model.file.sha256, bytes]]));
 */
export function createMemorySource(files: ReadonlyMap<string, Uint8Array> = new Map(), name = 'memory'): WritableByteSource {
  const held = new Map(files);
  return {
    name,
    async read(file: ModelFile): Promise<Uint8Array | undefined> {
      return held.get(file.sha256)?.slice(0, file.bytes + 1);
    },
    async write(file: ModelFile, bytes: Uint8Array): Promise<void> {
      held.set(file.sha256, bytes.slice());
    },
    async remove(file: ModelFile): Promise<void> {
      held.delete(file.sha256);
    },
  };
}
