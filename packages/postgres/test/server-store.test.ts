import { inspect } from 'node:util';
import type { GalleryStore } from '@isoface/core/gallery';
import { createPostgresStore, type PostgresStoreOptions, type SqlClient } from '@isoface/postgres';
import { describeGalleryStore } from '@isoface/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findPostgres } from '../../../scripts/postgres.mjs';
import { openServer, openUnderTest, type TestServer } from './support/databases.ts';
import { collect, HEADER, person, SEALED } from './support/gallery-data.ts';
import { createPool } from './support/pg-pool.ts';
import { describePostgresStore } from './support/store-cases.ts';

let database: TestServer;
beforeAll(async () => {
  database = await openServer();
});
afterAll(() => database.close());

const isReal = findPostgres()?.vector !== undefined;
const kind = isReal ? 'a server' : 'PGlite behind a socket, for lack of a server with pgvector';

describeGalleryStore(`PostgreSQL through pg (${kind})`, () => openUnderTest(database), { writers: 'many', hasRawBytes: false });

describePostgresStore(kind, () => database);

describe('a pool of one connection', () => {
  it('reads a gallery and writes it at the same time', async () => {
    const pool = createPool({ ...database.config, max: 1 });
    const schema = database.freshSchema();
    const store = await createPostgresStore(pool, { schema });
    await store.rewrite(HEADER, [person('ada', [1, 0, 0, 0])]);
    await store.rewrite({ ...HEADER, pack: 'other' }, store.read());
    for await (const { id } of store.read()) await store.write([{ type: 'put', identity: person(`${id} again`, [0, 1, 0, 0]) }]);
    expect((await collect(store.list())).map(({ id }) => id)).toEqual(['ada', 'ada again']);
    await store.close();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.query(`DROP SCHEMA "${schema.replaceAll('"', '""')}" CASCADE`);
    await pool.end();
  });
});

