/** Galleries in PostgreSQL with pgvector. */

export { createPostgresStore, type PostgresStoreOptions } from './postgres-store.ts';
export type { SqlClient } from './sql-client.ts';
