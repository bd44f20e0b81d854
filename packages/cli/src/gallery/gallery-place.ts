/** What `--gallery` names. */

import { FaceError } from '@isoface/core';
import type { Session } from '../session.ts';

/** Where a gallery is. `location` holds no secrets. */
export type GalleryPlace =
  | { readonly kind: 'file'; readonly path: string; readonly location: string }
  | {
      readonly kind: 'postgres';
      readonly connectionString: string;
      readonly schema: string | undefined;
      readonly location: string;
    }
  | { readonly kind: 'pglite'; readonly directory: string; readonly schema: string | undefined; readonly location: string };

const DATABASE_URL = /^postgres(?:ql)?:\/\//i;
const PGLITE = /^pglite:/i;
/** A drive letter is no scheme. */
const OTHER_URL = /^[a-z][a-z0-9+.-]+:\/\//i;

/**
 * Tells files, PostgreSQL databases and PGlite folders apart.
 *
 * @throws {FaceError} `INVALID_OPTION`; what was typed is not repeated, for it may hold a password.
 */
export function parseGalleryPlace(typed: string, schema: string | undefined, { resolvePath }: Session): GalleryPlace {
  if (DATABASE_URL.test(typed)) return parseDatabaseUrl(typed, schema);
  if (PGLITE.test(typed)) {
    const directory = typed.slice('pglite:'.length);
    if (directory === '') throw invalid('a folder after pglite:', 'nothing');
    const resolved = resolvePath(directory);
    return { kind: 'pglite', directory: resolved, schema, location: `pglite:${resolved}` };
  }
  if (OTHER_URL.test(typed)) throw invalid('a path, pglite:DIR or postgres://…', `a URL of ${typed.slice(0, typed.indexOf(':'))}:`);
  if (typed.trim() === '') throw invalid('a path, pglite:DIR or postgres://…', 'an empty text');
  if (schema !== undefined) throw invalid('no --schema for a gallery in a file', 'one');
  const path = resolvePath(typed);
  return { kind: 'file', path, location: path };
}

function parseDatabaseUrl(typed: string, schemaOption: string | undefined): GalleryPlace {
  const url = toUrl(typed);
  const inUrl = url.searchParams.get('schema') ?? undefined;
  url.searchParams.delete('schema');
  const schema = schemaOption ?? inUrl;
  const user = url.username === '' ? '' : `${url.username}@`;
  const location = `${url.protocol}//${user}${url.host}${url.pathname}${schema === undefined ? '' : `?schema=${schema}`}`;
  return { kind: 'postgres', connectionString: url.href, schema, location };
}

function toUrl(typed: string): URL {
  try {
    return new URL(typed);
  } catch {
    throw invalid(
      'postgres://USER:PASSWORD@HOST:PORT/DATABASE',
      'a URL that cannot be read; special characters in a password are written as %XX',
    );
  }
}

function invalid(expected: string, got: string): FaceError {
  return new FaceError('INVALID_OPTION', `Expected --gallery to be ${expected}, got ${got}.`, { option: 'gallery' });
}
