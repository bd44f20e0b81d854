/** Changes of single people, in an open transaction. */

import type { GalleryChange, StoredIdentity } from '@isoface/core/gallery';
import { compareIds } from '@isoface/core/gallery';
import type { Session } from './database.ts';
import type { GalleryState } from './layout.ts';
import type { TableNames } from './names.ts';
import { insertRows, toIdentityValues, toTemplateValues, vectorBytes } from './rows.ts';

/**
 * Applies changes. Rows are locked in the order of their ids, so that writers who touch the same people wait and do not block each other.
 *
 * @returns Whether there was anybody to be replaced or removed.
 */
export async function applyChanges(
  session: Session,
  names: TableNames,
  state: GalleryState,
  changes: readonly GalleryChange[],
): Promise<boolean> {
  const { put, touched, removed } = lastChanges(changes);
  if (touched.length === 0) return false;
  const before = await session.query(`SELECT id FROM ${names.identity} WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE`, [touched]);
  if (removed.length > 0) {
    await session.query(`DELETE FROM ${names.template} WHERE identity = ANY($1::text[])`, [removed]);
    await session.query(`DELETE FROM ${names.identity} WHERE id = ANY($1::text[])`, [removed]);
  }
  const hasReplaced = before.length > 0;
  if (put.length === 0) return hasReplaced;
  // A row that would stay the same is only locked: every new version of a row leaves the old one behind.
  await insertRows(
    session,
    `${names.identity} AS i (id, details)`,
    put.map(toIdentityValues),
    'ON CONFLICT (id) DO UPDATE SET details = excluded.details WHERE i.details <> excluded.details',
  );
  const kept = put.flatMap(({ id, templates }) => templates.map((template) => ({ id, template: template.id })));
  await session.query(
    `DELETE FROM ${names.template} t WHERE t.identity = ANY($1::text[]) AND NOT EXISTS (
      SELECT FROM unnest($2::text[], $3::integer[]) AS kept (identity, id) WHERE kept.identity = t.identity AND kept.id = t.id)`,
    [put.map(({ id }) => id), kept.map(({ id }) => id), kept.map(({ template }) => template)],
  );
  const newBytes = vectorBytes(state).replace('t.vector', 'excluded.vector');
  await insertRows(
    session,
    `${names.template} AS t (identity, id, vector, details)`,
    put.flatMap((identity) => toTemplateValues(identity, state)),
    `ON CONFLICT (identity, id) DO UPDATE SET vector = excluded.vector, details = excluded.details
      WHERE t.details <> excluded.details OR ${vectorBytes(state)} <> ${newBytes}`,
  );
  return hasReplaced;
}

/** What remains to be done if changes are applied one after another: the last one of each id. */
function lastChanges(changes: readonly GalleryChange[]): {
  readonly put: readonly StoredIdentity[];
  readonly touched: readonly string[];
  readonly removed: readonly string[];
} {
  const last = new Map(changes.map((change) => [change.type === 'put' ? change.identity.id : change.id, change] as const));
  const touched = [...last.keys()].sort(compareIds);
  const put = touched.flatMap((id) => {
    const change = last.get(id);
    return change?.type === 'put' ? [change.identity] : [];
  });
  return { put, touched, removed: touched.filter((id) => last.get(id)?.type === 'remove') };
}
