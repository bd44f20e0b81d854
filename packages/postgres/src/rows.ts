/** People and templates as rows. */

import { FaceError } from '@isoface/core';
import type { StoredIdentity, StoredTemplate } from '@isoface/core/gallery';
import type { Session } from './database.ts';
import type { GalleryState } from './layout.ts';
import type { TableNames } from './names.ts';
import { fromVectorBytes, toNumbers, toVectorText } from './vector-text.ts';

/** Parameters of one statement; the protocol allows 65,535. */
const MAX_PARAMETERS = 8_000;
/** Bytes of one statement, roughly. */
const MAX_BYTES = 4_000_000;

/** A template without its owner. */
export interface TemplateRow {
  readonly template: number;
  readonly vector: unknown;
  readonly template_details: unknown;
}

/** One template of one person; without template where the person has none. */
export interface IdentityRow extends Omit<TemplateRow, 'template'> {
  readonly id: string;
  readonly details: unknown;
  readonly template: number | null;
}

/** The column `vector` of the table `t` as bytes. */
export function vectorBytes({ vectorSchema }: GalleryState): string {
  return vectorSchema === undefined ? 't.vector' : `${vectorSchema}.vector_send(t.vector)`;
}

/** Selects {@link IdentityRow}s; those of one person come one after another. */
export function selectIdentities(names: TableNames, state: GalleryState, where = ''): string {
  return `SELECT i.id, i.details, t.id AS template, ${vectorBytes(state)} AS vector, t.details AS template_details
    FROM ${names.identity} i LEFT JOIN ${names.template} t ON t.identity = i.id ${where} ORDER BY i.id, t.id`;
}

/** Puts rows together. People without templates are reported and left out. */
export async function* groupIdentities(
  rows: AsyncIterable<IdentityRow> | Iterable<IdentityRow>,
  state: GalleryState,
  location: string,
  onEmpty: (id: string) => void,
): AsyncGenerator<StoredIdentity> {
  let current: { readonly id: string; readonly details: Uint8Array; readonly templates: StoredTemplate[] } | undefined;
  for await (const { id, details, template, ...row } of rows) {
    if (current !== undefined && current.id !== id) {
      yield current;
      current = undefined;
    }
    if (template === null) {
      onEmpty(id);
      continue;
    }
    current ??= { id, details: toBytes(details, location), templates: [] };
    current.templates.push(toTemplate({ template, ...row }, state, location));
  }
  if (current !== undefined) yield current;
}

/** A template out of its row. */
export function toTemplate({ template, vector, template_details }: TemplateRow, state: GalleryState, location: string): StoredTemplate {
  const bytes = toBytes(vector, location);
  return {
    id: Number(template),
    vector: state.vectorSchema === undefined ? bytes : fromVectorBytes(bytes),
    details: toBytes(template_details, location),
  };
}

/** Rows for {@link insertRows}. */
export function toIdentityValues({ id, details }: StoredIdentity): readonly unknown[] {
  return [id, details];
}

/** Rows for {@link insertRows}: identity, id, vector, details. */
export function toTemplateValues(
  { id, templates }: StoredIdentity,
  { header }: Pick<GalleryState, 'header'>,
): readonly (readonly unknown[])[] {
  return templates.map((template) => [
    id,
    template.id,
    header.encryption === undefined ? toVectorText(toNumbers(template.vector, header.dimension)) : template.vector,
    template.details,
  ]);
}

/**
 * Inserts rows, as many at a time as a statement holds.
 *
 * @param into - Table and columns.
 * @param after - What follows the values, e.g. `ON CONFLICT …`.
 * @returns What `after` returned.
 */
export async function insertRows<Row>(
  session: Session,
  into: string,
  rows: readonly (readonly unknown[])[],
  after = '',
): Promise<readonly Row[]> {
  const returned: Row[] = [];
  for (const part of inParts(rows)) {
    const width = part[0]?.length ?? 0;
    const tuples = part.map((_, row) => `(${Array.from({ length: width }, (_, column) => `$${row * width + column + 1}`).join(',')})`);
    returned.push(...(await session.query<Row>(`INSERT INTO ${into} VALUES ${tuples.join(',')} ${after}`, part.flat())));
  }
  return returned;
}

function* inParts(rows: readonly (readonly unknown[])[]): Generator<(readonly unknown[])[]> {
  let part: (readonly unknown[])[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = sizeOf(row);
    if (part.length > 0 && ((part.length + 1) * row.length > MAX_PARAMETERS || bytes + size > MAX_BYTES)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(row);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

/** Bytes that rows take on the way, roughly. */
function sizeOf(row: readonly unknown[]): number {
  return row.reduce<number>((sum, value) => sum + (typeof value === 'string' || value instanceof Uint8Array ? value.length : 8), 0);
}

/** A copy: clients give views of memory that they use again. */
function toBytes(value: unknown, location: string): Uint8Array {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  const message = `Expected bytes from a column of type bytea in ${location}, got a value of type ${typeof value}; the client must parse bytea as Uint8Array.`;
  throw new FaceError('GALLERY_DAMAGED', message, { location });
}
