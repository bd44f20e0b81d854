/** The threshold at which a wanted share of scores is reached. */

import { FaceError } from '../errors/face-error.ts';
import { countAllowed } from './count-allowed.ts';

/**
 * The lowest threshold that at most a share `rate` of `total` cases reach (`score >= threshold`), so that never more errors are made than asked
 * for. It is the next number above one of the scores, or the lowest score where all of them may pass.
 *
 * @param ascending - Finite scores in ascending order, at least one.
 * @param total - Cases that the share refers to; more than there are scores when some cases have none.
 * @param rate - In [0, 1].
 */
export function findThresholdPassedBy(ascending: Float64Array, total: number, rate: number): number {
  assertRate(rate);
  const allowed = countAllowed(rate, total);
  // Just above the first that must not pass: equal ones stay out with it, for no threshold parts them.
  return allowed < ascending.length ? nextUp(ascending[ascending.length - 1 - allowed] as number) : (ascending[0] as number);
}

/**
 * The highest threshold that at most a share `rate` of the scores miss (`score < threshold`).
 *
 * @param ascending - Finite scores in ascending order, at least one.
 * @param rate - In [0, 1].
 */
export function findThresholdMissedBy(ascending: Float64Array, rate: number): number {
  assertRate(rate);
  const missed = countAllowed(rate, ascending.length);
  // As many as may miss do only if the next one is larger; equal ones pass together, which misses fewer.
  return missed < ascending.length ? (ascending[missed] as number) : nextUp(ascending[missed - 1] as number);
}

/** Refuses a rate outside [0, 1]. */
export function assertRate(rate: number): void {
  if (rate >= 0 && rate <= 1) return;
  throw new FaceError('INVALID_OPTION', `Expected an error rate in [0, 1], got ${rate}.`, { rate });
}

/** The smallest 64-bit float above a finite `value`. */
export function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}
