/** The error rate at the threshold where both errors are alike. */

import type { ErrorCurve } from './error-curve.ts';

/** Where the curves of both error rates cross. */
export interface EqualErrorRate {
  /** Mean of `low` and `high`. */
  readonly rate: number;
  /** The threshold at which the rates are `low` and `high`. */
  readonly threshold: number;
  /** The smaller of both rates at `threshold`. */
  readonly low: number;
  /** The larger of both rates at `threshold`; equal to `low` where the curves meet in a point. */
  readonly high: number;
}

/** Sums of rates that differ by less differ by rounding only. */
const ROUNDING = 1e-12;

/**
 * Computes the equal error rate as the FVC contests define it. With finitely many scores both rates move in steps and may step across each other:
 * let t1 be the last threshold of the curve with FNMR <= FMR and t2 the first with FNMR >= FMR. If they are the same, both rates are equal there.
 * Otherwise the one with the smaller sum of rates is taken, t1 where the sums are alike.
 *
 * @param curve - A complete curve; one that was thinned gives a rate as coarse as its points.
 * @see Maio, Maltoni, Cappelli, Wayman and Jain, "FVC2000: fingerprint verification competition", IEEE TPAMI 24(3), 2002, section 4.
 */
export function computeEqualErrorRate(curve: ErrorCurve): EqualErrorRate {
  const { thresholds, fmr, fnmr } = curve;
  // FNMR - FMR grows along the curve, from -1 to 1.
  let after = 0;
  let end = thresholds.length - 1;
  while (after < end) {
    const middle = (after + end) >> 1;
    if ((fnmr[middle] as number) >= (fmr[middle] as number)) end = middle;
    else after = middle + 1;
  }
  const isMeeting = fnmr[after] === fmr[after];
  const index = !isMeeting && after > 0 && toSum(curve, after - 1) <= toSum(curve, after) + ROUNDING ? after - 1 : after;
  const low = Math.min(fmr[index] as number, fnmr[index] as number);
  const high = Math.max(fmr[index] as number, fnmr[index] as number);
  return { rate: (low + high) / 2, threshold: thresholds[index] as number, low, high };
}

function toSum({ fmr, fnmr }: ErrorCurve, i: number): number {
  return (fmr[i] as number) + (fnmr[i] as number);
}
