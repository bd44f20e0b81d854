/** The tables of a gallery: what they are, and whether those in the database are such. */

import { FaceError, isFaceError } from '@isoface/core';
import type { GalleryHeader } from '@isoface/core/gallery';
import type { Session } from './database.ts';
import { newerGallery, parseHeaderText } from './header-text.ts';
import type { TableNames } from './names.ts';
import { quoteName } from './names.ts';
import { isNotThere, sqlStateOf } from './sql-errors.ts';

/** Version of the tables. */
export const LAYOUT_VERSION = 1;

/** Vectors up to this dimension stay in the row; longer ones would not leave room for the rest in a page of 8 KiB. */
const MAX_INLINE_DIMENSION = 1_500;

/** What stands in the database. */
export interface GalleryState {
  readonly header: GalleryHeader;
  /** Counts how often everything was replaced. */
  readonly revision: string;
  /** Schema of pgvector, quoted; absent where templates are sealed and of type `bytea`. */
  readonly vectorSchema?: string | undefined;
  /** `[0, 8]`: version 0.8. */
  readonly vectorVersion?: readonly [number, number] | undefined;
  /** An index by which the vectors can be searched. */
  readonly index?: VectorIndexKind | undefined;
}

/** How pgvector searches without looking at every row. */
export type VectorIndexKind = 'hnsw' | 'ivfflat';

/** Operator class and operator of pgvector for a metric. */
export function operatorsOf(metric: GalleryHeader['metric']): { readonly opclass: string; readonly operator: string } {
  return metric === 'cosine' ? { opclass: 'vector_cosine_ops', operator: '<=>' } : { opclass: 'vector_l2_ops', operator: '<->' };
}

/** Type of the column that holds templates. */
export function vectorType(header: GalleryHeader, vectorSchema: string | undefined): string {
  return header.encryption === undefined ? `${vectorSchema}.vector(${header.dimension})` : 'bytea';
}

/**
 * Statements that create the tables.
 *
 * No statistics are gathered: the database would copy values of these columns into `pg_statistic`, where they outlive the person who is deleted.
 */
export function createTables(names: TableNames, header: GalleryHeader, vectorSchema: string | undefined): readonly string[] {
  return [
    `CREATE TABLE ${names.gallery} (
      only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
      layout integer NOT NULL,
      revision bigint NOT NULL,
      header jsonb NOT NULL)`,
    `CREATE TABLE ${names.identity} (
      id text COLLATE "C" NOT NULL,
      details bytea NOT NULL,
      CONSTRAINT identity_pkey PRIMARY KEY (id))`,
    `CREATE TABLE ${names.template} (
      identity text COLLATE "C" NOT NULL,
      id integer NOT NULL,
      vector ${vectorType(header, vectorSchema)} NOT NULL,
      details bytea NOT NULL,
      CONSTRAINT template_pkey PRIMARY KEY (identity, id),
      CONSTRAINT template_identity_fkey FOREIGN KEY (identity) REFERENCES ${names.identity} ON DELETE CASCADE)`,
    `ALTER TABLE ${names.identity} ALTER id SET STATISTICS 0, ALTER details SET STATISTICS 0`,
    `ALTER TABLE ${names.template} ALTER identity SET STATISTICS 0, ALTER details SET STATISTICS 0`,
    ...configureVector(names, header),
  ];
}

/** Statements for a vector column that is new or has another type now. */
export function configureVector(names: TableNames, header: GalleryHeader): readonly string[] {
  const isInline = header.encryption === undefined && header.dimension <= MAX_INLINE_DIMENSION;
  // A sequential scan that has to fetch every vector from another place takes several times as long.
  return [`ALTER TABLE ${names.template} ALTER vector SET STATISTICS 0, ALTER vector SET STORAGE ${isInline ? 'PLAIN' : 'EXTERNAL'}`];
}

/**
 * Reads the state inside a transaction that holds a lock of the table `gallery`, so that it stays true until the end of the transaction.
 *
 * @throws {FaceError} `GALLERY_DAMAGED` for tables of something else, `GALLERY_UNSUPPORTED` for newer ones.
 */