// An embedded server answers one connection at a time and has one role: these need a server of their own.
describe.runIf(isReal)('many connections', () => {
  let schema: string;
  let quoted: string;
  let store: GalleryStore;
  const open = (options: PostgresStoreOptions = {}, client: SqlClient = database.client) =>
    createPostgresStore(client, { schema, ...options });
  beforeEach(async () => {
    schema = database.freshSchema();
    quoted = `"${schema.replaceAll('"', '""')}"`;
    store = await open();
    await store.rewrite(HEADER, [person('ada', [1, 0, 0, 0]), person('bob', [0, 1, 0, 0])]);
  });
  afterEach(async () => {
    await store.close();
    await database.query(`DROP SCHEMA IF EXISTS ${quoted} CASCADE`);
  });

  it('create one gallery together', async () => {
    await database.query(`DROP SCHEMA ${quoted} CASCADE`);
    const stores = await Promise.all([open(), open(), open()]);
    await Promise.all(stores.map((other, i) => other.rewrite(HEADER, [person(`person ${i}`, [1, 0, 0, 0])])));
    expect(await store.stats()).toMatchObject({ identities: 1, templates: 1 });
  });

  it('write the same people crosswise, and none is lost', async () => {
    const other = await open();
    const names = Array.from({ length: 12 }, (_, i) => `person ${i}`);
    const put = (id: string) => ({ type: 'put', identity: person(id, [1, 0, 0, 0]) }) as const;
    const writes = Array.from({ length: 10 }, (_, i) => [
      store.write([...names.map(put), { type: 'remove', id: `only ${i}` }]),
      other.write([...[...names].reverse().map(put), put(`only ${i}`)]),
    ]).flat();
    await Promise.all(writes);
    const ids = (await collect(store.list())).map(({ id }) => id).filter((id) => !id.startsWith('only'));
    expect(ids).toEqual(['ada', 'bob', ...[...names].sort()]);
  });

  it('wait for whoever holds the gallery, and no longer than they were told', async () => {
    const impatient = await open({ lockTimeoutMs: 50 });
    const holder = await database.pool.connect();
    try {
      await holder.query(`BEGIN; LOCK TABLE ${quoted}.gallery IN ACCESS EXCLUSIVE MODE`);
      for (const call of [
        () => impatient.write([{ type: 'remove', id: 'ada' }]),
        () => impatient.get('ada'),
        () => collect(impatient.read()),
      ])
        await expect(call()).rejects.toMatchObject({ code: 'GALLERY_LOCKED' });
      const patient = store.write([{ type: 'remove', id: 'bob' }]);
      await holder.query('COMMIT');
      await patient;
    } finally {
      holder.release();
    }
    expect((await collect(store.list())).map(({ id }) => id)).toEqual(['ada']);
  });

  it('replace nothing under the eyes of a reader', async () => {
    const impatient = await open({ lockTimeoutMs: 50 });
    const read: string[] = [];
    for await (const { id } of store.read()) {
      read.push(id);
      if (read.length === 1) await expect(impatient.rewrite(HEADER, [])).rejects.toMatchObject({ code: 'GALLERY_LOCKED' });
    }
    expect(read).toEqual(['ada', 'bob']);
    await impatient.rewrite(HEADER, []);
    expect(await store.stats()).toMatchObject({ identities: 0 });
  });

  it('survive that the server ends one of them', async () => {
    const reading = (async () => {
      for await (const _ of store.read()) {
        await database.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'`,
        );
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'IO_FAILED' });
    expect(await store.stats()).toMatchObject({ identities: 2 });
  });

  it.each([
    ['a wrong password', { password: 'hunter2' }],
    ['a URL that is none', { connectionString: 'postgres://isoface:hunter2@[::/people' }],
    ['a server that is not there', { host: '127.0.0.1', port: 1, password: 'hunter2' }],
  ])('say what is wrong about %s, and no more', async (_, config) => {
    const pool = createPool({ ...database.config, ...config });
    const error: unknown = await open({}, pool).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'IO_FAILED' });
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
    await pool.end();
  });

  it('may belong to roles with fewer rights', async () => {
    await database.query(`CREATE ROLE isoface_reader LOGIN PASSWORD 'reader'`);
    await database.query(`CREATE DATABASE without_vector OWNER isoface_reader`);
    const asReader = createPool({ ...database.config, user: 'isoface_reader', password: 'reader' });
    const elsewhere = createPool({ ...database.config, user: 'isoface_reader', password: 'reader', database: 'without_vector' });
    try {
      await expect(open({}, asReader)).rejects.toMatchObject({ code: 'IO_FAILED', details: { sqlState: '42501' } });
      await database.query(`GRANT USAGE ON SCHEMA ${quoted} TO isoface_reader`);
      await database.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${quoted} TO isoface_reader`);
      const reader = await open({ readOnly: true }, asReader);
      expect((await collect(reader.read())).map(({ id }) => id)).toEqual(['ada', 'bob']);
      expect(await reader.search?.(Float32Array.of(1, 0, 0, 0), { identities: 1 })).toHaveLength(1);
      const writer = await open({}, asReader);
      await expect(writer.write([{ type: 'remove', id: 'ada' }])).rejects.toMatchObject({ code: 'IO_FAILED' });
      await database.query(`GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${quoted} TO isoface_reader`);
      await writer.write([{ type: 'remove', id: 'ada' }]);
      await expect(writer.compact?.()).rejects.toMatchObject({ code: 'IO_FAILED' });
      expect(await store.get('ada')).toBeUndefined();

      const own = await open({}, elsewhere);
      await expect(own.rewrite(HEADER, [])).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
      await own.rewrite(SEALED, [person('sealed', [1, 2, 3])]);
      expect(await own.get('sealed')).toEqual(person('sealed', [1, 2, 3]));
    } finally {
      await asReader.end();
      await elsewhere.end();
      await database.query('DROP DATABASE without_vector');
      await database.query('DROP OWNED BY isoface_reader');
      await database.query('DROP ROLE isoface_reader');
    }
  });
});
