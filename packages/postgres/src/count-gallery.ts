/** Figures of a gallery. */

import type { StoreStats } from '@isoface/core/gallery';
import type { Session } from './database.ts';
import type { TableNames } from './names.ts';

/** Figures, and the state of the database of which they are true. */
export interface CountedGallery {
  readonly stats: StoreStats;
  /** Which transactions are seen; absent on a replica, which does not tell. */
  readonly snapshot?: string | undefined;
}

/**
 * Counts, in an open transaction. Counting reads every row, and every search wants to know the size of the gallery: as long as no transaction has
 * written anything, the figures of before are given.
 */
export async function countGallery(session: Session, names: TableNames, before: CountedGallery | undefined): Promise<CountedGallery> {
  const [now] = await session.query<{ snapshot: string | null }>(
    'SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_current_snapshot()::text END AS snapshot',
  );
  const snapshot = now?.snapshot ?? undefined;
  if (before !== undefined && snapshot !== undefined && before.snapshot === snapshot) return before;
  const [row] = await session.query<{ identities: string; templates: string; bytes: string }>(
    `SELECT (SELECT count(*) FROM ${names.identity})::text AS identities, (SELECT count(*) FROM ${names.template})::text AS templates,
      (${sizeOf('$1')} + ${sizeOf('$2')} + ${sizeOf('$3')})::text AS bytes`,
    [names.gallery, names.identity, names.template],
  );
  const stats = { identities: Number(row?.identities), templates: Number(row?.templates), bytes: Number(row?.bytes) };
  return { stats, snapshot };
}

/** Of a table, or of all its partitions. */
function sizeOf(table: string): string {
  return `coalesce((SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(${table}::text::regclass)),
    pg_total_relation_size(${table}::text::regclass))`;
}
