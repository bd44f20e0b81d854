/** Keys that a browser makes and keeps for itself: no script, file or backup ever holds their bytes. */

import { FaceError } from '@isoface/core';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

/** Keys of this browser for one gallery; see `GalleryKeys`. */
export interface DeviceKeys {
  /** AES-GCM, 256 bits, not extractable. */
  readonly encryption: CryptoKey;
  /** HMAC with SHA-256, not extractable. */
  readonly transform: CryptoKey;
}

interface KeyDatabase extends DBSchema {
  readonly keys: { readonly key: string; readonly value: DeviceKeys };
}

/** Name of the IndexedDB database in which keys are kept. */
export const DEVICE_KEY_DATABASE = 'isoface-keys';
const STORE = 'keys';

/**
 * The keys of this browser profile and origin under a name; made at the first call. Tabs that make them at the same moment get the same ones.
 *
 * The keys cannot leave the browser: what is protected with them opens here only, and is lost when the user clears the site's data or the browser
 * evicts it (ask for `navigator.storage.persist()`). Then this function makes new keys, and the gallery answers `KEY_WRONG`.
 *
 * @param name - One for each gallery: two galleries with one name share their keys.
 * @throws {FaceError} `BACKEND_UNAVAILABLE` without WebCrypto or IndexedDB; `STORAGE_FULL`; `IO_FAILED` where the browser refuses to keep keys.
 *
 * @example
 * const gallery = await engine.openGallery({ store, keys: await openDeviceKeys('visitors') });
 */
export async function openDeviceKeys(name: string): Promise<DeviceKeys> {
  assertName(name);
  assertPlatform();
  return withDatabase(name, async (database) => {
    const kept = await database.get(STORE, name);
    if (kept !== undefined) return checkKeys(name, kept);
    // Before the transaction, which would not wait for them.
    const made = await createKeys();
    // Strict: a gallery must not outlive its keys when the machine stops.
    const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' });
    const ofAnotherTab = await transaction.store.get(name);
    if (ofAnotherTab === undefined) await transaction.store.add(made, name);
    await transaction.done;
    return ofAnotherTab === undefined ? made : checkKeys(name, ofAnotherTab);
  });
}

/**
 * Deletes the keys of a name; resolves to whether there were any. All that is protected with them is lost for good, wherever copies of it are:
 * nobody can open it any more. Galleries that are open at this moment stay so until they are closed.
 *
 * @throws {FaceError} As {@link openDeviceKeys}.
 */
export async function deleteDeviceKeys(name: string): Promise<boolean> {
  assertName(name);
  assertPlatform();
  return withDatabase(name, async (database) => {
    const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' });
    const kept = await transaction.store.getKey(name);
    await transaction.store.delete(name);
    await transaction.done;
    return kept !== undefined;
  });
}

async function createKeys(): Promise<DeviceKeys> {
  const [encryption, transform] = await Promise.all([
    crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
    crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']),
  ]);
  return { encryption, transform };
}

async function withDatabase<T>(name: string, use: (database: IDBPDatabase<KeyDatabase>) => Promise<T>): Promise<T> {
  let database: IDBPDatabase<KeyDatabase> | undefined;
  try {
    database = await openDB<KeyDatabase>(DEVICE_KEY_DATABASE, 1, { upgrade: (created) => void created.createObjectStore(STORE) });
    return await use(database);
  } catch (cause) {
    if (cause instanceof FaceError) throw cause;
    throw toStorageError(name, cause);
  } finally {
    database?.close();
  }
}

function checkKeys(name: string, kept: unknown): DeviceKeys {
  const { encryption, transform } = kept as Partial<DeviceKeys>;
  if (encryption instanceof CryptoKey && transform instanceof CryptoKey) return { encryption, transform };
  throw new FaceError(
    'IO_FAILED',
    `Expected two keys under ${JSON.stringify(name)} in the database ${DEVICE_KEY_DATABASE}, got something else; delete them with ` +
      'deleteDeviceKeys, which loses all that they protect.',
    { name, database: DEVICE_KEY_DATABASE },
  );
}

function toStorageError(name: string, cause: unknown): FaceError {
  const reason = cause instanceof DOMException ? cause.name : String(cause);
  const details = { name, database: DEVICE_KEY_DATABASE, reason };
  if (reason === 'QuotaExceededError') {
    return new FaceError('STORAGE_FULL', 'The browser has no room left to keep a key; free storage of this site.', details, { cause });
  }
  return new FaceError(
    'IO_FAILED',
    `The browser refuses to keep or read keys (${reason}); private windows and blocked site data do that. Allow site data, or pass keys of your own.`,
    details,
    { cause },
  );
}

function assertPlatform(): void {
  const platform: { readonly crypto?: Partial<Crypto>; readonly indexedDB?: IDBFactory } = globalThis;
  const missing = platform.crypto?.subtle === undefined ? 'crypto.subtle' : platform.indexedDB === undefined ? 'indexedDB' : undefined;
  if (missing === undefined) return;
  throw new FaceError('BACKEND_UNAVAILABLE', `Expected a platform with ${missing}, got none; load the page over https or from localhost.`, {
    feature: missing,
  });
}

function assertName(name: string): void {
  if (typeof name === 'string' && name !== '') return;
  throw new FaceError(
    'INVALID_OPTION',
    `Expected a name for the keys, e.g. that of the gallery, got ${name === '' ? 'an empty text' : typeof name}.`,
    {
      option: 'name',
    },
  );
}
