/** Stores by the place that `--gallery` names. */

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { FaceError, isFaceError } from '@isoface/core';
import type { GalleryStore } from '@isoface/core/gallery';
import { openFileStore } from '@isoface/runtime-node';
import type { GalleryPlace } from './gallery-place.ts';
import { printable } from './printable.ts';

/** A store, and what else must be given up after it. */
export interface OpenedStore {
  readonly store: GalleryStore;
  /** Gives up connections. The store is closed by the gallery. */
  release(): Promise<void>;
}

const MISSING = 'no-gallery';

/** What is going to be done: `create` makes a gallery where there is none. */
export type GalleryAccess = 'read' | 'write' | 'create';

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

/** Whether an error is {@link missingGallery}. */
export function isMissingGallery(error: unknown): boolean {
  return isFaceError(error, 'IO_FAILED') && error.details['reason'] === MISSING;
}

/** For a place where no gallery is. */
export function missingGallery(location: string): FaceError {
  const message = `Expected a gallery at ${printable(location)}, got nothing there; isoface enrol makes one.`;
  return new FaceError('IO_FAILED', message, { location, reason: MISSING });
}

async function isThere(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    (cause: NodeJS.ErrnoException) => cause.code !== 'ENOENT',
  );
}
