/** Giving back space, and with it the bytes of what was deleted. */

import { FaceError } from '@isoface/core';
import type { Database, Session } from './database.ts';
import type { TableNames } from './names.ts';

/**
 * Writes the tables anew, without the rows that were deleted or replaced: until then these stay in the files of the tables. Everybody else waits
 * meanwhile. On an embedded database the log goes as well; on a server it stays as long as the server keeps it.
 *
 * @throws {FaceError} `GALLERY_LOCKED`; `IO_FAILED` if the tables belong to another role.
 */
export async function compactGallery(database: Database, names: TableNames, lockTimeoutMs: number, location: string): Promise<void> {
  await database.direct(async (session) => {
    // Without the permission the database says so in a warning, and does nothing.
    const [row] = await session.query<{ owned: boolean }>(
      `SELECT coalesce(bool_and(pg_has_role(relowner, 'USAGE')), true) AS owned FROM pg_catalog.pg_class
        WHERE oid IN (to_regclass($1::text), to_regclass($2::text))`,
      [names.identity, names.template],
    );
    if (row?.owned === false) {
      const message = `Expected a role that owns the tables in ${location}, got another one; let the owner run VACUUM (FULL) on them.`;
      throw new FaceError('IO_FAILED', message, { location });
    }
    await session.query(`SET lock_timeout = ${lockTimeoutMs}`);
    try {
      await session.query(`VACUUM (FULL) ${names.template}`);
      await session.query(`VACUUM (FULL) ${names.identity}`);
    } finally {
      // The session is the caller's where the database is embedded. What went wrong before is what matters.
      await session.query('RESET lock_timeout').catch(() => {});
    }
    if (database.product === 'PGlite') await dropLog(session);
  });
}

/** An embedded database has no replica that needs its log, and takes the checkpoint in this very session. */
async function dropLog(session: Session): Promise<void> {
  await session.query('SET wal_recycle = off');
  await session.query('SELECT pg_switch_wal()');
  await session.query('CHECKPOINT');
  await session.query('RESET wal_recycle');
}
