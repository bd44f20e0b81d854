/** Galleries in PostgreSQL with pgvector, on a server or embedded with PGlite. */

export { createPostgresStore, type PostgresStoreOptions } from './postgres-store.ts';
export type { IndexSearchOptions } from './search-templates.ts';
export type { EmbeddedSql, SqlClient, SqlConnection, SqlPool, SqlRunner } from './sql-client.ts';
export { createVectorIndex, dropVectorIndex, type VectorIndexOptions } from './vector-index.ts';
