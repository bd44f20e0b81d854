/** Names of schemas and tables in statements. */

import { FaceError } from '@isoface/core';

/** Longest name that the database keeps whole, in bytes. */
const MAX_NAME_BYTES = 63;

/** The tables of a gallery, quoted and with their schema. */
export interface TableNames {
  /** Without quotes. */
  readonly schemaName: string;
  readonly schema: string;
  readonly gallery: string;
  readonly identity: string;
  readonly template: string;
}

/** @throws {FaceError} `INVALID_OPTION` for a schema that no database has. */
export function tableNames(schema: string): TableNames {
  assertSchema(schema);
  const quoted = quoteName(schema);
  return {
    schemaName: schema,
    schema: quoted,
    gallery: `${quoted}.gallery`,
    identity: `${quoted}.identity`,
    template: `${quoted}.template`,
  };
}

/** A name in quotes: whatever it holds, it stays a name. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function assertSchema(name: string): void {
  // What is longer would be cut off in silence, and pg_ belongs to the database.
  const isName = typeof name === 'string' && name !== '' && !name.includes('\0') && !/^pg_/i.test(name);
  if (isName && new TextEncoder().encode(name).length <= MAX_NAME_BYTES) return;
  const message = `Expected as schema a name of 1 to ${MAX_NAME_BYTES} bytes that does not begin with pg_, got ${JSON.stringify(name)}.`;
  throw new FaceError('INVALID_OPTION', message, { option: 'schema' });
}
