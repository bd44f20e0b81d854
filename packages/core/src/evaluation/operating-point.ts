/** What a threshold for a wanted false match rate costs in false non-matches. */

import { computeClopperPearson } from './clopper-pearson.ts';
import { assertClass, assertScores, type ScoreSet } from './score-set.ts';
import { findThresholdPassedBy } from './share-threshold.ts';

/** Rates at one threshold. The intervals are for independent comparisons; see {@link computeVerificationIntervals} for people who repeat. */
export interface OperatingPoint {
  /** The false match rate that was asked for. */
  readonly wantedFmr: number;
  readonly threshold: number;
  /** The false match rate that was reached; never more than `wantedFmr`. */
  readonly fmr: number;
  readonly fmrCi95: readonly [number, number];
  /** False non-match rate at the threshold. */
  readonly fnmr: number;
  /** True accept rate, `1 - fnmr`. */
  readonly tar: number;
  readonly tarCi95: readonly [number, number];
}

/**
 * Computes the rates at the threshold that {@link findThresholdAtFmr} finds, with Clopper-Pearson intervals.
 *
 * @param fmr - The wanted false match rate, in [0, 1].
 * @throws {FaceError} `SCORES_INVALID` if a class is empty or a score is not finite; `INVALID_OPTION` if `fmr` is no rate.
 */
export function computeOperatingPoint(scores: ScoreSet, fmr: number): OperatingPoint {
  assertScores(scores);
  const { genuine, impostor } = scores;
  const threshold = findThresholdAtFmr(impostor, fmr);
  const falseMatches = countReaching(impostor, threshold);
  const matches = countReaching(genuine, threshold);
  return {
    wantedFmr: fmr,
    threshold,
    fmr: falseMatches / impostor.length,
    fmrCi95: computeClopperPearson(falseMatches, impostor.length),
    fnmr: (genuine.length - matches) / genuine.length,
    tar: matches / genuine.length,
    tarCi95: computeClopperPearson(matches, genuine.length),
  };
}

/**
 * Finds the lowest threshold that lets through no more than a share `fmr` of the impostor scores. Candidates are the doubles just above each
 * distinct impostor score, for between two of these nothing changes; so with 0 the threshold is just above the largest score. With 1 it is the
 * lowest score.
 *
 * @param impostor - In any order.
 * @param fmr - In [0, 1].
 * @throws {FaceError} `SCORES_INVALID` if there are no scores or one is not finite; `INVALID_OPTION` if `fmr` is no rate.
 */
export function findThresholdAtFmr(impostor: Float64Array, fmr: number): number {
  assertClass('impostor', impostor);
  return findThresholdPassedBy(impostor.slice().sort(), impostor.length, fmr);
}

function countReaching(scores: Float64Array, threshold: number): number {
  let count = 0;
  for (const score of scores) if (score >= threshold) count++;
  return count;
}
