import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeAreaUnderCurve } from '../../src/evaluation/area-under-curve.ts';
import { computeEqualErrorRate } from '../../src/evaluation/equal-error-rate.ts';
import { computeErrorCurve } from '../../src/evaluation/error-curve.ts';
import { computeOperatingPoint } from '../../src/evaluation/operating-point.ts';
import { createWeightedStatistics } from '../../src/evaluation/weighted-statistics.ts';
import { arbitraryScore, toScores } from './arbitrary-scores.ts';

const RATES = [0, 0.01, 0.1, 0.29, 0.5];

describe('weighted statistics', () => {
  it('are those of scores that are repeated as often as they weigh', () => {
    const pairs = fc.array(fc.tuple(arbitraryScore, fc.constantFrom(0, 1), fc.nat(3)), { maxLength: 30 });
    fc.assert(
      fc.property(pairs, (drawn) => {
        const rows = [...drawn, [0.25, 1, 1] as const, [0.25, 0, 1] as const];
        const repeat = (kind: number) =>
          rows.flatMap(([score, isGenuine, weight]) => (isGenuine === kind ? new Array<number>(weight).fill(score) : []));
        const scores = toScores(repeat(1), repeat(0));
        const compute = createWeightedStatistics(
          Float64Array.from(rows, ([score]) => score),
          Uint8Array.from(rows, ([, isGenuine]) => isGenuine),
        );
        const { auc, eer, tarAtFmr } = compute(
          Float64Array.from(rows, ([, , weight]) => weight),
          RATES,
        );
        expect(auc).toBeCloseTo(computeAreaUnderCurve(scores), 13);
        expect(eer).toBeCloseTo(computeEqualErrorRate(computeErrorCurve(scores)).rate, 13);
        expect(tarAtFmr).toEqual(RATES.map((rate) => computeOperatingPoint(scores, rate).tar));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['genuine', 1],
    ['impostor', 0],
  ])('are NaN without %s comparisons', (_, missing) => {
    const compute = createWeightedStatistics(Float64Array.of(0.5, 0.25), Uint8Array.of(1, 0));
    expect(compute(Float64Array.of(1 - missing, missing), [0.1])).toEqual({ auc: Number.NaN, eer: Number.NaN, tarAtFmr: [Number.NaN] });
  });
});
