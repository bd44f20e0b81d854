/** A gallery in PostgreSQL. */

import { FaceError } from '@isoface/core';
import {
  disposedStoreError,
  type GalleryHeader,
  type GalleryStore,
  readOnlyStoreError,
  type StoreDamage,
  type StoredIdentity,
  type StoreSearch,
} from '@isoface/core/gallery';
import { compactGallery } from './compact-gallery.ts';
import { type CountedGallery, countGallery } from './count-gallery.ts';
import { openDatabase, type Session } from './database.ts';
import { type GalleryState, loadState, lockStatements, unlessMissing } from './layout.ts';
import { tableNames } from './names.ts';
import { listIdentities, readIdentities } from './read-gallery.ts';
import { rewriteGallery } from './rewrite-gallery.ts';
import { groupIdentities, type IdentityRow, selectIdentities } from './rows.ts';
import { type IndexSearchOptions, searchTemplates } from './search-templates.ts';
import type { SqlClient } from './sql-client.ts';
import { isRetryable } from './sql-errors.ts';
import { registerParts } from './store-parts.ts';
import { assertWhole } from './vector-index.ts';
import { applyChanges } from './write-changes.ts';

/** Options of {@link createPostgresStore}. */
export interface PostgresStoreOptions extends IndexSearchOptions {
  /** Schema of the gallery's tables, one for each gallery. Created with the gallery. @defaultValue 'isoface' */
  readonly schema?: string | undefined;
  /**
   * Where people are searched for. `database`: in the database, through an index if the gallery has one (see `createVectorIndex`). `exact`: in the
   * database without an index, also if there is one. `memory`: not by the store, so that the gallery keeps the templates in memory.
   * @defaultValue 'database'
   */
  readonly search?: 'database' | 'exact' | 'memory' | undefined;
  /** Refuses to write; for replicas and for roles that may only read. @defaultValue false */
  readonly readOnly?: boolean | undefined;
  /**
   * Compacts after every change that replaced or removed something, so that no byte of it is left when the call resolves. With PGlite only, and for
   * galleries of a few thousand people: everything is written anew each time. Without it, deleted bytes stay in the files until `compact` is called.
   * @defaultValue false
   */
  readonly eraseAtOnce?: boolean | undefined;
  /** How long to wait for others who write the same people or replace or compact the gallery, in milliseconds. @defaultValue 30_000 */
  readonly lockTimeoutMs?: number | undefined;
}

/** How often a change is tried when other transactions get in its way. */
const ATTEMPTS = 5;
/** Of one search. */
const MAX_IDENTITIES = 1_000_000;
const SNAPSHOT = 'ISOLATION LEVEL REPEATABLE READ READ ONLY';
const CHANGE = 'ISOLATION LEVEL READ COMMITTED';

/**
 * Opens a gallery in a database. Nothing is created before the first header is written; then the schema, its tables and, for a gallery without
 * encryption, the extension `vector` are.
 *
 * Several stores, in this process or others, may write at the same time; those who change the same person come one after another. Reading a whole
 * gallery needs a connection of its own; with a pool of one connection, or PGlite, the gallery is read into memory first.
 *
 * @param client - A `Pool` of the package `pg` or a `PGlite`. It stays the caller's: `close` does not end it.
 * @throws {FaceError} `INVALID_OPTION`, and what the store throws.
 *
 * @example
 * const store = await createPostgresStore(new Pool({ connectionString }), { schema: 'people' });
 */
