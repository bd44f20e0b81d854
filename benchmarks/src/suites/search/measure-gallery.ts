/** Times searches in one gallery beside copies of it. */

import { FaceError } from '@isoface/core';
import type { Found } from '../../../page/search-work.js';
import type { PieceContext } from '../../run/suite.ts';
import { medianOf } from '../../statistics.ts';
import type { SearchDriver, TimedCall } from './search-driver.ts';
import { type Gallery, SEARCH_VARIANTS, type SearchPiece, type SearchVariant } from './search-piece.ts';

/** How often is measured. */
export interface GalleryRounds {
  /** Rounds, if there is time. */
  readonly rounds: number;
  /** Rounds, whatever the time. */
  readonly leastRounds: number;
  readonly warmup: number;
}

/** Candidates that a search gives. */
export const LIMIT = 10;
/** Of the planted match. Generated templates are all but orthogonal: none comes near. */
const PLANTED_SIMILARITY = 0.9;
/** Rounding of float32 templates. */
const TOLERANCE = 1e-5;
const SEED = 20_260_301;
/** Numbers that are generated between two looks at the signal: some hundredths of a second. */
const FILLED_AT_ONCE = 1 << 24;
/** A sample that lasts so long is beyond the resolution of clocks: 0.1 ms in a page. */
const SAMPLE_MS = 10;

/** What is timed in each round: searches of one kind, or a copy of the matrix. */
interface Timed {
  readonly make: (repeats: number) => TimedCall;
  readonly calls: number;
  readonly wallMs: number[];
  readonly cpuMs: number[];
}

/**
 * Fills a gallery, checks that all kinds of index find the same and the planted match first, and times searches and copies in turn.
 *
 * @throws {FaceError} `SELF_TEST_FAILED` if a search gives something else.
 */
export async function measureGallery(
  driver: SearchDriver,
  { count, dimension }: Gallery,
  variants: readonly SearchVariant[],
  { rounds, leastRounds, warmup, signal, timeLeftMs, progress }: GalleryRounds & PieceContext,
): Promise<SearchPiece> {
  progress('generating templates');
  await driver.allocate({ count, dimension });
  const step = Math.max(1, Math.floor(FILLED_AT_ONCE / dimension));
  for (let from = 0; from <= count; from += step) {
    signal.throwIfAborted();
    await driver.fill({ dimension, range: { from, to: Math.min(count + 1, from + step), seed: SEED } });
  }
  // Towards the end: a search that leaves rows out at the end would miss it.
  const match = { row: count - Math.floor(count / 7), similarity: PLANTED_SIMILARITY };
  const kinds = Object.fromEntries(variants.map((variant) => [variant, SEARCH_VARIANTS[variant]]));
  const prepareMs = await driver.prepare({ count, dimension, limit: LIMIT, match, variants: kinds });
  await assertFound(driver, variants, match);

  const searches = variants.flatMap((variant) =>
    // The batch of the slow one would take longer than all others together.
    (variant === 'javascript' ? [false] : [false, true]).map((isBatch) => ({ variant, isBatch })),
  );
  const timed: Timed[] = [];
  for (const { variant, isBatch } of searches) {
    timed.push(await prepareTimed(driver, (repeats) => [isBatch ? 'timeBatch' : 'timeSearch', variant, repeats], isBatch ? BATCH : 1));
  }
  const copy = await prepareTimed(driver, (repeats) => ['timeCopy', repeats], 1);
  const read = await prepareTimed(driver, (repeats) => ['timeRead', repeats], 1);
  for (let round = -warmup; round < rounds && (round < leastRounds || timeLeftMs() > 0); round++) {
    if (round === 0) progress('searching');
    for (const one of [...timed, copy, read]) {
      signal.throwIfAborted();
      const before = driver.cpuMs();
      const wall = await driver.time(one.make(one.calls));
      const cpu = (driver.cpuMs() - before) / one.calls;
      if (round < 0) continue;
      one.wallMs.push(roundFigure(wall));
      one.cpuMs.push(cpu);
    }
  }
  const indexBytes: Record<string, number> = {};
  for (const variant of variants) indexBytes[variant] = await driver.bytes(variant);
  return {
    platform: driver.platform,
    engine: driver.engine,
    count,
    dimension,
    prepareMs: Object.fromEntries(Object.entries(prepareMs).map(([variant, ms]) => [variant, roundFigure(ms)])),
    indexBytes,
    searches: searches.map(({ variant, isBatch }, i) => {
      const { wallMs, cpuMs, calls } = timed[i] as Timed;
      const perSearch = cpuMs.map((value) => value / (isBatch ? Math.min(BATCH, count) : 1));
      const cpu = driver.hasFineCpuClock ? perSearch : [perSearch.reduce((sum, value) => sum + value, 0) / perSearch.length];
      return { variant, isBatch, callsPerSample: calls, wallMs, cpuMs: cpu.map(roundFigure) };
    }),
    copyMs: copy.wallMs,
    readMs: read.wallMs,
  };
}

/** Probes in a batch of `page/search-work.js`. */
const BATCH = 32;

/** How many calls last as long as a sample must. The first calls are slow: the engine compiles, pages of memory are touched for the first time. */
async function prepareTimed(driver: SearchDriver, make: Timed['make'], perCall: number): Promise<Timed> {
  const timed = { make, wallMs: [], cpuMs: [] };
  const first = (await driver.time(make(1))) * perCall;
  if (first >= SAMPLE_MS) return { ...timed, calls: 1 };
  const warm = medianOf([await driver.time(make(3)), await driver.time(make(3)), await driver.time(make(3))]) * perCall;
  return { ...timed, calls: Math.max(1, Math.min(10_000, Math.ceil(SAMPLE_MS / Math.max(warm, 1e-3)))) };
}

async function assertFound(
  driver: SearchDriver,
  variants: readonly SearchVariant[],
  { row, similarity }: { readonly row: number; readonly similarity: number },
): Promise<void> {
  let expected: string | undefined;
  for (const variant of variants) {
    const results = [...(await driver.search(variant, false)), ...(variant === 'javascript' ? [] : await driver.search(variant, true))];
    const [hits = []] = results;
    const isFound = hits[0]?.group === row && Math.abs(hits[0].similarity - similarity) < TOLERANCE;
    const isSorted = hits.every((hit, i) => i === 0 || hit.similarity <= (hits[i - 1] as Found).similarity);
    // Bit by bit: similarities are written in full.
    const text = JSON.stringify(variant === 'javascript' ? [hits] : results);
    const isEqual = expected === undefined || (variant === 'javascript' ? expected.startsWith(text.slice(0, -1)) : expected === text);
    expected ??= text;
    if (isFound && isSorted && isEqual && hits.length === LIMIT) continue;
    throw new FaceError(
      'SELF_TEST_FAILED',
      `Expected ${LIMIT} candidates of index ${variant}, the best first, the same as of the others, and template ${row} with similarity ${similarity} before all others, got ${hits.length}, template ${hits[0]?.group} with ${hits[0]?.similarity} first. The times of such a search say nothing; look for the error in the index.`,
      { expected: row, got: hits[0]?.group, variant },
    );
  }
}

function roundFigure(value: number): number {
  return Number(value.toPrecision(5));
}
