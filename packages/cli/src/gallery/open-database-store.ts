/** Galleries in databases. The clients are loaded when a gallery is in one. */

import { stat } from 'node:fs/promises';
import type * as pglite from '@electric-sql/pglite';
import type * as pgvector from '@electric-sql/pglite-pgvector';
import { FaceError, isFaceError } from '@isoface/core';
import { createPostgresStore } from '@isoface/postgres';
import { printable } from '../output/printable.ts';
import type { GalleryPlace } from './gallery-place.ts';
import { missingGallery } from './missing-gallery.ts';
import type { GalleryAccess, OpenedStore } from './opened-store.ts';

type PlaceOf<K extends GalleryPlace['kind']> = Extract<GalleryPlace, { readonly kind: K }>;

const CONNECT_TIMEOUT_MS = 10_000;
const CONNECTIONS = 4;

/** Connects and opens the store. */
export async function openDatabaseStore(place: PlaceOf<'postgres' | 'pglite'>, wanted: GalleryAccess): Promise<OpenedStore> {
  return place.kind === 'postgres' ? openServer(place, wanted) : openEmbedded(place, wanted);
}

async function openServer({ connectionString, schema, location }: PlaceOf<'postgres'>, wanted: GalleryAccess): Promise<OpenedStore> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'isoface',
  });
  // A connection that breaks while it waits: the next statement says so.
  pool.on('error', () => {});
  try {
    return { store: await createPostgresStore(pool, { schema, readOnly: wanted === 'read' }), release: () => pool.end() };
  } catch (cause) {
    await pool.end();
    throw toConnectError(location, cause);
  }
}

async function openEmbedded({ directory, schema, location }: PlaceOf<'pglite'>, wanted: GalleryAccess): Promise<OpenedStore> {
  const isThere = await stat(directory).then(
    () => true,
    () => false,
  );
  if (!isThere && wanted !== 'create') throw missingGallery(location);
  const { PGlite } = await load<typeof pglite>('@electric-sql/pglite');
  const { vector } = await load<typeof pgvector>('@electric-sql/pglite-pgvector');
  let database: pglite.PGlite | undefined;
  try {
    database = await PGlite.create(directory, { extensions: { vector } });
    const opened = database;
    return { store: await createPostgresStore(opened, { schema, readOnly: wanted === 'read' }), release: () => opened.close() };
  } catch (cause) {
    await database?.close();
    throw toConnectError(location, cause);
  }
}

/** PGlite is no dependency, for most have no use for it: its name is hidden from bundlers, and its types are all that is taken from it. */
async function load<T>(name: string): Promise<T> {
  try {
    return (await import(name)) as T;
  } catch (cause) {
    const message = `Expected the package ${name} for a gallery in PGlite, got none; npm install @electric-sql/pglite @electric-sql/pglite-pgvector, or use a file or a PostgreSQL server.`;
    throw new FaceError('BACKEND_UNAVAILABLE', message, { package: name }, { cause });
  }
}

/** Says which gallery it is about. What the client says names hosts and users, but no passwords. */
function toConnectError(location: string, cause: unknown): unknown {
  if (isFaceError(cause) && cause.code !== 'IO_FAILED') return cause;
  const { code, message } = cause as { readonly code?: string; readonly message?: string };
  const why = message === undefined || message === '' ? (code ?? 'no reason was given') : message;
  const details = isFaceError(cause) ? { ...cause.details, location } : { location, reason: code };
  return new FaceError('IO_FAILED', `Cannot open the gallery ${printable(location)}: ${printable(why)}`, details);
}
