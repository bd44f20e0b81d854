/** Galleries in the browser's IndexedDB. */

import { FaceError } from '@isoface/core';
import {
  compareIds,
  disposedStoreError,
  type GalleryHeader,
  type GalleryStore,
  identityTwice,
  parseGalleryHeader,
  type StoreDamage,
  type StoredIdentity,
} from '@isoface/core/gallery';
import { deleteDatabase, type GalleryDatabase, HEAD_KEY, openDatabase, toDatabaseName, toStorageError } from './indexed-db-connection.ts';
import { type HeldLock, takeLock } from './indexed-db-lock.ts';
import { keyOf, noteChange, type Reading, takeOver } from './indexed-db-reading.ts';
import { countBytes, type IdentityRecord, parseRecord, toRecord } from './indexed-db-record.ts';
import { runTransaction, type Transaction } from './indexed-db-transaction.ts';

/** Options of {@link openIndexedDbStore}. */
export interface IndexedDbStoreOptions {
  /** Ends the wait for the database. */
  readonly signal?: AbortSignal | undefined;
}

/** Which identities are in force: each rewrite writes a new generation beside the old one, then lets it take over. */
interface Head {
  readonly header: GalleryHeader;
  readonly generation: number;
}

/** Memory that a batch of a reading or a rewrite may take. */
const BATCH_BYTES = 2 * 1024 * 1024;
const MAX_BATCH = 1_000;
/** Before it is known how large identities are. */
const FIRST_BATCH = 32;

/**
 * Opens the gallery of a name, in a database of its own, or creates it. One object per site has it at a time: the lock is a Web Lock, which needs a
 * secure context. Changes are transactions that are flushed to the disk (`durability: 'strict'`) before they resolve.
 *
 * If another tab deletes the gallery, or the browser takes the database away, calls fail with `DISPOSED` from then on.
 *
 * Deleting: no later read, by this API or any other of the browser, gives back what was removed. When its bytes leave the disk is up to the browser: its
 * database writes behind what is there and tidies up later, and no page can hasten or check that. Where that matters, encrypt the gallery.
 *
 * Browsers may evict what sites store when the disk is full, all of it or nothing; `navigator.storage.persist()` asks them not to.
 *
 * @param name - Name of the gallery within the site, 1 to 256 characters.
 * @throws {FaceError} `BACKEND_UNAVAILABLE` without IndexedDB or Web Locks, `GALLERY_LOCKED`, `GALLERY_UNSUPPORTED`, `GALLERY_DAMAGED`,
 * `STORAGE_FULL`, `IO_FAILED`, `INVALID_OPTION`.
 */
