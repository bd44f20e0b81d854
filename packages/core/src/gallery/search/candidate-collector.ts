/** Keeps the rows that may still be among the results, given approximate scores and how wrong they may be. */

import type { IndexSpec } from '../../ports/template-index.ts';

/** Unit roundoff of float64, twice. */
const EPSILON64 = 2 ** -52;
/** So many rows are collected before the first attempt to drop some. */
const LEAST_KEPT = 64;

/** What a collector has to know. */
export interface CollectorOptions {
  readonly metric: IndexSpec['metric'];
  /** Identities wanted, at least 1. */
  readonly limit: number;
  /** Identity of each row. */
  readonly groups: Int32Array;
  /**
   * No score is further than this from the cosine (metric `cosine`), or from p·x - |x|²/2 (metric `euclidean`), of the vectors as stored and in
   * exact arithmetic. May be infinite: then all rows are kept.
   */
  readonly errorBound: number;
  readonly probe: Float32Array;
}

/** Collects the rows of one probe. */
export interface CandidateCollector {
  readonly errorBound: number;
  /** A row with a score below this is not among the results. Rises while rows are offered. */
  readonly floor: number;
  /** A row whose score would be below this in exact arithmetic is not among the results. */
  readonly exactFloor: number;
  offer(row: number, score: number): void;
  /** Drops what has become hopeless, which raises the floors as far as they can be raised by what was offered so far. */
  prune(): void;
  /** Rows that may be among the results. */
  candidates(): readonly number[];
}

/**
 * Creates a collector. Let E be the error bound and B the `limit`-th largest of the best scores of identities so far: `limit` identities have exact
 * scores of at least B - E. What has an exact score below that is not among them, nor as similar as the last of them. A score is at most E above the
 * exact one, so that rows with scores below B - 2E can go. Likewise rows that are 2E worse than another row of their identity. On top comes what
 * rounding does to the similarities in float64, by which results are ranked in the end.
 *
 * Dropping costs a pass over what is kept and comes each time that this has doubled, so that any sequence of scores takes about linear time.
 */
export function createCandidateCollector(options: CollectorOptions): CandidateCollector {
  const { limit, groups, errorBound } = options;
  const slackOf = createRoundingSlack(options);
  const least = Math.max(LEAST_KEPT, 2 * limit);
  const rows: number[] = [];
  const scores: number[] = [];
  let pruneAt = least;
  let floor = Number.NEGATIVE_INFINITY;
  let exactFloor = Number.NEGATIVE_INFINITY;

  function prune(): void {
    const bestOf = new Map<number, number>();
    for (let i = 0; i < rows.length; i++) {
      const group = groups[rows[i] as number] as number;
      const score = scores[i] as number;
      const best = bestOf.get(group);
      if (best === undefined || score > best) bestOf.set(group, score);
    }
    if (bestOf.size >= limit) {
      const best = findLimit(bestOf, limit);
      // The comparison is for rounding alone: more rows never lower the true floor.
      exactFloor = Math.max(exactFloor, best - errorBound - slackOf(best));
      floor = Math.max(floor, best - 2 * errorBound - slackOf(best));
    }
    let kept = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      const score = scores[i] as number;
      if (score < floor) continue;
      const best = bestOf.get(groups[row] as number) as number;
      if (score < best && score < best - 2 * errorBound - slackOf(best)) continue;
      rows[kept] = row;
      scores[kept] = score;
      kept++;
    }
    rows.length = kept;
    scores.length = kept;
    pruneAt = Math.max(least, 2 * kept);
  }

  return {
    errorBound,
    get floor() {
      return floor;
    },
    get exactFloor() {
      return exactFloor;
    },
    offer(row, score) {
      if (score < floor) return;
      rows.push(row);
      scores.push(score);
      if (rows.length >= pruneAt) prune();
    },
    prune,
    candidates() {
      prune();
      return rows;
    },
  };
}

/** The `limit`-th largest of the values. */
function findLimit(values: ReadonlyMap<number, number>, limit: number): number {
  const sorted = new Float64Array(values.size);
  let at = 0;
  for (const value of values.values()) sorted[at++] = value;
  return sorted.sort()[sorted.length - limit] as number;
}

/**
 * How far apart two exact scores may be whose similarities in float64 come out in the other order, or equal.
 *
 * A sum of D products of float64 numbers is wrong by at most D units in the last place, relative to the sum of absolute values. Cosine: this is at most 1,
 * the square root and the quotient add three; twice for two rows. Euclidean: all terms are positive, so that the squared distance d² is wrong by a
 * share of it; a score is (|p|² - d²) / 2.
 */
function createRoundingSlack({ metric, errorBound, probe }: CollectorOptions): (score: number) => number {
  const share = (2 * probe.length + 16) * EPSILON64;
  if (metric === 'cosine') return () => share;
  let squared = 0;
  for (const value of probe) squared += value * value;
  return (score) => share * (squared + 2 * (Math.abs(score) + errorBound));
}
