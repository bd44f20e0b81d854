import { expect, it } from 'vitest';
import { computePercentileInterval } from '../../src/evaluation/percentile-interval.ts';

const upTo = (count: number) => Float64Array.from({ length: count }, (_, i) => count - i);

it.each([
  // One of 40 lies below and above, 25 of 1000, none of fewer than 40.
  [40, [2, 39]],
  [1000, [26, 975]],
  [39, [1, 39]],
  [1, [1, 1]],
])('of the numbers up to %s in falling order is %o', (count, expected) => {
  expect(computePercentileInterval(upTo(count))).toEqual(expected);
});

it('leaves NaN out', () => {
  expect(computePercentileInterval(Float64Array.of(...upTo(40), Number.NaN, Number.NaN))).toEqual([2, 39]);
});

it('refuses nothing but NaN', () => {
  expect(() => computePercentileInterval(Float64Array.of(Number.NaN))).toThrow(expect.objectContaining({ code: 'SCORES_INVALID' }));
});
