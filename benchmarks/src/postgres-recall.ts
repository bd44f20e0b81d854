/**
 * How many of the nearest people the indexes of pgvector find, and how long searches take, beside the exact search in the same database:
 *
 *     node scripts/build.mjs --if-stale && node benchmarks/dist/postgres-recall.js --out benchmarks/results/postgres-recall.json
 *
 * Needs a server with pgvector (`node scripts/postgres.mjs`). The people are made up: directions that have nothing to do with each other, which is
 * the hardest case for an index, for nobody but the person searched for is near the probe.
 */

import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '@isoface/core/evaluation';
import type { GalleryHeader, GalleryStore, StoredIdentity } from '@isoface/core/gallery';
import { createPostgresStore, createVectorIndex, type IndexSearchOptions, type SqlPool } from '@isoface/postgres';
import { describeMachine } from './machine.ts';
import { toThousandths } from './rounded.ts';

/** Of the repository: this file is built into benchmarks/dist. */
const ROOT = join(fileURLToPath(import.meta.url), '../../..');
const WANTED = 10;
const EF_SEARCH = [10, 20, 40, 100, 200, 400, 1_000];
const PROBES = [1, 2, 5, 10, 20, 40];
/** Length of what tells two templates of a person apart: their cosine is 1 / (1 + 0.5²) = 0.8 on average. */
const SPREAD = 0.5;
const BATCH = 200;

interface Row extends IndexSearchOptions {
  readonly index: 'none' | 'hnsw' | 'ivfflat';
  /** Share of the exact search's nearest person, and of its ten nearest, that was found. */
  readonly recallAt1: number;
  readonly recallAt10: number;
  readonly medianMs: number;
  readonly p95Ms: number;
}

interface Pool extends SqlPool {
  query(statement: string): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
  end(): Promise<void>;
  on(event: 'error', listener: () => void): void;
}

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '20000' },
    templates: { type: 'string', default: '1' },
    dimension: { type: 'string', default: '128' },
    searches: { type: 'string', default: '200' },
    out: { type: 'string' },
  },
});
const [people, templates, dimension, searches] = [values.people, values.templates, values.dimension, values.searches].map(Number) as [
  number,
  number,
  number,
  number,
];

// Found where the package is that is measured: the benchmarks do not depend on a client of their own.
const { Pool: PoolClass } = createRequire(join(ROOT, 'packages/postgres/package.json'))('pg') as { Pool: new (config: object) => Pool };
const { startPostgres } = (await import(pathToFileURL(join(ROOT, 'scripts/postgres.mjs')).href)) as {
  startPostgres(): Promise<{ readonly stop: () => Promise<void>; readonly major: string } | undefined>;
};
const server = await startPostgres();
if (server === undefined) throw new Error('Expected a PostgreSQL server with pgvector; node scripts/postgres.mjs says what is missing.');
const pool = new PoolClass({ ...server, database: 'postgres', max: 2 });
// The server ends what is still open when it is stopped.
pool.on('error', () => {});
try {
  const report = await measure();
  const json = `${JSON.stringify(report, undefined, 1)}\n`;
  if (values.out === undefined) process.stdout.write(json);
  else await writeFile(resolve(process.env['ISOFACE_CWD'] ?? process.cwd(), values.out), json);
} finally {
  await pool.end();
  await server.stop();
}

async function measure(): Promise<object> {
  const machine = describeMachine();
  const { identities, probes } = makePeople();
  const exact = await createPostgresStore(pool, { search: 'exact' });
  const header: GalleryHeader = {
    formatVersion: 1,
    galleryId: '00112233445566778899aabbccddeeff',
    contract: 'c'.repeat(64),
    dimension,
    metric: 'cosine',
    normalization: 'l2',
    pack: 'made up',
    createdAtMs: 0,
  };
  note(`Writing ${people} people …`);
  const writeMs = await timed(async () => {
    await exact.rewrite(header, []);
    for (let at = 0; at < identities.length; at += BATCH) {
      await exact.write(identities.slice(at, at + BATCH).map((identity) => ({ type: 'put', identity }) as const));
    }
  });
  note('Searching without an index …');
  const oracle: string[][] = [];
  const rows: Row[] = [await search(exact, 'none', {}, probes, oracle)];
  const built: Record<string, number> = {};
  for (const kind of ['hnsw', 'ivfflat'] as const) {
    note(`Building ${kind} …`);
    built[kind] = Math.round(await timed(() => createVectorIndex(exact, { kind })));
    const settings = kind === 'hnsw' ? EF_SEARCH.map((efSearch) => ({ efSearch })) : PROBES.map((count) => ({ probes: count }));
    for (const setting of settings) {
      const store = await createPostgresStore(pool, setting);
      rows.push(await search(store, kind, setting, probes, oracle));
      await store.close();
    }
  }
  const versions = await pool.query(
    `SELECT current_setting('server_version') AS server, (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS pgvector`,
  );
  const stats = await exact.stats();
  return {
    machine,
    ...versions.rows[0],
    people,
    templates,
    dimension,
    searches,
    writeMs: Math.round(writeMs),
    bytes: stats.bytes,
    builtMs: built,
    rows,
  };
}

/** Fills `oracle` when it is empty, else compares with it. */
async function search(
  store: GalleryStore,
  index: Row['index'],
  setting: IndexSearchOptions,
  probes: readonly Float32Array[],
  oracle: string[][],
): Promise<Row> {
  const times: number[] = [];
  let [first, ten] = [0, 0];
  for (const [i, probe] of probes.entries()) {
    const started = performance.now();
    const found = (await store.search?.(probe, { identities: WANTED })) ?? [];
    times.push(performance.now() - started);
    const ids = [...new Set(found.map(({ id }) => id))].slice(0, WANTED);
    oracle[i] ??= ids;
    const best = oracle[i];
    first += ids.includes(best[0] ?? '') ? 1 : 0;
    ten += best.filter((id) => ids.includes(id)).length;
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => toThousandths(times[Math.floor(share * (times.length - 1))] ?? 0);
  const row = {
    index,
    ...setting,
    recallAt1: toThousandths(first / probes.length),
    recallAt10: toThousandths(ten / (WANTED * probes.length)),
    medianMs: at(0.5),
    p95Ms: at(0.95),
  };
  note(JSON.stringify(row));
  return row;
}

function makePeople(): { readonly identities: readonly StoredIdentity[]; readonly probes: readonly Float32Array[] } {
  const random = createRandom(7);
  const gaussian = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const unit = (numbers: readonly number[]): number[] => {
    const length = Math.hypot(...numbers);
    return numbers.map((number) => number / length);
  };
  const direction = (): number[] => unit(Array.from({ length: dimension }, gaussian));
  const near = (center: readonly number[]): Float32Array => {
    const offset = direction();
    return Float32Array.from(unit(center.map((number, i) => number + SPREAD * (offset[i] ?? 0))));
  };
  const details = new TextEncoder().encode('{}');
  const probes: Float32Array[] = [];
  const every = Math.max(1, Math.floor(people / searches));
  const identities = Array.from({ length: people }, (_, i): StoredIdentity => {
    const center = direction();
    if (i % every === 0 && probes.length < searches) probes.push(near(center));
    const own = Array.from({ length: templates }, (_unused, t) => ({ id: t + 1, vector: new Uint8Array(near(center).buffer), details }));
    return { id: `person ${i}`, details, templates: own };
  });
  return { identities, probes };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function note(text: string): void {
  console.error(text);
}
