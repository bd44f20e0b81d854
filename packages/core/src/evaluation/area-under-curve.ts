/** Area under the ROC curve: the probability that a genuine comparison scores higher than an impostor comparison. */

import type { ErrorCurve } from './error-curve.ts';
import { assertScores, type ScoreSet } from './score-set.ts';

/**
 * Computes the area exactly, as the Mann-Whitney statistic: the share of all (genuine, impostor) pairs of scores in which the genuine one is larger,
 * where equal scores count half.
 *
 * @returns In [0, 1]; 0.5 where the scores tell nothing.
 * @throws {FaceError} `SCORES_INVALID` if a class is empty or a score is not finite.
 */
export function computeAreaUnderCurve(scores: ScoreSet): number {
  assertScores(scores);
  const genuine = scores.genuine.slice().sort();
  const impostor = scores.impostor.slice().sort();
  let below = 0;
  let reached = 0;
  // Twice the statistic, so that halves stay whole numbers.
  let doubled = 0;
  for (const score of genuine) {
    while (below < impostor.length && (impostor[below] as number) < score) below++;
    while (reached < impostor.length && (impostor[reached] as number) <= score) reached++;
    doubled += below + reached;
  }
  return doubled / 2 / genuine.length / impostor.length;
}

/**
 * Computes the area under a curve by trapezoids. For a complete curve of {@link computeErrorCurve} this is {@link computeAreaUnderCurve}; for one of
 * {@link computeAccumulatedErrorCurve} scores that share a bin count as equal.
 */
export function computeAreaUnderErrorCurve({ fmr, fnmr }: ErrorCurve): number {
  let area = 0;
  for (let i = 1; i < fmr.length; i++) {
    const width = (fmr[i - 1] as number) - (fmr[i] as number);
    area += width * (1 - ((fnmr[i - 1] as number) + (fnmr[i] as number)) / 2);
  }
  return area;
}
