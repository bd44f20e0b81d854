/** Transactions over whichever client the caller has. */

import { FaceError } from '@isoface/core';
import type { EmbeddedSql, SqlClient, SqlConnection, SqlPool, SqlRunner } from './sql-client.ts';
import { toStoreError } from './sql-errors.ts';

/** Runs statements one after another on one connection. Errors are those of `toStoreError`. */
export interface Session {
  query<Row>(statement: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
}

/** A database as the store sees it. */
export interface Database {
  readonly product: 'PostgreSQL' | 'PGlite';
  /** Runs outside of any transaction, on one connection. */
  direct<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
  /**
   * Runs a transaction: what `work` throws undoes it and is passed on.
   *
   * @param mode - What follows `BEGIN`.
   * @param setup - Statements without parameters before `work`.
   */
  transaction<Result>(mode: string, setup: readonly string[], work: (session: Session) => Promise<Result>): Promise<Result>;
  /**
   * Hands out items while the transaction is open. With one connection only, the items are gathered first: whoever consumes them may want to use the
   * database meanwhile, and would wait for ever.
   */
  stream<Item>(mode: string, setup: readonly string[], work: (session: Session) => AsyncIterable<Item>): AsyncIterable<Item>;
  /** Whether a second transaction can go on while one is open. */
  readonly isConcurrent: boolean;
}

/**
 * Recognises the client by its methods.
 *
 * @param location - For messages.
 * @throws {FaceError} `INVALID_OPTION` if it is neither a pool nor embedded.
 */
export function openDatabase(client: SqlClient, location: string): Database {
  const methods = (typeof client === 'object' && client !== null ? client : {}) as Partial<Record<string, unknown>>;
  if (typeof methods['transaction'] === 'function' && typeof methods['query'] === 'function') {
    return openEmbedded(client as EmbeddedSql, location);
  }
  if (typeof methods['connect'] === 'function') return openPool(client as SqlPool, location);
  throw notAClient('something else');
}

function openEmbedded(client: EmbeddedSql, location: string): Database {
  const transaction: Database['transaction'] = async (mode, setup, work) => {
    // What the work throws is passed on as it is; what the client throws by itself is translated.
    let thrown: { readonly error: unknown } | undefined;
    try {
      return await client.transaction(async (runner) => {
        const session = toSession(runner, location);
        try {
          await session.query(`SET TRANSACTION ${mode}`);
          for (const statement of setup) await session.query(statement);
          return await work(session);
        } catch (error) {
          thrown = { error };
          throw error;
        }
      });
    } catch (error) {
      throw thrown === undefined ? toStoreError(error, location) : thrown.error;
    }
  };
  return {
    product: 'PGlite',
    isConcurrent: false,
    direct: (work) => work(toSession(client, location)),
    transaction,
    stream: (mode, setup, work) => gathered(() => transaction(mode, setup, async (session) => collect(work(session)))),
  };
}

function openPool(pool: SqlPool, location: string): Database {
  const isConcurrent = pool.options?.max === undefined || pool.options.max > 1;
  const transaction: Database['transaction'] = async (mode, setup, work) => {
    const connection = await checkOut(pool, location);
    return connection.use(async (session) => {
      await session.query([`BEGIN ${mode}`, ...setup].join('; '));
      const result = await work(session);
      await session.query('COMMIT');
      return result;
    });
  };
  return {
    product: 'PostgreSQL',
    isConcurrent,
    direct: async (work) => (await checkOut(pool, location)).use(work, { isTransaction: false }),
    transaction,
    stream: isConcurrent
      ? (mode, setup, work) => streamed(pool, location, [`BEGIN ${mode}`, ...setup].join('; '), work)
      : (mode, setup, work) => gathered(() => transaction(mode, setup, async (session) => collect(work(session)))),
  };
}

async function* gathered<Item>(gather: () => Promise<readonly Item[]>): AsyncIterable<Item> {
  yield* await gather();
}

async function* streamed<Item>(
  pool: SqlPool,
  location: string,
  begin: string,
  work: (session: Session) => AsyncIterable<Item>,
): AsyncIterable<Item> {
  const connection = await checkOut(pool, location);
  let isDone = false;
  try {
    await connection.session.query(begin);
    yield* work(connection.session);
    await connection.session.query('COMMIT');
    isDone = true;
  } finally {
    // Also when the consumer leaves in the middle.
    if (isDone) connection.putBack();
    else await connection.rollBack();
  }
}

interface CheckedOut {
  readonly session: Session;
  /** Puts the connection back when the work is done, and undoes what is left of a transaction if it fails. */
  use<Result>(work: (session: Session) => Promise<Result>, options?: { readonly isTransaction: boolean }): Promise<Result>;
  putBack(): void;
  rollBack(): Promise<void>;
}

async function checkOut(pool: SqlPool, location: string): Promise<CheckedOut> {
  let connection: SqlConnection;
  try {
    connection = await pool.connect();
  } catch (error) {
    throw toStoreError(error, location);
  }
  if (typeof connection?.release !== 'function') throw notAClient('a single connection');
  const stopListening = ignoreErrorEvents(connection);
  const session = toSession(connection, location);
  const giveBack = (destroy: boolean): void => {
    stopListening();
    connection.release(destroy);
  };
  const putBack = (): void => giveBack(false);
  const rollBack = async (): Promise<void> => {
    try {
      await connection.query('ROLLBACK');
      giveBack(false);
    } catch {
      // A connection that cannot even do that is of no use to anybody.
      giveBack(true);
    }
  };
  return {
    session,
    putBack,
    rollBack,
    use: async (work, { isTransaction } = { isTransaction: true }) => {
      try {
        const result = await work(session);
        putBack();
        return result;
      } catch (error) {
        if (isTransaction) await rollBack();
        // Settings of the session may have been left behind.
        else giveBack(true);
        throw error;
      }
    },
  };
}

/**
 * A connection of `pg` that breaks rejects its query and then emits `error` as well, which would end the process: the pool listens only to connections
 * that are at home.
 */
function ignoreErrorEvents(connection: SqlConnection): () => void {
  const { on, removeListener } = connection as {
    on?: (event: string, listener: () => void) => void;
    removeListener?: (event: string, listener: () => void) => void;
  };
  if (typeof on !== 'function' || typeof removeListener !== 'function') return () => {};
  const ignore = (): void => {};
  on.call(connection, 'error', ignore);
  return () => removeListener.call(connection, 'error', ignore);
}

function toSession(runner: SqlRunner, location: string): Session {
  return {
    async query<Row>(statement: string, parameters: readonly unknown[] = []) {
      try {
        // Without parameters `pg` takes the simple protocol, in which one message may hold several statements.
        const { rows } = await (parameters.length === 0 ? runner.query(statement) : runner.query(statement, [...parameters]));
        return rows as readonly Row[];
      } catch (error) {
        throw toStoreError(error, location);
      }
    },
  };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function notAClient(got: string): FaceError {
  return new FaceError('INVALID_OPTION', `Expected a Pool of the package pg or a PGlite as client, got ${got}.`, { option: 'client' });
}
