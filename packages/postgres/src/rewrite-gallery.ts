/** Replacing a whole gallery in one transaction, or creating it. */

import { FaceError, isFaceError } from '@isoface/core';
import { type GalleryHeader, identityTwice, type StoredIdentity } from '@isoface/core/gallery';
import type { Session } from './database.ts';
import { toHeaderText } from './header-text.ts';
import { configureVector, createTables, foreign, type GalleryState, LAYOUT_VERSION, loadState, vectorType } from './layout.ts';
import type { TableNames } from './names.ts';
import { quoteName } from './names.ts';
import { insertRows, toIdentityValues, toTemplateValues } from './rows.ts';
import { sqlStateOf } from './sql-errors.ts';

/** People that are taken from the source before they are sent. */
const BATCH = 200;

/**
 * Fills tables of its own first and swaps at the end, so that readers wait only for the swap, and the source may read the gallery meanwhile. The
 * gallery's tables stay the same objects: grants, partitions and indexes on them survive. `TRUNCATE` gives their old files back at once.
 */
export async function rewriteGallery(
  session: Session,
  names: TableNames,
  header: GalleryHeader,
  identities: AsyncIterable<StoredIdentity> | Iterable<StoredIdentity>,
  location: string,
): Promise<void> {
  const vectorSchema = header.encryption === undefined ? await ensureVector(session, location) : undefined;
  const before = await openTables(session, names, header, vectorSchema, location);
  await stage(session, header, vectorSchema, identities);
  await swap(session, names, header, vectorSchema, before);
}

/** The schema of pgvector, quoted; installs it where it is missing. */
async function ensureVector(session: Session, location: string): Promise<string> {
  const find = `SELECT n.nspname AS name FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'`;
  const look = async (): Promise<string | undefined> => (await session.query<{ name: string }>(find))[0]?.name;
  let found = await look();
  if (found === undefined) {
    // Whoever else is installing it in this moment comes first.
    await session.query(`SELECT pg_advisory_xact_lock(hashtextextended('isoface vector', 0))`);
    found = await look();
  }
  if (found !== undefined) return quoteName(found);
  try {
    await session.query('CREATE EXTENSION vector');
  } catch (error) {
    if (!isFaceError(error) || sqlStateOf(error) === '') throw error;
    const isForbidden = sqlStateOf(error) === '42501';
    const got = isForbidden ? 'a role that may not create it' : 'a server that does not have it';
    const advice = isForbidden
      ? 'let an administrator run CREATE EXTENSION vector in this database'
      : 'install pgvector on the server (with PGlite: pass the extension to PGlite.create)';
    const message = `Expected the extension vector in the database (${location}), got ${got}; ${advice}. An encrypted gallery does without it.`;
    throw new FaceError('BACKEND_UNAVAILABLE', message, { location, sqlState: sqlStateOf(error) });
  }
  return quoteName((await look()) ?? 'public');
}

