/** Stores by the place that `--gallery` names. */

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { openFileStore } from '@isoface/runtime-node';
import type { GalleryPlace } from './gallery-place.ts';
import { missingGallery } from './missing-gallery.ts';
import type { GalleryAccess, OpenedStore } from './opened-store.ts';

/**
 * Opens the store. What a database needs is loaded here and not before.
 *
 * @throws {FaceError} `IO_FAILED` where there is no gallery, or none can be reached; `BACKEND_UNAVAILABLE` where PGlite is not installed; what
 * the store throws.
 */
export async function openStore(place: GalleryPlace, wanted: GalleryAccess): Promise<OpenedStore> {
  if (place.kind !== 'file') {
    const { openDatabaseStore } = await import('./open-database-store.ts');
    return openDatabaseStore(place, wanted);
  }
  if (wanted !== 'create' && !(await isThere(place.path))) throw missingGallery(place.location);
  return { store: await openFileStore(place.path, { readOnly: wanted === 'read' }), release: async () => {} };
}

async function isThere(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    (cause: NodeJS.ErrnoException) => cause.code !== 'ENOENT',
  );
}
