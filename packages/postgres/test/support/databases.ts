/** Databases to test against: a server, and one inside this process. */

import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { createPostgresStore, type PostgresStoreOptions, type SqlClient } from '@isoface/postgres';
import type { StoreUnderTest } from '@isoface/testkit';
import type { Pool, PoolConfig } from 'pg';
import { startPostgres } from '../../../../scripts/postgres.mjs';
import { createPool } from './pg-pool.ts';

/** A database for one test file. */
export interface TestDatabase {
  readonly client: SqlClient;
  /** For looking behind the store. */
  query(statement: string, parameters?: unknown[]): Promise<{ readonly rows: Record<string, unknown>[] }>;
  /** A schema that nothing uses yet. */
  freshSchema(): string;
  close(): Promise<void>;
}

/** A database behind a socket, spoken to by `pg`. */
export interface TestServer extends TestDatabase {
  readonly pool: Pool;
  /** How to connect, for pools of other sizes and users. */
  readonly config: PoolConfig;
}

/** PGlite in memory; takes about ten seconds. */
export async function openEmbedded(): Promise<TestDatabase & { readonly client: PGlite }> {
  const client = await PGlite.create({ extensions: { vector } });
  return {
    client,
    query: (statement, parameters) => client.query(statement, parameters),
    freshSchema: schemaNames(),
    close: () => client.close(),
  };
}

/** The server that scripts/postgres.mjs finds, else PGlite behind a socket. */
export async function openServer(): Promise<TestServer> {
  const running = await startPostgres();
  if (running !== undefined) {
    const { host, port, user, password, stop } = running;
    return toServer({ host, port, user, password, database: 'postgres', max: 8 }, stop);
  }
  const embedded = await openEmbedded();
  const socket = new PGLiteSocketServer({ db: embedded.client, port: 0, host: '127.0.0.1', maxConnections: 4 });
  await socket.start();
  const port = Number(socket.getServerConn().split(':').at(-1));
  return toServer({ host: '127.0.0.1', port, user: 'postgres', password: 'postgres', database: 'postgres', max: 1 }, async () => {
    await socket.stop();
    await embedded.close();
  });
}

function toServer(config: PoolConfig, stop: () => Promise<void>): TestServer {
  const pool = createPool(config);
  return {
    client: pool,
    pool,
    config,
    query: (statement, parameters) => pool.query(statement, parameters),
    freshSchema: schemaNames(),
    close: async () => {
      await pool.end();
      await stop();
    },
  };
}

function schemaNames(): () => string {
  let count = 0;
  // A name that has to be quoted.
  return () => `Gallery "${count++}"`;
}

/** An empty store in a schema of its own, as the contract wants it. */
export async function openUnderTest(database: TestDatabase, options: PostgresStoreOptions = {}): Promise<StoreUnderTest> {
  const schema = database.freshSchema();
  const open = () => createPostgresStore(database.client, { schema, ...options });
  let store = await open();
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await open();
      return store;
    },
    openSecond: open,
    destroy: async () => {
      await store.close();
      await database.query(`DROP SCHEMA IF EXISTS "${schema.replaceAll('"', '""')}" CASCADE`);
    },
  };
}
