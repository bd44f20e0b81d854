/**
 * Intervals for comparisons that share people. Such comparisons are not independent, and an interval that takes each for a trial of its own is too
 * narrow. So people are drawn with replacement, as many as there are, and each comparison weighs as often as its people were drawn; the interval
 * is that of the statistic over many draws (Bolle, Ratha and Pankanti, "Error analysis of pattern recognition systems: the subsets bootstrap",
 * CVIU 93, 2004). With fewer than some twenty people even this interval is too narrow.
 */

import { FaceError } from '../errors/face-error.ts';
import { assertFiniteScores } from './assert-finite-scores.ts';
import { assertIdentities, type BootstrapOptions, drawIdentities } from './draw-identities.ts';
import { computePercentileInterval } from './percentile-interval.ts';
import { assertClassCount } from './score-set.ts';
import { assertRate } from './share-threshold.ts';
import { createWeightedStatistics } from './weighted-statistics.ts';

/** Comparisons with the people they compare; all four arrays have the same length. */
export interface IdentityPairs {
  /** The identity of one face, from 0. */
  readonly first: Uint32Array;
  /** The identity of the other face. */
  readonly second: Uint32Array;
  /** Similarity. */
  readonly score: Float64Array;
  /** 1 for a genuine comparison, 0 for an impostor comparison. */
  readonly isGenuine: Uint8Array;
}

/** Options of {@link bootstrapPairs}. */
export interface PairBootstrapOptions extends BootstrapOptions {
  readonly pairs: IdentityPairs;
  /**
   * Computes the statistics of one round from the weight of each pair (whole numbers, 0 = not drawn); always equally many. NaN says that there was
   * nothing to compute one from. The array is reused for the next round.
   */
  readonly statistics: (weights: Float64Array) => readonly number[];
}

/**
 * Computes the 95 % interval of each statistic. In each round a pair of two people weighs the product of how often they were drawn, a pair of one
 * person how often this one was.
 *
 * @returns One interval per statistic.
 * @throws {FaceError} `SCORES_INVALID` for scores that are not finite, lengths that differ, identities out of range, or a statistic that was NaN
 *   in every round; `INVALID_OPTION` for counts that are no whole number above 0.
 */
export function bootstrapPairs({ pairs, statistics, ...options }: PairBootstrapOptions): readonly (readonly [number, number])[] {
  assertPairs(pairs, options.identityCount);
  const { first, second } = pairs;
  const weights = new Float64Array(first.length);
  const rounds: (readonly number[])[] = [];
  drawIdentities(options, (drawn) => {
    for (let i = 0; i < weights.length; i++) {
      const a = first[i] as number;
      const b = second[i] as number;
      weights[i] = a === b ? (drawn[a] as number) : (drawn[a] as number) * (drawn[b] as number);
    }
    rounds.push(statistics(weights));
  });
  return (rounds[0] as readonly number[]).map((_, statistic) =>
    computePercentileInterval(Float64Array.from(rounds, (values) => values[statistic] as number)),
  );
}

/** Options of {@link computeVerificationIntervals}. */
export interface VerificationIntervalOptions extends BootstrapOptions {
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  readonly scores: Float64Array;
  readonly isGenuine: Uint8Array;
  /** The false match rates at which the true accept rate is wanted, in [0, 1]. */
  readonly rates: readonly number[];
}

/** 95 % intervals of what a verification experiment reports. */
export interface VerificationIntervals {
  readonly auc: readonly [number, number];
  readonly eer: readonly [number, number];
  /** By `rate.toExponential()`; the threshold is found anew in each round, so that its uncertainty is part of the interval. */
  readonly tarAtFmr: Readonly<Record<string, readonly [number, number]>>;
}

/**
 * Computes the intervals of the area under the curve, the equal error rate and the true accept rates of a list of pairs by {@link bootstrapPairs}.
 *
 * @throws {FaceError} As {@link bootstrapPairs}; also `SCORES_INVALID` if a class is empty and `INVALID_OPTION` if a rate is none.
 */
export function computeVerificationIntervals(options: VerificationIntervalOptions): VerificationIntervals {
  const { first, second, scores, isGenuine, rates, ...bootstrap } = options;
  for (const rate of rates) assertRate(rate);
  const genuineCount = isGenuine.filter((flag) => flag === 1).length;
  assertClassCount('genuine', genuineCount);
  assertClassCount('impostor', isGenuine.length - genuineCount);
  const pairs = { first, second, score: scores, isGenuine };
  assertPairs(pairs, bootstrap.identityCount);
  const compute = createWeightedStatistics(scores, isGenuine);
  const intervals = bootstrapPairs({
    ...bootstrap,
    pairs,
    statistics: (weights) => {
      const { auc, eer, tarAtFmr } = compute(weights, rates);
      return [auc, eer, ...tarAtFmr];
    },
  });
  const [auc, eer, ...tar] = intervals as [readonly [number, number], readonly [number, number], ...(readonly [number, number])[]];
  return { auc, eer, tarAtFmr: Object.fromEntries(rates.map((rate, i) => [rate.toExponential(), tar[i] as readonly [number, number]])) };
}

function assertPairs({ first, second, score, isGenuine }: IdentityPairs, identityCount: number): void {
  if (first.length !== score.length || second.length !== score.length || isGenuine.length !== score.length || score.length === 0) {
    throw new FaceError(
      'SCORES_INVALID',
      `Expected two identities, a score and a class for each of at least one pair, got ${first.length} and ${second.length} identities, ${score.length} scores and ${isGenuine.length} classes.`,
      { first: first.length, second: second.length, scores: score.length, classes: isGenuine.length },
    );
  }
  assertFiniteScores(score, 'scores of pairs');
  assertIdentities('first', first, identityCount);
  assertIdentities('second', second, identityCount);
}
