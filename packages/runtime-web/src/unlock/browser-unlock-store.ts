/** A face unlock in the browser: the template in IndexedDB, under keys that never leave the browser. */

import { FaceError, isFaceError } from '@isoface/core';
import type { UnlockStore } from '@isoface/core/unlock';
import { deleteDB, openDB } from 'idb';
import { DEVICE_KEY_DATABASE, type DeviceKeys, openDeviceKeys } from '../gallery/device-keys.ts';
import { toDatabaseName, toStorageError } from '../gallery/indexed-db-connection.ts';
import { deleteIndexedDbGallery, openIndexedDbStore } from '../gallery/indexed-db-store.ts';

/** Keeps the galleries of face unlocks apart from others of the site. */
const PREFIX = 'face-unlock:';

/**
 * The store of a face unlock in this browser profile and origin. Nothing is created before the first enrolment.
 *
 * The template is encrypted with a key that no script can read, so that a copy of the files of the browser, or a backup, opens nowhere else. Whoever can
 * run code in the page can use the key all the same. The browser may evict template and keys when the disk is full, and users clear them with the data of
 * the site: `navigator.storage.persist()` asks for the first not to happen.
 *
 * `deleteAll` deletes the keys first, so that nothing can be read from then on whatever interrupts it, then the template, and the database of the keys
 * if no other gallery has any there.
 *
 * @param name - One for each face unlock of the site; 1 to 200 characters.
 * @throws {FaceError} `INVALID_OPTION` for anything else.
 */
export function createBrowserUnlockStore(name: string): UnlockStore {
  if (typeof name !== 'string' || name.trim() === '' || name.length > 200) {
    const got = typeof name === 'string' ? `${name.length}` : `a value of type ${typeof name}`;
    throw new FaceError('INVALID_OPTION', `Expected a name of 1 to 200 characters for the face unlock, got ${got}.`, { option: 'name' });
  }
  const id = `${PREFIX}${name}`;
  const location = toDatabaseName(id);
  return {
    location,
    exists: () => databaseExists(location),
    async open() {
      // The lock of the gallery first: what another tab is about to delete must get no new keys.
      const store = await openIndexedDbStore(id);
      try {
        return { store, keys: { encryption: await openKey(id) } };
      } catch (error) {
        await store.close();
        throw error;
      }
    },
    async deleteAll() {
      await deleteKeys(id);
      await deleteIndexedDbGallery(id);
    },
  };
}

/**
 * The key that encrypts. The one that transforms lies in the same place and would protect from nobody else, and its matrix costs some 0.3 s each time the
 * store is opened.
 *
 * Keys that are there and are none are as good as gone.
 */
async function openKey(id: string): Promise<DeviceKeys['encryption']> {
  try {
    return (await openDeviceKeys(id)).encryption;
  } catch (error) {
    const isForeign = isFaceError(error, 'IO_FAILED') && error.details['reason'] === undefined;
    if (!isForeign) throw error;
    throw new FaceError(
      'KEY_WRONG',
      'Expected the keys of the face unlock, got something else; delete its data and enrol again.',
      { id },
      { cause: error },
    );
  }
}

/** Whether a database is there. Creates none. */
async function databaseExists(name: string): Promise<boolean> {
  try {
    if (typeof indexedDB.databases === 'function') return (await indexedDB.databases()).some((database) => database.name === name);
    return await opensUnchanged(name);
  } catch (cause) {
    throw cause instanceof ReferenceError || cause instanceof TypeError
      ? new FaceError(
          'BACKEND_UNAVAILABLE',
          'Expected a browser with IndexedDB, got none; allow the site to store data.',
          { feature: 'indexedDB' },
          { cause },
        )
      : toStorageError(cause, name);
  }
}

/** For browsers that do not list databases: a new one is made, and taken back before it exists. */
async function opensUnchanged(name: string): Promise<boolean> {
  let isNew = false;
  try {
    const database = await openDB(name, undefined, {
      upgrade(_database, _old, _new, transaction) {
        isNew = true;
        transaction.done.catch(() => {});
        transaction.abort();
      },
    });
    database.close();
    return true;
  } catch (error) {
    if (isNew) return false;
    throw error;
  }
}

/** Deletes the keys of a name, and their database when it holds nothing else. Also where the database is not what it should be. */
async function deleteKeys(id: string): Promise<void> {
  if (!(await databaseExists(DEVICE_KEY_DATABASE))) return;
  try {
    // Whatever version it has: it is to lose something, not to be used.
    const database = await openDB(DEVICE_KEY_DATABASE);
    let isEmpty = true;
    try {
      const names = [...database.objectStoreNames];
      if (names.length > 0) {
        const transaction = database.transaction(names, 'readwrite', { durability: 'strict' });
        if (names.includes('keys')) await transaction.objectStore('keys').delete(id);
        const counts = await Promise.all(names.map((store) => transaction.objectStore(store).count()));
        await transaction.done;
        isEmpty = counts.every((count) => count === 0);
      }
    } finally {
      database.close();
    }
    if (isEmpty) await deleteDB(DEVICE_KEY_DATABASE);
  } catch (cause) {
    throw toStorageError(cause, DEVICE_KEY_DATABASE);
  }
}