export async function loadState(session: Session, names: TableNames, location: string): Promise<GalleryState> {
  const [row] = await loadRow(session, names, location);
  if (row === undefined) throw foreign('no row in the table gallery', location);
  if (Number(row.layout) > LAYOUT_VERSION) throw newerGallery(Number(row.layout), LAYOUT_VERSION, location);
  const header = parseHeaderText(row.header, location);
  const columns = (JSON.parse(row.columns) ?? []) as ColumnRow[];
  const typeOf = (table: string, column: string): ColumnRow | undefined =>
    columns.find((other) => other.table === table && other.column === column);
  const vector = typeOf('template', 'vector');
  for (const [table, column, type] of EXPECTED) {
    const got = typeOf(table, column)?.type;
    if (got !== type) throw foreign(`${got ?? 'nothing'} instead of ${type} in column ${table}.${column}`, location);
  }
  const isSealed = header.encryption !== undefined;
  const expected = isSealed ? 'bytea' : `vector(${header.dimension})`;
  const got = vector?.type === 'vector' ? `vector(${vector.modifier})` : (vector?.type ?? 'nothing');
  if (got !== expected || vector === undefined) throw foreign(`${got} instead of ${expected} in column template.vector`, location);
  const [major = 0, minor = 0] = (row.version ?? '').split('.').map(Number);
  const usable = (JSON.parse(row.indexes) ?? []) as IndexRow[];
  return {
    header,
    revision: row.revision,
    ...(!isSealed && {
      vectorSchema: quoteName(vector.schema),
      vectorVersion: [major, minor],
      index: usable.find(({ opclass }) => opclass === operatorsOf(header.metric).opclass)?.kind,
    }),
  };
}

interface ColumnRow {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly schema: string;
  readonly modifier: number;
}

interface IndexRow {
  readonly kind: VectorIndexKind;
  readonly opclass: string;
}

interface StateRow {
  readonly layout: number;
  readonly revision: string;
  readonly header: string;
  readonly version: string | null;
  readonly columns: string;
  readonly indexes: string;
}

const EXPECTED = [
  ['identity', 'id', 'text'],
  ['identity', 'details', 'bytea'],
  ['template', 'identity', 'text'],
  ['template', 'id', 'int4'],
  ['template', 'details', 'bytea'],
] as const;

async function loadRow(session: Session, names: TableNames, location: string): Promise<readonly StateRow[]> {
  // Texts instead of numbers and JSON: a caller may have told the client to parse those types in a way of its own.
  const statement = `
    SELECT g.layout, g.revision::text AS revision, g.header::text AS header,
      (SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'vector') AS version,
      CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', true) END AS durable,
      coalesce((SELECT json_agg(json_build_object('table', c.relname, 'column', a.attname, 'type', t.typname, 'schema', tn.nspname,
          'modifier', a.atttypmod))
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
        WHERE n.nspname = $1::text AND c.relname IN ('identity', 'template') AND c.relkind IN ('r', 'p')), '[]')::text AS columns,
      coalesce((SELECT json_agg(json_build_object('kind', am.amname, 'opclass', o.opcname))
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_index x ON x.indrelid = c.oid AND x.indisvalid
        JOIN pg_catalog.pg_class ic ON ic.oid = x.indexrelid
        JOIN pg_catalog.pg_am am ON am.oid = ic.relam
        JOIN pg_catalog.pg_opclass o ON o.oid = x.indclass[0]
        WHERE n.nspname = $1::text AND c.relname = 'template' AND am.amname IN ('hnsw', 'ivfflat')), '[]')::text AS indexes
    FROM ${names.gallery} g`;
  try {
    return await session.query<StateRow>(statement, [names.schemaName]);
  } catch (error) {
    // 42703: no such column, 42846: cannot be cast.
    if (isFaceError(error) && ['42703', '42846'].includes(sqlStateOf(error))) throw foreign('a table gallery with other columns', location);
    throw error;
  }
}

/** For tables in the schema that are not those of a gallery. */
export function foreign(got: string, location: string): FaceError {
  const message = `Expected the tables of a gallery in ${location}, got ${got}; choose another schema, or restore the database from a backup.`;
  return new FaceError('GALLERY_DAMAGED', message, { location });
}

/**
 * What stops the table `gallery` from being replaced while a transaction works on what it describes. Must come before the first query, for a snapshot
 * that is older than the lock might show tables that were emptied since.
 */
export function lockStatements(names: TableNames, mode: 'ACCESS SHARE' | 'ROW EXCLUSIVE', lockTimeoutMs: number): readonly string[] {
  return [`SET LOCAL lock_timeout = ${lockTimeoutMs}`, `LOCK TABLE ${names.gallery} IN ${mode} MODE`];
}

/** `undefined` where the work found no gallery. */
export async function unlessMissing<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}
