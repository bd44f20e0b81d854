import { expect, it } from 'vitest';
import { createRandom } from '../../src/evaluation/random.ts';

it.each([
  [0, 0.26642920868471265],
  [1, 0.6270739405881613],
])('gives the first number of mulberry32 for seed %s', (seed, first) => {
  expect(createRandom(seed)()).toBe(first);
});

it('repeats itself for one seed, differs for another, and stays in [0, 1)', () => {
  const take = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 1000 }, () => random());
  };
  expect(take(7)).toEqual(take(7));
  expect(take(7)).not.toEqual(take(8));
  expect(take(7).every((value) => value >= 0 && value < 1)).toBe(true);
});

it('spreads evenly: ten bins pass a chi-squared test', () => {
  const random = createRandom(2004);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) {
    const bin = Math.floor(random() * 10);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const chiSquared = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  // 27.88 is exceeded by chance once in a thousand seeds; the seed is fixed.
  expect(chiSquared).toBeLessThan(27.88);
});
