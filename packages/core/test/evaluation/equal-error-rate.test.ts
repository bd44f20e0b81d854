import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeEqualErrorRate } from '../../src/evaluation/equal-error-rate.ts';
import { computeErrorCurve } from '../../src/evaluation/error-curve.ts';
import { arbitraryScores, countRates, toScores } from './arbitrary-scores.ts';

const compute = (genuine: readonly number[], impostor: readonly number[]) =>
  computeEqualErrorRate(computeErrorCurve(toScores(genuine, impostor)));

describe('equal error rate', () => {
  it.each([
    { name: 'classes apart', genuine: [3, 4], impostor: [1, 2], rate: 0, threshold: 3, low: 0, high: 0 },
    { name: 'rates that meet', genuine: [2, 4], impostor: [1, 3], rate: 0.5, threshold: 3, low: 0.5, high: 0.5 },
    // At 3: FMR 1/2, FNMR 1/3. At 4: FMR 0, FNMR 1/3. The second sum is smaller.
    {
      name: 'rates that step across, later is better',
      genuine: [2, 4, 5],
      impostor: [1, 3],
      rate: 1 / 6,
      threshold: 4,
      low: 0,
      high: 1 / 3,
    },
    // At 2: FMR 1/3, FNMR 0. At 3: FMR 1/3, FNMR 1/2. The first sum is smaller.
    {
      name: 'rates that step across, earlier is better',
      genuine: [2, 5],
      impostor: [0, 1, 3],
      rate: 1 / 6,
      threshold: 2,
      low: 0,
      high: 1 / 3,
    },
    // At 1: FMR 1, FNMR 0. Above: FMR 0, FNMR 1. Both sums are 1.
    { name: 'equal scores only', genuine: [1, 1], impostor: [1], rate: 0.5, threshold: 1, low: 0, high: 1 },
    { name: 'classes upside down', genuine: [1, 2], impostor: [3, 4], rate: 1, threshold: 3, low: 1, high: 1 },
    { name: 'one score each', genuine: [2], impostor: [1], rate: 0, threshold: 2, low: 0, high: 0 },
  ])('is as counted by hand: $name', ({ genuine, impostor, rate, threshold, low, high }) => {
    expect(compute(genuine, impostor)).toEqual({ rate, threshold, low, high });
  });

  it('is what the definition gives', () => {
    fc.assert(
      fc.property(arbitraryScores, (scores) => {
        const { thresholds } = computeErrorCurve(scores);
        const points = Array.from(thresholds, (threshold) => countRates(scores, threshold));
        const last = points.findLastIndex(({ fmr, fnmr }) => fnmr <= fmr);
        const first = points.findIndex(({ fmr, fnmr }) => fnmr >= fmr);
        const sumAt = (i: number) => (points[i]?.fmr ?? Number.NaN) + (points[i]?.fnmr ?? Number.NaN);
        // Sums of shares of up to 30 scores differ by at least 1/900, or not at all.
        const expected = last === first || sumAt(last) <= sumAt(first) + 1e-9 ? last : first;
        const { rate, threshold, low, high } = computeEqualErrorRate(computeErrorCurve(scores));
        expect(threshold).toBe(thresholds[expected]);
        expect(rate).toBeCloseTo(sumAt(expected) / 2, 14);
        expect([low, high]).toEqual([points[expected]?.fmr, points[expected]?.fnmr].sort((a, b) => (a ?? 0) - (b ?? 0)));
      }),
    );
  });

  it('lies between the errors on both sides of the crossing', () => {
    fc.assert(
      fc.property(arbitraryScores, (scores) => {
        const { rate, low, high } = computeEqualErrorRate(computeErrorCurve(scores));
        expect(low).toBeLessThanOrEqual(rate);
        expect(rate).toBeLessThanOrEqual(high);
      }),
    );
  });
});
