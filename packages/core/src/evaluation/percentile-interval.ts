/** Intervals from repeated draws. */

import { FaceError } from '../errors/face-error.ts';

/**
 * The 95 % percentile interval of one statistic over the rounds of a bootstrap: the values that 2.5 % of the rounds lie below and above.
 *
 * @param values - One per round. NaN stands for a round in which there was nothing to compute it from, and is left out.
 * @throws {FaceError} `SCORES_INVALID` if it could be computed in no round.
 */
export function computePercentileInterval(values: Float64Array): readonly [number, number] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const { length } = sorted;
  if (length === 0) {
    throw new FaceError(
      'SCORES_INVALID',
      `Expected people to draw from for an interval, but in none of ${values.length} rounds were there comparisons of each class. Add people.`,
      { rounds: values.length },
    );
  }
  return [sorted[Math.floor(0.025 * length)] as number, sorted[Math.ceil(0.975 * length) - 1] as number];
}
