/** Searching where the templates are. */

import { FaceError } from '@isoface/core';
import type { StoredTemplate } from '@isoface/core/gallery';
import type { Session } from './database.ts';
import { type GalleryState, operatorsOf } from './layout.ts';
import type { TableNames } from './names.ts';
import { type TemplateRow, toTemplate, vectorBytes } from './rows.ts';
import { toVectorText } from './vector-text.ts';

/** How an index is searched. */
export interface IndexSearchOptions {
  /** HNSW: candidates that are kept while the graph is walked, 1 to 1,000. More find more and take longer. @defaultValue 100 */
  readonly efSearch?: number | undefined;
  /** IVFFlat: lists that are looked through. @defaultValue 10 */
  readonly probes?: number | undefined;
}

/** One template that was found. */
export interface FoundTemplate {
  readonly id: string;
  readonly template: StoredTemplate;
}

const DEFAULT_EF_SEARCH = 100;
const DEFAULT_PROBES = 10;
/** How often an index is asked for more before the search goes on without it. */
const INDEX_ROUNDS = 3;
/** Every round asks for so many times more rows. */
const GROWTH = 4;
/** Half a unit in the last place of float32. */
const ROUNDING = 2 ** -24;

/**
 * The templates most similar to a probe, best first, in an open transaction. Without an index all that could be among the best `identities` people:
 * the database computes in float32, so those within its error of the last one come along.
 *
 * @param probe - Shape [D].
 * @param useIndex - Whether an index may be used, if there is one.
 * @throws {FaceError} `SHAPE_MISMATCH`, `INVALID_EMBEDDING`.
 */
export async function searchTemplates(
  session: Session,
  names: TableNames,
  state: GalleryState,
  probe: Float32Array,
  options: {
    readonly identities: number;
    readonly useIndex: boolean;
    readonly location: string;
    readonly signal?: AbortSignal | undefined;
  } & IndexSearchOptions,
): Promise<readonly FoundTemplate[]> {
  const { header, index } = state;
  const { identities, useIndex, location, signal } = options;
  if (probe.length !== header.dimension) {
    const message = `Expected a probe of ${header.dimension} numbers, got ${probe.length}.`;
    throw new FaceError('SHAPE_MISMATCH', message, { expected: header.dimension, got: probe.length });
  }
  const nearest = await nearestQuery(session, names, state, toVectorText(probe));
  const finish = (rows: readonly FoundRow[]): readonly FoundTemplate[] =>
    [...rows]
      .sort((a, b) => distanceOf(a) - distanceOf(b))
      .map((row) => ({ id: row.identity, template: toTemplate(row, state, location) }));
  let limit = identities + 16;
  if (useIndex && index !== undefined) {
    await configureIndexSearch(session, state, options);
    for (let round = 0; round < INDEX_ROUNDS; round++, limit *= GROWTH) {
      signal?.throwIfAborted();
      const rows = await nearest(limit);
      if (new Set(rows.map(({ identity }) => identity)).size >= identities) return finish(rows);
      // Asking for more does not help where the index has nothing more to give.
      if (rows.length < limit) break;
    }
    await session.query('SET LOCAL enable_seqscan = on');
  }
  if (index !== undefined) await session.query('SET LOCAL enable_indexscan = off');
  for (; ; limit *= GROWTH) {
    signal?.throwIfAborted();
    const rows = await nearest(limit);
    const cut = cutOff(rows, identities, header.metric, header.dimension);
    if (rows.length < limit || distanceOf(rows.at(-1) as FoundRow) > cut) return finish(rows.filter((row) => !(distanceOf(row) > cut)));
  }
}

interface FoundRow extends TemplateRow {
  readonly identity: string;
  readonly distance: string;
}

async function nearestQuery(
  session: Session,
  names: TableNames,
  state: GalleryState,
  probe: string,
): Promise<(limit: number) => Promise<readonly FoundRow[]>> {
  const { vectorSchema, header } = state;
  const distance = `t.vector OPERATOR(${vectorSchema}.${operatorsOf(header.metric).operator}) $1::${vectorSchema}.vector`;
  const statement = `SELECT t.identity, t.id AS template, ${vectorBytes(state)} AS vector, t.details AS template_details, t.distance::text AS distance
    FROM (SELECT t.*, ${distance} AS distance FROM ${names.template} t ORDER BY ${distance} LIMIT $2::integer) t`;
  return (limit) => session.query<FoundRow>(statement, [probe, limit]);
}

async function configureIndexSearch(
  session: Session,
  { index, vectorVersion = [0, 0] }: GalleryState,
  options: IndexSearchOptions,
): Promise<void> {
  const [major, minor] = vectorVersion;
  const settings: Record<string, string> = {
    // The planner guesses what an index costs, and guesses differently from day to day; who has created one wants it to be used.
    enable_seqscan: 'off',
    'hnsw.ef_search': String(options.efSearch ?? DEFAULT_EF_SEARCH),
    'ivfflat.probes': String(options.probes ?? DEFAULT_PROBES),
  };
  // Otherwise an index ends with what it found at first, however many of those belong to the same few people.
  if (major > 0 || minor >= 8) settings[`${index}.iterative_scan`] = 'relaxed_order';
  const calls = Object.keys(settings).map((name, i) => `set_config('${name}', $${i + 1}::text, true)`);
  await session.query(`SELECT ${calls.join(', ')}`, Object.values(settings));
}

/**
 * Distance up to which a template might be the best of one of the nearest `identities` people.
 *
 * The dot product of D float32 products summed in any order is off by at most D u |a| |b| (u = 2^-24), each squared length by D u of itself. The
 * cosine is off by twice that, and a comparison of two by four times; for Euclidean distances the share is (D + 2) u each. Twice as much is taken,
 * for terms of second order.
 */
function cutOff(rows: readonly FoundRow[], identities: number, metric: 'cosine' | 'euclidean', dimension: number): number {
  const seen = new Set<string>();
  for (const row of rows) {
    seen.add(row.identity);
    if (seen.size < identities) continue;
    const last = distanceOf(row);
    const error = (dimension + 2) * ROUNDING;
    return metric === 'cosine' ? last + 8 * error : last * (1 + 4 * error);
  }
  return Number.POSITIVE_INFINITY;
}

/** NaN, the cosine distance of a vector without length, comes last. */
function distanceOf({ distance }: FoundRow): number {
  const number = Number(distance);
  return Number.isNaN(number) ? Number.MAX_VALUE : number;
}
