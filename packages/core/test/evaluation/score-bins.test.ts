import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ScoreRange, toBin, toLowestScore } from '../../src/evaluation/score-bins.ts';
import { nextUp } from '../../src/evaluation/share-threshold.ts';

const nextDown = (value: number) => -nextUp(-value);

describe('score bins', () => {
  const ranges: fc.Arbitrary<ScoreRange> = fc
    .record({
      min: fc.constantFrom(-1, 0, -0.3, -1e6, 1, -1e-9),
      width: fc.constantFrom(2, 1, 0.7, 1e6, 1e-12),
      bins: fc.constantFrom(1, 3, 7, 200_000),
    })
    .filter(({ min, width }) => min + width > min)
    .map(({ min, width, bins }) => ({ min, max: min + width, bins }));

  it('begin exactly where they say', () => {
    fc.assert(
      fc.property(ranges, fc.double({ min: 0, max: 1, noNaN: true }), (range, share) => {
        const lowest = toBin(range, range.min + share * (range.max - range.min));
        fc.pre(lowest > 0);
        const score = toLowestScore(range, lowest);
        expect(toBin(range, score)).toBeGreaterThanOrEqual(lowest);
        expect(toBin(range, nextDown(score))).toBeLessThan(lowest);
      }),
    );
  });

  it('begin exactly around zero, where doubles are densest', () => {
    const range = { min: -1, max: 1, bins: 200_000 };
    const score = toLowestScore(range, 100_000);
    expect(toBin(range, score)).toBe(100_000);
    expect(toBin(range, nextDown(score))).toBe(99_999);
  });

  it.each([
    [-5, 0],
    [-1, 0],
    [0.999999, 3],
    [1, 3],
    [7, 3],
    [0, 2],
  ])('of four over [-1, 1] hold %s in bin %s', (score, bin) => {
    expect(toBin({ min: -1, max: 1, bins: 4 }, score)).toBe(bin);
  });
});
