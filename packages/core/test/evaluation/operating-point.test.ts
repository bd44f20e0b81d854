import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeClopperPearson } from '../../src/evaluation/clopper-pearson.ts';
import { computeOperatingPoint, findThresholdAtFmr } from '../../src/evaluation/operating-point.ts';
import { nextUp } from '../../src/evaluation/share-threshold.ts';
import { arbitraryScores, countRates, toScores } from './arbitrary-scores.ts';

describe('operating point', () => {
  const scores = toScores([0.9, 0.8, 0.7, 0.3], [0.1, 0.2, 0.3, 0.5, 0.5, 0.6, 0.2, 0.1, 0.1, 0]);

  it.each([
    { wanted: 0, threshold: nextUp(0.6), fmr: 0, tar: 0.75 },
    { wanted: 0.05, threshold: nextUp(0.6), fmr: 0, tar: 0.75 },
    { wanted: 0.1, threshold: nextUp(0.5), fmr: 0.1, tar: 0.75 },
    // Two scores tie: three of ten match, or one.
    { wanted: 0.2, threshold: nextUp(0.5), fmr: 0.1, tar: 0.75 },
    { wanted: 0.3, threshold: nextUp(0.3), fmr: 0.3, tar: 0.75 },
    { wanted: 0.4, threshold: nextUp(0.2), fmr: 0.4, tar: 1 },
  ])('for an FMR of $wanted is as counted by hand', ({ wanted, threshold, fmr, tar }) => {
    expect(computeOperatingPoint(scores, wanted)).toEqual({
      wantedFmr: wanted,
      threshold,
      fmr,
      fmrCi95: computeClopperPearson(fmr * 10, 10),
      fnmr: 1 - tar,
      tar,
      tarCi95: computeClopperPearson(tar * 4, 4),
    });
  });

  it('has the lowest threshold just above an impostor score that lets through no more than asked for', () => {
    fc.assert(
      fc.property(
        arbitraryScores,
        fc.oneof(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.constantFrom(0.29, 0.1, 0.7)),
        (set, wanted) => {
          const allowed = [...set.impostor].map(nextUp).filter((threshold) => countRates(set, threshold).fmr <= wanted);
          const point = computeOperatingPoint(set, wanted);
          expect(point.threshold).toBe(Math.min(...allowed));
          expect({ fmr: point.fmr, fnmr: point.fnmr }).toEqual(countRates(set, point.threshold));
          expect(point.tar).toBeCloseTo(1 - point.fnmr, 15);
        },
      ),
    );
  });

  it('lets 29 of 100 through for 0.29, although 0.29 * 100 is a little less in floating point', () => {
    const impostor = Float64Array.from({ length: 100 }, (_, i) => i);
    expect(0.29 * 100).toBeLessThan(29);
    expect(findThresholdAtFmr(impostor, 0.29)).toBe(nextUp(70));
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses a rate of %s', (rate) => {
    expect(() => computeOperatingPoint(scores, rate)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