export async function openIndexedDbStore(name: string, { signal }: IndexedDbStoreOptions = {}): Promise<GalleryStore> {
  const location = toDatabaseName(name);
  signal?.throwIfAborted();
  let hasEnded = false;
  let end = (): void => {
    hasEnded = true;
  };
  const lock = await takeLock(location, () => end());
  try {
    const db = await openDatabase(location, () => end(), signal);
    try {
      const store = createStore(db, lock, location, await readHead(db, location));
      end = () => void store.close();
      if (hasEnded) throw disposedStoreError(location);
      return store;
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Deletes a gallery and its database. Whoever has it open, in this tab or another one, finds it closed. Resolves when it is gone; of a name that
 * nobody used, too.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE`, `IO_FAILED`, `INVALID_OPTION`.
 */
export async function deleteIndexedDbGallery(name: string): Promise<void> {
  await deleteDatabase(toDatabaseName(name));
}

function createStore(db: GalleryDatabase, lock: HeldLock, location: string, opened: Head | undefined): GalleryStore {
  let head = opened;
  let isClosed = false;
  let closing: Promise<void> | undefined;
  /** Computed when they are first asked for, then kept up to date. */
  let totals: { identities: number; templates: number } | undefined;
  const damage = new Map<string, StoreDamage>();
  const readings = new Set<Reading>();
  const running = new Set<Promise<unknown>>();

  const assertOpen = (): void => {
    if (isClosed) throw disposedStoreError(location);
  };
  const transact = <T, Mode extends IDBTransactionMode>(mode: Mode, work: (transaction: Transaction<Mode>) => Promise<T>): Promise<T> => {
    assertOpen();
    const call = runTransaction(db, mode, work).catch((cause: unknown) => {
      if (isClosed) throw disposedStoreError(location);
      throw toStorageError(cause, location);
    });
    running.add(call);
    call.then(
      () => running.delete(call),
      () => running.delete(call),
    );
    return call;
  };
  const parse = (record: unknown, header: GalleryHeader): StoredIdentity | undefined => {
    const parsed = parseRecord(record, header);
    if (typeof parsed !== 'string') return parsed;
    const id = (record as Partial<IdentityRecord> | null)?.id;
    damage.set(whereOf(id), { where: whereOf(id), message: parsed, ...(typeof id === 'string' && { identity: id }) });
    return undefined;
  };
  const readBatch = (range: IDBKeyRange, count: number): Promise<unknown[]> =>
    transact('readonly', (transaction) => transaction.objectStore('identities').getAll(range, count));

  async function* read(signal: AbortSignal | undefined): AsyncGenerator<StoredIdentity> {
    assertOpen();
    signal?.throwIfAborted();
    if (head === undefined) return;
    const { header, generation } = head;
    const reading: Reading = { generation, position: '', before: new Map() };
    readings.add(reading);
    try {
      let range = IDBKeyRange.bound([generation], [generation + 1], false, true);
      for (let count = FIRST_BATCH; ; ) {
        const records = await readBatch(range, count);
        if (head.generation !== generation) throw overtaken(location);
        // At the end nothing is later than what was read, so that no change concerns this reading any more.
        const batch = takeOver(records, reading, (record) => parse(record, header), records.length < count);
        for (const identity of batch) {
          signal?.throwIfAborted();
          yield identity;
          assertOpen();
        }
        if (records.length < count) return;
        range = IDBKeyRange.bound([generation, keyOf(records[records.length - 1])], [generation + 1], true, true);
        const bytes = batch.reduce((sum, identity) => sum + countBytes(identity), 1);
        count = Math.max(1, Math.min(MAX_BATCH, 4 * count, Math.floor((count * BATCH_BYTES) / bytes)));
      }
    } finally {
      readings.delete(reading);
    }
  }

  const store: GalleryStore = {
    location,
    readOnly: false,
    get damage() {
      return [...damage.values()];
    },
    async readHeader() {
      assertOpen();
      return head?.header;
    },
    read: ({ signal } = {}) => read(signal),
    async get(id) {
      assertOpen();
      if (head === undefined) return undefined;
      const { header, generation } = head;
      const record = await transact('readonly', (transaction) => transaction.objectStore('identities').get([generation, id]));
      return record === undefined ? undefined : parse(record, header);
    },
    async *list({ signal } = {}) {
      const rows: { readonly id: string; readonly templates: number }[] = [];
      for await (const { id, templates } of read(signal)) rows.push({ id, templates: templates.length });
      for (const row of rows.sort((a, b) => compareIds(a.id, b.id))) {
        signal?.throwIfAborted();
        yield row;
        assertOpen();
      }
    },
    async write(changes) {
      assertOpen();
      if (head === undefined) {
        throw new FaceError('INVALID_OPTION', `Expected a gallery in ${location}, got none yet; create it with rewrite.`, { location });
      }
      const { header, generation } = head;
      // Copies at once: the caller may use the bytes for something else.
      const records = changes.map((change) => (change.type === 'put' ? toRecord(change.identity, generation) : change.id));
      const ids = [...new Set(records.map((record) => (typeof record === 'string' ? record : record.id)))];
      const before = new Map<string, StoredIdentity | undefined>();
      await transact('readwrite', async (transaction) => {
        const identities = transaction.objectStore('identities');
        const old = await Promise.all(ids.map((id) => identities.get([generation, id])));
        for (const [i, id] of ids.entries()) {
          before.set(id, old[i] === undefined ? undefined : parse(old[i], header));
          for (const reading of readings) noteChange(reading, id, before.get(id));
        }
        await Promise.all(
          records.map(async (record) => (typeof record === 'string' ? identities.delete([generation, record]) : identities.put(record))),
        );
      });
      for (const id of ids) damage.delete(whereOf(id));
      if (totals === undefined) return;
      const after = new Map(records.map((record) => (typeof record === 'string' ? [record, undefined] : [record.id, record])));
      for (const id of ids) {
        const [was, is] = [before.get(id), after.get(id)];
        totals.identities += Number(is !== undefined) - Number(was !== undefined);
        totals.templates += (is?.templates.length ?? 0) - (was?.templates.length ?? 0);
      }
    },
    async rewrite(newHeader, source) {
      assertOpen();
      const header = parseGalleryHeader(newHeader);
      const generation = (head?.generation ?? 0) + 1;
      const removeUnfinished = (): Promise<void> =>
        transact('readwrite', (transaction) => transaction.objectStore('identities').delete(IDBKeyRange.lowerBound([generation])));
      const flush = (records: readonly IdentityRecord[]): Promise<void> =>
        transact('readwrite', async (transaction) => {
          await Promise.all(records.map(async (record) => transaction.objectStore('identities').put(record)));
        });
      await removeUnfinished();
      const seen = new Set<string>();
      let templates = 0;
      try {
        let batch: IdentityRecord[] = [];
        let bytes = 0;
        for await (const identity of source) {
          assertOpen();
          if (seen.has(identity.id)) throw identityTwice(identity.id);
          seen.add(identity.id);
          templates += identity.templates.length;
          bytes += countBytes(identity);
          batch.push(toRecord(identity, generation));
          if (bytes < BATCH_BYTES && batch.length < MAX_BATCH) continue;
          await flush(batch);
          [batch, bytes] = [[], 0];
        }
        await flush(batch);
        await transact('readwrite', async (transaction) => {
          await Promise.all([
            transaction.objectStore('head').put({ header, generation } satisfies Head, HEAD_KEY),
            transaction.objectStore('identities').delete(IDBKeyRange.upperBound([generation], true)),
          ]);
        });
      } catch (error) {
        // What stays if this fails too is removed by the next rewrite, or when the gallery is opened again.
        if (!isClosed) await removeUnfinished().catch(() => {});
        throw error;
      }
      head = { header, generation };
      totals = { identities: seen.size, templates };
      damage.clear();
    },
    async stats() {
      assertOpen();
      if (totals === undefined) {
        const counted = { identities: 0, templates: 0 };
        for await (const identity of read(undefined)) {
          counted.identities++;
          counted.templates += identity.templates.length;
        }
        totals = counted;
      }
      return { ...totals };
    },
    async close() {
      isClosed = true;
      db.close();
      closing ??= Promise.allSettled(running).then(() => lock.release());
      await closing;
    },
  };
  return store;
}

/** Reads the head, and removes what an interrupted rewrite left behind. */
async function readHead(db: GalleryDatabase, location: string): Promise<Head | undefined> {
  try {
    return await runTransaction(db, 'readwrite', async (transaction) => {
      const record = await transaction.objectStore('head').get(HEAD_KEY);
      const head = record === undefined ? undefined : parseHead(record, location);
      const identities = transaction.objectStore('identities');
      await Promise.all(
        head === undefined
          ? [identities.clear()]
          : [
              identities.delete(IDBKeyRange.upperBound([head.generation], true)),
              identities.delete(IDBKeyRange.lowerBound([head.generation + 1])),
            ],
      );
      return head;
    });
  } catch (cause) {
    throw toStorageError(cause, location);
  }
}

function parseHead(record: unknown, location: string): Head {
  const { header, generation } = Object(record) as { readonly header?: unknown; readonly generation?: unknown };
  if (typeof generation === 'number' && Number.isSafeInteger(generation) && generation > 0)
    return { header: parseGalleryHeader(header), generation };
  const message = `Expected the head of a gallery in ${location}, got another record; delete the gallery, or restore it from an export.`;
  throw new FaceError('GALLERY_DAMAGED', message, { location });
}

function whereOf(id: unknown): string {
  return `record ${JSON.stringify(id) ?? String(id)}`;
}

function overtaken(location: string): FaceError {
  return new FaceError('IO_FAILED', `The gallery ${location} was replaced as a whole while it was read; read it again.`, { location });
}
