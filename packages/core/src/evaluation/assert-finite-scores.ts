/** The guard in front of every rate: NaN compares false with everything, so it would vanish into one of the classes. */

import { FaceError } from '../errors/face-error.ts';

/**
 * Refuses scores that are not finite.
 *
 * @param what - What the scores are, for the message.
 * @throws {FaceError} `SCORES_INVALID` with how many are not finite and the index of the first.
 */
export function assertFiniteScores(scores: ArrayLike<number>, what: string): void {
  let count = 0;
  let firstIndex = -1;
  for (let i = 0; i < scores.length; i++) {
    if (Number.isFinite(scores[i])) continue;
    if (count === 0) firstIndex = i;
    count++;
  }
  if (count === 0) return;
  throw new FaceError(
    'SCORES_INVALID',
    `Expected ${what} to be finite numbers, got ${count} that are not, the first (${scores[firstIndex]}) at index ${firstIndex}; ` +
      'count comparisons that could not be made as failures instead.',
    { what, count, firstIndex },
  );
}
