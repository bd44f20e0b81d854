/** The browser's Cache API as a cache of model files, by content: a file that two packs share is kept once, and a new version never meets an old one. */

import { FaceError, type ModelFile } from '@isoface/core';
import type { WritableByteSource } from '@isoface/models';

/** Name of the cache in which files are kept. */
export const MODEL_CACHE_NAME = 'isoface-models';

/** Cached responses need an address; this one leads nowhere. */
const ADDRESS = 'https://isoface.invalid/';

/**
 * Creates the cache. Where the browser refuses storage (private windows, a full disk), reads and writes fail with `IO_FAILED`, and the model
 * source goes on without.
 */
export function createCacheStorageSource(storage: CacheStorage = globalThis.caches): WritableByteSource {
  const addressOf = (file: ModelFile): string => `${ADDRESS}${file.sha256}`;
  const open = async <T>(file: ModelFile, use: (cache: Cache) => Promise<T>): Promise<T> => {
    try {
      return await use(await storage.open(MODEL_CACHE_NAME));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new FaceError('IO_FAILED', `The browser's cache cannot be used for ${file.name}: ${why}`, { file: file.name }, { cause });
    }
  };
  return {
    name: 'cache',
    location: MODEL_CACHE_NAME,
    read: (file) =>
      open(file, async (cache) => {
        const response = await cache.match(addressOf(file));
        return response && new Uint8Array(await response.arrayBuffer());
      }),
    write: (file, bytes) =>
      open(file, (cache) => {
        const headers = { 'content-type': 'application/octet-stream', 'content-length': String(bytes.byteLength) };
        return cache.put(addressOf(file), new Response(bytes as Uint8Array<ArrayBuffer>, { headers }));
      }),
    async remove(file) {
      await open(file, (cache) => cache.delete(addressOf(file)));
    },
  };
}
