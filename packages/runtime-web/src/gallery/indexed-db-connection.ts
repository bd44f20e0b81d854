/** The database behind a gallery: its name, its tables, and what can go wrong with it. */

import { FaceError, isFaceError } from '@isoface/core';
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';

/** Version of the tables. What is in them has a version of its own, in the header. */
const DATABASE_VERSION = 1;
const MAX_NAME_LENGTH = 256;

/** Tables of a gallery. */
export interface GalleryTables extends DBSchema {
  /** One record, under {@link HEAD_KEY}: the header, and which generation of identities is in force. Read with care: pages can change it. */
  readonly head: { readonly key: string; readonly value: unknown };
  /** Keys are pairs of generation and id, which IndexedDB orders by code units. */
  readonly identities: { readonly key: [number, string]; readonly value: unknown };
}

/** Connection to the database of a gallery. */
export type GalleryDatabase = IDBPDatabase<GalleryTables>;

/** Key of the only record in `head`. */
export const HEAD_KEY = 'gallery';

/**
 * Name of the database of a gallery.
 *
 * @throws {FaceError} `INVALID_OPTION`.
 */
export function toDatabaseName(name: string): string {
  if (typeof name === 'string' && name.trim() !== '' && name.length <= MAX_NAME_LENGTH) return `isoface-gallery:${name}`;
  const got = typeof name === 'string' ? `${name.length}` : `a value of type ${typeof name}`;
  throw new FaceError('INVALID_OPTION', `Expected a name of 1 to ${MAX_NAME_LENGTH} characters for the gallery, got ${got}.`, {
    option: 'name',
  });
}

/**
 * Opens the database, and creates its tables where there are none.
 *
 * @param onEnd - Called when the connection must end or has ended: another tab deletes the database, or the browser took it away.
 * @throws {FaceError} As {@link toStorageError}; the reason of the signal.
 */
export async function openDatabase(location: string, onEnd: () => void, signal: AbortSignal | undefined): Promise<GalleryDatabase> {
  signal?.throwIfAborted();
  assertIndexedDb();
  const opening = openTables(location, onEnd);
  let db: GalleryDatabase;
  try {
    db = await raceSignal(opening, signal);
  } catch (cause) {
    // It may still open: waiting for a tab that deletes the database, for instance.
    opening.then(
      (late) => late.close(),
      () => {},
    );
    signal?.throwIfAborted();
    throw toStorageError(cause, location);
  }
  if (['head', 'identities'].every((name) => (db.objectStoreNames as DOMStringList).contains(name))) return db;
  db.close();
  const message = `Expected a gallery in the database ${location}, got other tables; delete it, or take another name.`;
  throw new FaceError('GALLERY_DAMAGED', message, { location });
}

/** A function of its own, so that what browsers throw at once is a rejection like the rest. */
async function openTables(location: string, onEnd: () => void): Promise<GalleryDatabase> {
  return openDB<GalleryTables>(location, DATABASE_VERSION, {
    upgrade(db) {
      db.createObjectStore('head');
      db.createObjectStore('identities', { keyPath: ['generation', 'id'] });
    },
    blocking: onEnd,
    terminated: onEnd,
  });
}

/** Deletes the database once everybody has let go of it. */
export async function deleteDatabase(location: string): Promise<void> {
  assertIndexedDb();
  try {
    await deleteDB(location);
  } catch (cause) {
    throw toStorageError(cause, location);
  }
}

/** Translates what IndexedDB throws. */
export function toStorageError(cause: unknown, location: string): unknown {
  if (isFaceError(cause) || !(cause instanceof Error)) return cause;
  const { name, message: why } = cause;
  const create = (code: 'STORAGE_FULL' | 'GALLERY_UNSUPPORTED' | 'BACKEND_UNAVAILABLE' | 'IO_FAILED', message: string): FaceError =>
    new FaceError(code, message, { location, cause: name }, { cause });
  switch (name) {
    case 'QuotaExceededError':
      return create(
        'STORAGE_FULL',
        `Expected room for the gallery ${location}, got none: the disk or the quota of this site is full. Nothing was changed; remove what is not needed.`,
      );
    case 'VersionError':
      return create('GALLERY_UNSUPPORTED', `The gallery ${location} was written by a newer isoface; reload the page or update isoface.`);
    // Private windows, blocked cookies, sandboxed frames.
    case 'SecurityError':
    case 'InvalidStateError':
      return create('BACKEND_UNAVAILABLE', `The browser does not let this page use IndexedDB (${why}); allow the site to store data.`);
    default:
      return create('IO_FAILED', `The browser could not read or write the gallery ${location}: ${why}`);
  }
}

function assertIndexedDb(): void {
  if ((globalThis.indexedDB as IDBFactory | undefined) !== undefined) return;
  throw new FaceError('BACKEND_UNAVAILABLE', 'Expected a browser with IndexedDB, got none; allow the site to store data.', {
    feature: 'indexedDB',
  });
}

async function raceSignal<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
