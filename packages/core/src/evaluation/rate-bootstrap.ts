/** Intervals of rates at given thresholds when people repeat: the identity bootstrap of {@link bootstrapPairs}, without a list of all pairs. */

import { FaceError } from '../errors/face-error.ts';
import { assertFiniteScores } from './assert-finite-scores.ts';
import { assertIdentities, type BootstrapOptions, drawIdentities } from './draw-identities.ts';
import { computePercentileInterval } from './percentile-interval.ts';
import { assertClassCount } from './score-set.ts';
import { countDescending, type ScoreTail } from './score-tail.ts';

/** Options of {@link bootstrapImpostorRates}. */
export interface ImpostorBootstrapOptions extends Omit<BootstrapOptions, 'identityCount'> {
  /** The largest impostor scores in descending order, with the identities they compare: {@link ScoreAccumulator.tail}. */
  readonly tail: ScoreTail;
  /** In any order; each at least the smallest score of the tail, unless the tail has all scores. */
  readonly thresholds: readonly number[];
  /** How many images of each identity were compared, those without a found face left out. */
  readonly imagesPerIdentity: Uint32Array;
}

/**
 * Computes the 95 % interval of the false match rate at each threshold, where every image was compared with every image of all other people. How many
 * comparisons a round has follows from the numbers of images; of the scores only those above the thresholds are needed.
 *
 * @returns One interval per threshold.
 * @throws {FaceError} `SCORES_INVALID` if a threshold lies below the tail, identities are out of range, or there are no two people with images;
 *   `INVALID_OPTION` for counts that are no whole number above 0.
 */
export function bootstrapImpostorRates(options: ImpostorBootstrapOptions): (readonly [number, number])[] {
  const { tail, thresholds, imagesPerIdentity, rounds = 1000, seed } = options;
  const identityCount = imagesPerIdentity.length;
  assertTail(tail, thresholds, imagesPerIdentity);
  const ends = thresholds.map((threshold) => countDescending(tail.scores, threshold));
  const rates = thresholds.map(() => new Float64Array(rounds));
  const { first, second } = tail;
  const steps = ends.map((end, i) => ({ end, i })).sort((a, b) => a.end - b.end);
  drawIdentities({ identityCount, rounds, seed }, (drawn, round) => {
    const total = countComparisons(imagesPerIdentity, drawn);
    let reached = 0;
    let at = 0;
    for (const { end, i } of steps) {
      for (; at < end; at++) reached += (drawn[first[at] as number] as number) * (drawn[second[at] as number] as number);
      (rates[i] as Float64Array)[round] = total > 0 ? reached / total : Number.NaN;
    }
  });
  return rates.map(computePercentileInterval);
}

/** Options of {@link bootstrapGenuineRates}. */
export interface GenuineBootstrapOptions extends BootstrapOptions {
  /** Genuine similarities. */
  readonly scores: Float64Array;
  /** The identity of each, from 0. */
  readonly identity: Uint32Array;
  readonly thresholds: readonly number[];
}

/**
 * Computes the 95 % interval of the true accept rate at each threshold, which stays as it is in all rounds. A comparison weighs as often as its
 * person was drawn. People without genuine comparisons are drawn as well.
 *
 * @returns One interval per threshold.
 * @throws {FaceError} `SCORES_INVALID` if there are no scores, one is not finite, lengths differ or identities are out of range;
 *   `INVALID_OPTION` for counts that are no whole number above 0.
 */
export function bootstrapGenuineRates(options: GenuineBootstrapOptions): (readonly [number, number])[] {
  const { scores, identity, thresholds, identityCount, rounds = 1000, seed } = options;
  assertClassCount('genuine', scores.length);
  assertFiniteScores(scores, 'genuine scores');
  assertSameLength(scores, identity);
  assertIdentities('identity', identity, identityCount);
  assertThresholds(thresholds);
  const counts = countPerIdentity(identity, identityCount, () => true);
  const matches = thresholds.map((threshold) => countPerIdentity(identity, identityCount, (i) => (scores[i] as number) >= threshold));
  const rates = thresholds.map(() => new Float64Array(rounds));
  drawIdentities({ identityCount, rounds, seed }, (drawn, round) => {
    const total = computeDot(drawn, counts);
    for (let i = 0; i < thresholds.length; i++) {
      (rates[i] as Float64Array)[round] = total > 0 ? computeDot(drawn, matches[i] as Float64Array) / total : Number.NaN;
    }
  });
  return rates.map(computePercentileInterval);
}

/** Pairs of images of different people, where each person counts as often as drawn; two draws of one person are no two people. */
function countComparisons(imagesPerIdentity: Uint32Array, drawn?: Float64Array): number {
  let all = 0;
  let own = 0;
  for (let i = 0; i < imagesPerIdentity.length; i++) {
    const images = (imagesPerIdentity[i] as number) * (drawn?.[i] ?? 1);
    all += images;
    own += images * images;
  }
  return (all * all - own) / 2;
}

function countPerIdentity(identity: Uint32Array, identityCount: number, isCounted: (index: number) => boolean): Float64Array {
  const counts = new Float64Array(identityCount);
  for (let i = 0; i < identity.length; i++) {
    if (isCounted(i)) counts[identity[i] as number] = (counts[identity[i] as number] as number) + 1;
  }
  return counts;
}

function computeDot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function assertTail({ scores, first, second }: ScoreTail, thresholds: readonly number[], imagesPerIdentity: Uint32Array): void {
  const total = countComparisons(imagesPerIdentity);
  if (total === 0) {
    throw new FaceError('SCORES_INVALID', 'Expected images of at least two people, got fewer: there are no impostor comparisons.', {
      total,
    });
  }
  assertFiniteScores(scores, 'scores of the tail');
  assertSameLength(scores, first);
  assertSameLength(scores, second);
  assertIdentities('first', first, imagesPerIdentity.length);
  assertIdentities('second', second, imagesPerIdentity.length);
  assertThresholds(thresholds);
  if (scores.length > total) {
    throw new FaceError(
      'SCORES_INVALID',
      `Expected no more than the ${total} comparisons that the images allow, got ${scores.length} scores. Every two images are compared once.`,
      { total, scores: scores.length },
    );
  }
  const lowest = scores.at(-1) ?? Number.POSITIVE_INFINITY;
  const tooLow = thresholds.find((threshold) => threshold < lowest);
  if (tooLow !== undefined && scores.length < total) {
    throw new FaceError(
      'SCORES_INVALID',
      `Expected thresholds of at least ${lowest}, the smallest of ${scores.length} scores kept, got ${tooLow}. Keep a longer tail or ask for a smaller rate.`,
      { lowest, threshold: tooLow },
    );
  }
  for (let i = 1; i < scores.length; i++) {
    if ((scores[i] as number) <= (scores[i - 1] as number)) continue;
    throw new FaceError('SCORES_INVALID', `Expected scores in descending order, got a larger one at index ${i}.`, { firstIndex: i });
  }
}

function assertSameLength(scores: Float64Array, identities: Uint32Array): void {
  if (scores.length === identities.length) return;
  throw new FaceError('SCORES_INVALID', `Expected an identity for each of ${scores.length} scores, got ${identities.length}.`, {
    scores: scores.length,
    identities: identities.length,
  });
}

function assertThresholds(thresholds: readonly number[]): void {
  const invalid = thresholds.find((threshold) => Number.isNaN(threshold));
  if (invalid === undefined) return;
  throw new FaceError('INVALID_OPTION', 'Expected numbers as thresholds, got NaN.', { option: 'thresholds', value: invalid });
}
