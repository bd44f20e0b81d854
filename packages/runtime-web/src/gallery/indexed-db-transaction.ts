/** Transactions over the tables of a gallery. */

import type { IDBPTransaction, StoreNames } from 'idb';
import type { GalleryDatabase, GalleryTables } from './indexed-db-connection.ts';

type Tables = StoreNames<GalleryTables>;

/** A transaction over all tables of a gallery. */
export type Transaction<Mode extends IDBTransactionMode> = IDBPTransaction<GalleryTables, Tables[], Mode>;

/**
 * Runs a transaction over all tables, which is flushed to the disk before this resolves.
 *
 * @param work - Waits for nothing but requests of the transaction, or it ends early.
 * @throws What made it fail: of an aborted transaction its own error rather than that of a request, which says only that it was aborted.
 */
export async function runTransaction<T, Mode extends IDBTransactionMode>(
  db: GalleryDatabase,
  mode: Mode,
  work: (transaction: Transaction<Mode>) => Promise<T>,
): Promise<T> {
  const names: Tables[] = ['head', 'identities'];
  const transaction = db.transaction(names, mode, { durability: 'strict' });
  const done = transaction.done.then(
    () => undefined,
    (cause: unknown) => ({ cause }),
  );
  let result: T;
  try {
    result = await work(transaction);
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has aborted already.
    }
    const failure = await done;
    throw failure === undefined || isAbort(failure.cause) || !isAbort(error) ? error : failure.cause;
  }
  const failure = await done;
  if (failure !== undefined) throw failure.cause;
  return result;
}

function isAbort(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === 'AbortError';
}
