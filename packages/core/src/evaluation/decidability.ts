/** How far apart the two classes of scores are. */

import { assertScores, type ScoreSet } from './score-set.ts';

/**
 * Computes d': the distance of the means in units of the root mean square of both standard deviations (those of the scores at hand, divided by n).
 * It describes bell-shaped scores well and others badly; rates need no such shape.
 *
 * @returns Positive if genuine scores are larger on average. Where neither class has any spread: 0 for equal means, else plus or minus infinity.
 * @throws {FaceError} `SCORES_INVALID` if a class is empty or a score is not finite.
 * @see Daugman, "The importance of being random: statistical principles of iris recognition", Pattern Recognition 36(2), 2003.
 */
export function computeDecidability(scores: ScoreSet): number {
  assertScores(scores);
  const genuine = computeMoments(scores.genuine);
  const impostor = computeMoments(scores.impostor);
  const distance = genuine.mean - impostor.mean;
  return distance === 0 ? 0 : distance / Math.sqrt((genuine.variance + impostor.variance) / 2);
}

function computeMoments(scores: Float64Array): { mean: number; variance: number } {
  // Measured from one of the scores, so that equal scores have exactly their mean and no spread.
  const origin = scores[0] as number;
  let sum = 0;
  for (const score of scores) sum += score - origin;
  const mean = sum / scores.length;
  let squares = 0;
  for (const score of scores) squares += (score - origin - mean) ** 2;
  return { mean: origin + mean, variance: squares / scores.length };
}
