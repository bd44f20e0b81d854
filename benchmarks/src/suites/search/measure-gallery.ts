/** Times searches in one gallery beside copies of it. */

import { FaceError } from '@isoface/core';
import type { PieceContext } from '../../run/suite.ts';
import { medianOf } from '../../statistics.ts';
import type { SearchDriver } from './search-driver.ts';
import type { Gallery, SearchPiece } from './search-piece.ts';

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
/** A sample that lasts so long is beyond the resolution of clocks. */
const SAMPLE_MS = 20;

/**
 * Fills a gallery, checks that the planted match is found, and times searches and copies in turn.
 *
 * @throws {FaceError} `SELF_TEST_FAILED` if a search gives something else than the planted match first.
 */
export async function measureGallery(
  driver: SearchDriver,
  { count, dimension }: Gallery,
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
  const prepareMs = await driver.prepare({ count, dimension, limit: LIMIT, match });
  assertFound(await driver.best(), match);

  const searchesPerSample = await findRepeats((repeats) => driver.timeSearch(repeats));
  const copiesPerSample = await findRepeats((repeats) => driver.timeCopy(repeats));
  const searchMs: number[] = [];
  const copyMs: number[] = [];
  const cpu: number[] = [];
  for (let round = -warmup; round < rounds && (round < leastRounds || timeLeftMs() > 0); round++) {
    signal.throwIfAborted();
    if (round === 0) progress('searching');
    const before = driver.cpuMs();
    const search = await driver.timeSearch(searchesPerSample);
    const after = driver.cpuMs();
    const copy = await driver.timeCopy(copiesPerSample);
    if (round < 0) continue;
    searchMs.push(roundFigure(search));
    copyMs.push(roundFigure(copy));
    cpu.push((after - before) / searchesPerSample);
  }
  const searchCpuMs = driver.hasFineCpuClock ? cpu : [cpu.reduce((sum, value) => sum + value, 0) / cpu.length];
  return {
    platform: driver.platform,
    engine: driver.engine,
    count,
    dimension,
    prepareMs: roundFigure(prepareMs),
    searchesPerSample,
    copiesPerSample,
    searchMs,
    searchCpuMs: searchCpuMs.map(roundFigure),
    copyMs,
  };
}

/** How many calls last as long as a sample must. The first calls are slow: the engine compiles, pages of memory are touched for the first time. */
async function findRepeats(time: (repeats: number) => Promise<number>): Promise<number> {
  const first = await time(1);
  if (first >= SAMPLE_MS) return 1;
  const warm = medianOf([await time(3), await time(3), await time(3)]);
  return Math.max(1, Math.min(10_000, Math.ceil(SAMPLE_MS / Math.max(warm, 1e-3))));
}

function assertFound(
  { rows, similarities }: { readonly rows: readonly number[]; readonly similarities: readonly number[] },
  { row, similarity }: { readonly row: number; readonly similarity: number },
): void {
  const isFound = rows[0] === row && Math.abs((similarities[0] ?? 0) - similarity) < TOLERANCE;
  const isSorted = similarities.every((value, i) => i === 0 || value <= (similarities[i - 1] ?? 0));
  if (isFound && isSorted && rows.length === LIMIT) return;
  throw new FaceError(
    'SELF_TEST_FAILED',
    `Expected ${LIMIT} candidates, the best first, and template ${row} with similarity ${similarity} before all others, got ${rows.length}, template ${rows[0]} with ${similarities[0]} first. The times of such a search say nothing; look for the error in the scorer.`,
    { expected: row, got: rows[0] },
  );
}

function roundFigure(value: number): number {
  return Number(value.toPrecision(5));
}
