/**
 * What is needed of a client of the database. `Pool` of the package `pg` and `PGlite` have these shapes already; nothing is imported from either, so
 * that whoever uses one of them does not have to install the other.
 */

/** Runs one statement; parameters are `$1`, `$2`, … Byte arrays may be parameters of type `bytea`, and come back as `Uint8Array` or a subclass. */
export interface SqlRunner {
  query(statement: string, parameters?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** A connection that was taken out of a pool. */
export interface SqlConnection extends SqlRunner {
  /** Puts it back; with `true` it is closed instead. */
  release(destroy?: boolean): void;
}

/** A pool of connections, e.g. `new pg.Pool(…)`. */
export interface SqlPool {
  connect(): Promise<SqlConnection>;
  /** `max` is the number of connections. @defaultValue more than one */
  readonly options?: { readonly max?: number | undefined } | undefined;
}

/** A database with one connection inside this process, e.g. `PGlite`. */
export interface EmbeddedSql extends SqlRunner {
  transaction<Result>(work: (transaction: SqlRunner) => Promise<Result>): Promise<Result>;
}

/** Whatever `createPostgresStore` accepts. */
export type SqlClient = SqlPool | EmbeddedSql;
