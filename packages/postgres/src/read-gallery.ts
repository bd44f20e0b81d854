/** Reading a whole gallery as of one moment. */

import { compareIds, type StoredIdentity } from '@isoface/core/gallery';
import type { Session } from './database.ts';
import type { GalleryState } from './layout.ts';
import type { TableNames } from './names.ts';
import { groupIdentities, type IdentityRow, selectIdentities } from './rows.ts';

/** Rows that are fetched at a time. */
const BATCH_ROWS = 500;

/**
 * Characters from U+E000 on. UTF-8 sorts those beyond U+FFFF after all others, UTF-16 sorts them before U+E000: only among ids with such characters
 * does the order of the database differ from the one that is wanted.
 */
const OUT_OF_ORDER = '[\\uE000-\\U0010FFFF]';

/** One line of a list. */
export interface ListedIdentity {
  readonly id: string;
  readonly templates: number;
}

/** Every person, in an open transaction. */
export function readIdentities(
  session: Session,
  names: TableNames,
  state: GalleryState,
  location: string,
  onEmpty: (id: string) => void,
): AsyncGenerator<StoredIdentity> {
  return groupIdentities(fetchRows<IdentityRow>(session, selectIdentities(names, state)), state, location, onEmpty);
}

/** Every id with the number of its templates, ascending by UTF-16 code units, in an open transaction. */
export async function* listIdentities(session: Session, names: TableNames): AsyncGenerator<ListedIdentity> {
  const select = (condition: string): string =>
    `SELECT i.id, count(t.id)::text AS templates FROM ${names.identity} i LEFT JOIN ${names.template} t ON t.identity = i.id
      WHERE ${condition} GROUP BY i.id ORDER BY i.id`;
  const toListed = ({ id, templates }: { id: string; templates: string }): ListedIdentity => ({ id, templates: Number(templates) });
  const others = (await session.query<{ id: string; templates: string }>(select(`i.id ~ '${OUT_OF_ORDER}'`))).map(toListed);
  others.sort((a, b) => compareIds(a.id, b.id));
  let next = 0;
  for await (const row of fetchRows<{ id: string; templates: string }>(session, select(`i.id !~ '${OUT_OF_ORDER}'`))) {
    for (let other = others[next]; other !== undefined && compareIds(other.id, row.id) < 0; other = others[next]) {
      next++;
      yield other;
    }
    yield toListed(row);
  }
  yield* others.slice(next);
}

async function* fetchRows<Row>(session: Session, select: string): AsyncGenerator<Row> {
  await session.query(`DECLARE isoface_rows NO SCROLL CURSOR FOR ${select}`);
  while (true) {
    const rows = await session.query<Row>(`FETCH ${BATCH_ROWS} FROM isoface_rows`);
    yield* rows;
    if (rows.length < BATCH_ROWS) break;
  }
  await session.query('CLOSE isoface_rows');
}
