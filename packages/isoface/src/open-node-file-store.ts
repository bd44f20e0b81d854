/** Gallery files in Node. */

import type { GalleryStore } from '@isoface/core/gallery';
import type { FileStoreOptions } from '@isoface/runtime-node';
import { loadNodeRuntime } from './load-node-runtime.ts';

/**
 * Opens a gallery file, or prepares to create it: one file, with checksums, that survives being killed at any moment.
 *
 * @throws {FaceError} `GALLERY_LOCKED`, `GALLERY_DAMAGED`, `GALLERY_UNSUPPORTED`, `IO_FAILED`; `BACKEND_UNAVAILABLE` if the package
 * `@isoface/runtime-node` is not installed.
 * @example
 * const gallery = await engine.openGallery({ store: await openFileStore('people.gallery') });
 */
export async function openFileStore(path: string, options: FileStoreOptions = {}): Promise<GalleryStore> {
  const runtime = await loadNodeRuntime();
  return runtime.openFileStore(path, options);
}
