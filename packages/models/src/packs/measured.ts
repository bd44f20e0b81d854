/** What was measured for the built-in packs: thresholds from calibration, and the numbers that a sound engine gives on the self-test face. */

import type { CalibratedThreshold, SelfTestExpectation } from '@isoface/core';
import selfTests from './self-tests.json' with { type: 'json' };
import thresholds from './thresholds.json' with { type: 'json' };

/** JSON has no tuples, so the interval is a plain list there. */
type StoredThreshold = Omit<CalibratedThreshold, 'ci95'> & { readonly ci95: readonly number[] };

const storedThresholds: Readonly<Record<string, readonly StoredThreshold[]>> = thresholds;
const storedSelfTests: Readonly<Record<string, SelfTestExpectation>> = selfTests;

/** The thresholds of a built-in pack; none if it has not been calibrated. */
export function calibratedThresholds(packId: string): readonly CalibratedThreshold[] {
  return (storedThresholds[packId] ?? []).map((threshold) => {
    const [low = 0, high = 1] = threshold.ci95;
    return { ...threshold, ci95: [low, high] };
  });
}

/** What a built-in pack gives on the self-test face, if that has been recorded. */
export function selfTestExpectation(packId: string): SelfTestExpectation | undefined {
  return storedSelfTests[packId];
}
