/** The little that is needed of a client of the database. `Pool` of `pg` and `PGlite` are both easily brought into this form. */

/** Sends statements. */
export interface SqlClient {
  /** Runs one statement; parameters are `$1`, `$2`, … */
  query<Row>(statement: string, parameters?: readonly unknown[]): Promise<{ readonly rows: readonly Row[] }>;
}
