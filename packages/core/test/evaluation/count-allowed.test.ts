import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countAllowed } from '../../src/evaluation/count-allowed.ts';

it.each([
  [0, 100, 0],
  [1, 100, 100],
  // The products in floating point: 28.999999999999996, 57.99999999999999 and 3.
  [0.29, 100, 29],
  [0.58, 100, 58],
  [1e-3, 3000, 3],
  [1e-5, 29_640_749, 296],
])('a share of %s of %s trials allows %s', (rate, trials, count) => {
  expect(countAllowed(rate, trials)).toBe(count);
});

it('is the largest count with at most that share', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 2 ** 31 }), (rate, trials) => {
      const count = countAllowed(rate, trials);
      expect(count / trials).toBeLessThanOrEqual(rate);
      if (count < trials) expect((count + 1) / trials).toBeGreaterThan(rate);
    }),
  );
});

it('gives back every share of whole numbers', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.nat(), (trials, some) => {
      const count = some % (trials + 1);
      expect(countAllowed(count / trials, trials)).toBe(count);
    }),
  );
});
