/** Indexes of vectors: faster searches that may miss somebody. */

import { FaceError } from '@isoface/core';
import type { GalleryStore } from '@isoface/core/gallery';
import type { Session } from './database.ts';
import { type GalleryState, loadState, lockStatements, operatorsOf } from './layout.ts';
import type { TableNames } from './names.ts';
import { partsOf } from './store-parts.ts';

/** pgvector indexes vectors up to this dimension. */
const MAX_DIMENSION = 2_000;
const NAME = 'template_vector_index';

/** What kind of index, and how large. */
export type VectorIndexOptions =
  | {
      readonly kind: 'hnsw';
      /** Neighbours of a node, 2 to 100. @defaultValue 16 */
      readonly m?: number | undefined;
      /** Candidates that are kept while the graph is built, at least `2 * m`, at most 1,000. @defaultValue 64 */
      readonly efConstruction?: number | undefined;
    }
  | {
      readonly kind: 'ivfflat';
      /** @defaultValue a thousandth of the templates, or the square root of their number if they are more than a million */
      readonly lists?: number | undefined;
    };

/**
 * Creates an index, in place of the one that is there. From then on `search` goes through it and may miss people; `docs/postgres.md` says how many.
 * Others cannot write meanwhile. IVFFlat learns from the templates that are there: create it when the gallery is filled.
 *
 * @throws {FaceError} `INVALID_OPTION` for impossible sizes, encrypted galleries and dimensions above 2,000; what the store throws.
 */
export async function createVectorIndex(store: GalleryStore, options: VectorIndexOptions): Promise<void> {
  await changeIndex(store, async (session, names, state) => {
    const { header, vectorSchema } = state;
    if (vectorSchema === undefined || header.dimension > MAX_DIMENSION) {
      const got = vectorSchema === undefined ? 'an encrypted gallery' : `dimension ${header.dimension}`;
      const message = `Expected a gallery without encryption and a dimension up to ${MAX_DIMENSION} for an index, got ${got}.`;
      throw new FaceError('INVALID_OPTION', message, { option: 'store' });
    }
    const settings = options.kind === 'hnsw' ? hnswSettings(options) : await ivfflatSettings(options, session, names);
    await session.query(
      `CREATE INDEX ${NAME} ON ${names.template} USING ${options.kind}
        (vector ${vectorSchema}.${operatorsOf(header.metric).opclass}) WITH (${settings})`,
    );
  });
}

/** Drops the index that {@link createVectorIndex} created, if it is there. From then on `search` is exact. */
export async function dropVectorIndex(store: GalleryStore): Promise<void> {
  await changeIndex(store, async () => {});
}

async function changeIndex(
  store: GalleryStore,
  create: (session: Session, names: TableNames, state: GalleryState) => Promise<void>,
): Promise<void> {
  const { database, names, lockTimeoutMs, assertWritable } = partsOf(store);
  assertWritable();
  await database.transaction('ISOLATION LEVEL READ COMMITTED', lockStatements(names, 'ROW EXCLUSIVE', lockTimeoutMs), async (session) => {
    const state = await loadState(session, names, store.location);
    await session.query(`DROP INDEX IF EXISTS ${names.schema}.${NAME}`);
    await create(session, names, state);
  });
}

function hnswSettings({ m = 16, efConstruction = 64 }: Extract<VectorIndexOptions, { kind: 'hnsw' }>): string {
  assertWhole('m', m, 2, 100);
  assertWhole('efConstruction', efConstruction, Math.max(4, 2 * m), 1_000);
  return `m = ${m}, ef_construction = ${efConstruction}`;
}

async function ivfflatSettings(
  { lists }: Extract<VectorIndexOptions, { kind: 'ivfflat' }>,
  session: Session,
  names: TableNames,
): Promise<string> {
  if (lists !== undefined) assertWhole('lists', lists, 1, 32_768);
  const [row] = await session.query<{ count: string }>(`SELECT count(*)::text AS count FROM ${names.template}`);
  const templates = Number(row?.count ?? 0);
  const usual = templates > 1_000_000 ? Math.sqrt(templates) : templates / 1_000;
  return `lists = ${lists ?? Math.max(1, Math.round(usual))}`;
}

/** @throws {FaceError} `INVALID_OPTION`. */
export function assertWhole(option: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  const message = `Expected as ${option} a whole number from ${min} to ${max}, got ${value}.`;
  throw new FaceError('INVALID_OPTION', message, { option });
}