export async function createPostgresStore(client: SqlClient, options: PostgresStoreOptions = {}): Promise<GalleryStore> {
  const {
    schema = 'isoface',
    search: searchIn = 'database',
    readOnly = false,
    eraseAtOnce = false,
    lockTimeoutMs = 30_000,
    efSearch,
    probes,
  } = options;
  const names = tableNames(schema);
  assertWhole('lockTimeoutMs', lockTimeoutMs, 1, 2 ** 31 - 1);
  if (efSearch !== undefined) assertWhole('efSearch', efSearch, 1, 1_000);
  if (probes !== undefined) assertWhole('probes', probes, 1, 32_768);
  if (!['database', 'exact', 'memory'].includes(searchIn)) {
    const message = `Expected database, exact or memory as search, got ${JSON.stringify(searchIn)}.`;
    throw new FaceError('INVALID_OPTION', message, { option: 'search' });
  }
  const { product, direct } = openDatabase(client, `schema ${names.schema}`);
  if (eraseAtOnce && product !== 'PGlite') {
    const message =
      'Expected eraseAtOnce with PGlite, got a server, which keeps a log of every change; call compact, and see docs/postgres.md.';
    throw new FaceError('INVALID_OPTION', message, { option: 'eraseAtOnce' });
  }
  const [row] = await direct((session) => session.query<{ name: string }>('SELECT current_database()::text AS name'));
  const location = `${product} database "${row?.name}", schema ${names.schema}`;
  const database = openDatabase(client, location);

  let isClosed = false;
  /** The header that whoever uses this store has seen. */
  let known: GalleryHeader | undefined;
  let counted: CountedGallery | undefined;
  const damage: StoreDamage[] = [];
  const assertOpen = (): void => {
    if (isClosed) throw disposedStoreError(location);
  };
  const assertWritable = (): void => {
    assertOpen();
    if (readOnly) throw readOnlyStoreError(location);
  };
  const forReading = lockStatements(names, 'ACCESS SHARE', lockTimeoutMs);
  const forWriting = lockStatements(names, 'ROW EXCLUSIVE', lockTimeoutMs);
  const onEmpty = (id: string): void => {
    if (damage.some(({ identity }) => identity === id)) return;
    damage.push({ where: `table ${names.identity}`, message: 'A person has no templates.', identity: id });
  };
  /** One answer from one moment; `undefined` where there is no gallery. */
  const ask = async <Result>(question: (session: Session, state: GalleryState) => Promise<Result>): Promise<Result | undefined> => {
    assertOpen();
    return unlessMissing(
      database.transaction(SNAPSHOT, forReading, async (session) => question(session, await loadState(session, names, location))),
    );
  };
  /** Many answers from one moment; none where there is no gallery. */
  const stream = async function* <Item>(
    questions: (session: Session, state: GalleryState) => AsyncIterable<Item>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Item> {
    assertOpen();
    signal?.throwIfAborted();
    const items = database.stream(SNAPSHOT, forReading, async function* (session): AsyncGenerator<Item> {
      const state = await loadState(session, names, location);
      for await (const item of questions(session, state)) {
        signal?.throwIfAborted();
        yield item;
      }
    });
    try {
      for await (const item of items) {
        signal?.throwIfAborted();
        yield item;
      }
    } catch (error) {
      await unlessMissing(Promise.reject(error));
    }
  };
  const search: StoreSearch = async (probe, { identities, signal }) => {
    signal?.throwIfAborted();
    assertWhole('identities', identities, 1, MAX_IDENTITIES);
    const found = await ask((session, state) => {
      assertSameGallery(known, state.header, location);
      return searchTemplates(session, names, state, probe, {
        identities,
        useIndex: searchIn === 'database',
        location,
        signal,
        efSearch,
        probes,
      });
    });
    signal?.throwIfAborted();
    return found ?? [];
  };

  const store: GalleryStore = {
    location,
    readOnly,
    damage,
    async readHeader() {
      known = await ask(async (_, { header }) => header);
      return known;
    },
    read: ({ signal } = {}) =>
      stream((session, state) => {
        assertSameGallery(known, state.header, location);
        return readIdentities(session, names, state, location, onEmpty);
      }, signal),
    list: ({ signal } = {}) => stream((session) => listIdentities(session, names), signal),
    async get(id) {
      return ask(async (session, state) => {
        assertSameGallery(known, state.header, location);
        const rows = await session.query<IdentityRow>(selectIdentities(names, state, 'WHERE i.id = $1::text'), [id]);
        for await (const identity of groupIdentities(rows, state, location, onEmpty)) return identity;
        return undefined;
      });
    },
    async write(changes) {
      assertWritable();
      for (let attempt = 1; ; attempt++) {
        try {
          const hasReplaced = await database.transaction(CHANGE, forWriting, async (session) => {
            const state = await loadState(session, names, location);
            assertSameGallery(known, state.header, location);
            return applyChanges(session, names, state, changes);
          });
          if (hasReplaced && eraseAtOnce) await compactGallery(database, names, lockTimeoutMs, location);
          return;
        } catch (error) {
          if (!isRetryable(error) || attempt === ATTEMPTS) throw error;
        }
      }
    },
    async rewrite(header, identities) {
      assertWritable();
      // With one connection the source, which may read this very gallery, has to come to its end before the transaction begins.
      const source = database.isConcurrent ? identities : await gather(identities);
      const isFirst = known === undefined;
      await database.transaction(CHANGE, [`SET LOCAL lock_timeout = ${lockTimeoutMs}`], (session) =>
        rewriteGallery(session, names, header, source, location),
      );
      if (eraseAtOnce && !isFirst) await compactGallery(database, names, lockTimeoutMs, location);
      known = header;
      damage.length = 0;
    },
    async stats() {
      const figures = await ask(async (session) => {
        counted = await countGallery(session, names, counted);
        return counted.stats;
      });
      return figures ?? { identities: 0, templates: 0, bytes: 0 };
    },
    async compact() {
      assertWritable();
      if ((await ask(async () => true)) === undefined) return;
      await compactGallery(database, names, lockTimeoutMs, location);
    },
    /** Absent for encrypted galleries, whose templates mean nothing to the database, and while there is no gallery. */
    get search() {
      return searchIn === 'memory' || known === undefined || known.encryption !== undefined ? undefined : search;
    },
    async close() {
      isClosed = true;
    },
  };
  registerParts(store, { database, names, lockTimeoutMs, assertWritable });
  await store.readHeader();
  return store;
}

/** Whoever reads and writes with another key, or vectors of another kind, would mix what cannot be compared. */
function assertSameGallery(known: GalleryHeader | undefined, found: GalleryHeader, location: string): void {
  if (known === undefined) return;
  const protection = ({ galleryId, encryption, transform }: GalleryHeader): string =>
    [galleryId, encryption?.keyCheck ?? '', transform?.keyCheck ?? ''].join('|');
  const kind = ({ contract, dimension, metric, normalization }: GalleryHeader): string =>
    [contract, dimension, metric, normalization].join('|');
  if (kind(known) !== kind(found)) {
    const message = `Expected the gallery that was opened in ${location}, got one of another contract, which replaced it; open it again.`;
    throw new FaceError('CONTRACT_MISMATCH', message, { location });
  }
  if (protection(known) !== protection(found)) {
    const message = `Expected the gallery that was opened in ${location}, got one that was protected anew since; open it again with its keys.`;
    throw new FaceError('KEY_WRONG', message, { location });
  }
}

async function gather(identities: AsyncIterable<StoredIdentity> | Iterable<StoredIdentity>): Promise<readonly StoredIdentity[]> {
  const all: StoredIdentity[] = [];
  for await (const identity of identities) all.push(identity);
  return all;
}