/** Keeps all other writers away; creates the tables where there are none, and gives the state of those that are there. */
async function openTables(
  session: Session,
  names: TableNames,
  header: GalleryHeader,
  vectorSchema: string | undefined,
  location: string,
): Promise<GalleryState | undefined> {
  // Two who create the same gallery at the same time: the second finds it when the first is done.
  await session.query('SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))', [`isoface gallery ${names.schemaName}`]);
  const [row] = await session.query<{ schema: boolean; gallery: boolean; encoding: string }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1::text) AS schema, to_regclass($2::text) IS NOT NULL AS gallery,
      current_setting('server_encoding') AS encoding`,
    [names.schemaName, names.gallery],
  );
  if (row?.gallery === true) {
    await session.query(`LOCK TABLE ${names.gallery} IN SHARE ROW EXCLUSIVE MODE`);
    return loadState(session, names, location);
  }
  if (row?.encoding !== 'UTF8') {
    const message = `Expected a database in UTF8, in which every id can be written, got ${row?.encoding} (${location}); create one with ENCODING 'UTF8'.`;
    throw new FaceError('INVALID_OPTION', message, { location, encoding: row?.encoding });
  }
  // Not IF NOT EXISTS: that asks for the permission to create a schema even where it is there.
  if (row.schema !== true) await session.query(`CREATE SCHEMA ${names.schema}`);
  try {
    for (const statement of createTables(names, header, vectorSchema)) await session.query(statement);
  } catch (error) {
    if (sqlStateOf(error) === '42P07') throw foreign('tables identity or template without a table gallery', location);
    throw error;
  }
  return undefined;
}

async function stage(
  session: Session,
  header: GalleryHeader,
  vectorSchema: string | undefined,
  identities: AsyncIterable<StoredIdentity> | Iterable<StoredIdentity>,
): Promise<void> {
  // Temporary tables are not logged.
  await session.query(
    'CREATE TEMPORARY TABLE isoface_new_identity (id text COLLATE "C" PRIMARY KEY, details bytea NOT NULL) ON COMMIT DROP',
  );
  await session.query(
    `CREATE TEMPORARY TABLE isoface_new_template (identity text COLLATE "C" NOT NULL, id integer NOT NULL,
      vector ${vectorType(header, vectorSchema)} NOT NULL, details bytea NOT NULL) ON COMMIT DROP`,
  );
  let batch: StoredIdentity[] = [];
  for await (const identity of identities) {
    batch.push(identity);
    if (batch.length < BATCH) continue;
    await stageBatch(session, header, batch);
    batch = [];
  }
  if (batch.length > 0) await stageBatch(session, header, batch);
}

async function stageBatch(session: Session, header: GalleryHeader, batch: readonly StoredIdentity[]): Promise<void> {
  const inserted = await insertRows<{ id: string }>(
    session,
    'pg_temp.isoface_new_identity (id, details)',
    batch.map(toIdentityValues),
    'ON CONFLICT (id) DO NOTHING RETURNING id',
  );
  if (inserted.length < batch.length) {
    const fresh = new Set(inserted.map(({ id }) => id));
    // The first of its name was inserted, unless it had come in an earlier batch.
    const twice = batch.find(({ id }) => !fresh.delete(id));
    throw identityTwice(twice?.id ?? '');
  }
  await insertRows(
    session,
    'pg_temp.isoface_new_template (identity, id, vector, details)',
    batch.flatMap((identity) => toTemplateValues(identity, { header })),
  );
}

async function swap(
  session: Session,
  names: TableNames,
  header: GalleryHeader,
  vectorSchema: string | undefined,
  before: GalleryState | undefined,
): Promise<void> {
  // Waits for those who are reading: TRUNCATE would empty the tables under their eyes.
  await session.query(`LOCK TABLE ${names.gallery} IN ACCESS EXCLUSIVE MODE`);
  const indexes = before === undefined ? [] : await dropVectorIndexes(session, names);
  if (before !== undefined) await session.query(`TRUNCATE ${names.template}, ${names.identity}`);
  const type = vectorType(header, vectorSchema);
  if (before !== undefined && type !== vectorType(before.header, before.vectorSchema)) {
    // The table is empty: what the old type would become does not matter.
    await session.query(`ALTER TABLE ${names.template} ALTER vector TYPE ${type} USING NULL`);
    for (const statement of configureVector(names, header)) await session.query(statement);
  }
  await session.query(`INSERT INTO ${names.identity} (id, details) SELECT id, details FROM pg_temp.isoface_new_identity ORDER BY id`);
  await session.query(
    `INSERT INTO ${names.template} (identity, id, vector, details)
      SELECT identity, id, vector, details FROM pg_temp.isoface_new_template ORDER BY identity, id`,
  );
  // Filled tables are indexed faster than indexed tables are filled, and ivfflat learns its lists from what is there.
  if (header.encryption === undefined && before?.header.metric === header.metric) for (const create of indexes) await session.query(create);
  await session.query(`DELETE FROM ${names.gallery}`);
  await session.query(`INSERT INTO ${names.gallery} (layout, revision, header) VALUES ($1::integer, $2::bigint, $3::jsonb)`, [
    LAYOUT_VERSION,
    String(BigInt(before?.revision ?? 0) + 1n),
    toHeaderText(header),
  ]);
}

/** Drops indexes of vectors; gives the statements that create them again. */
async function dropVectorIndexes(session: Session, names: TableNames): Promise<readonly string[]> {
  const indexes = await session.query<{ name: string; definition: string }>(
    `SELECT ic.relname AS name, pg_get_indexdef(ic.oid) AS definition
      FROM pg_catalog.pg_index x
      JOIN pg_catalog.pg_class ic ON ic.oid = x.indexrelid
      JOIN pg_catalog.pg_am am ON am.oid = ic.relam
      WHERE x.indrelid = $1::regclass AND am.amname IN ('hnsw', 'ivfflat')`,
    [names.template],
  );
  for (const { name } of indexes) await session.query(`DROP INDEX ${names.schema}.${quoteName(name)}`);
  // Of a partitioned table the definition names the table alone, which would leave the partitions without.
  return indexes.map(({ definition }) => definition.replace(' ON ONLY ', ' ON '));
}
