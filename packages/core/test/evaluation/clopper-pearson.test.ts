import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeClopperPearson } from '../../src/evaluation/clopper-pearson.ts';
import golden from './golden/verification.json';

/** Probability of `count` or more successes, from one binomial coefficient to the next: good for small numbers. */
function sumTail(count: number, trials: number, p: number): number {
  let sum = 0;
  let coefficient = 1;
  for (let k = 0; k <= trials; k++) {
    if (k >= count) sum += coefficient * p ** k * (1 - p) ** (trials - k);
    coefficient = (coefficient * (trials - k)) / (k + 1);
  }
  return sum;
}

const relative = (actual: number, expected: number) => Math.abs(actual / expected - 1);

describe('Clopper-Pearson interval', () => {
  // Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven methods", Statistics in Medicine 17, 1998, table I.
  it.each([
    [81, 263, 0.2527, 0.3676],
    [15, 148, 0.0578, 0.1617],
    [0, 20, 0, 0.1684],
    [1, 29, 0.0009, 0.1776],
  ])('is the published one for %s of %s', (successes, trials, lower, upper) => {
    expect(computeClopperPearson(successes, trials).map((value) => Number(value.toFixed(4)))).toEqual([lower, upper]);
  });

  it.each(golden.clopperPearson.scipy)('agrees with SciPy for $successes of $trials at $confidence', (row) => {
    const [lower, upper] = computeClopperPearson(row.successes, row.trials, row.confidence);
    // SciPy's inverse of the incomplete beta function is good to about 1e-13 here.
    expect(relative(lower, row.lower)).toBeLessThan(1e-12);
    expect(relative(upper, row.upper)).toBeLessThan(1e-12);
  });

  it.each(golden.clopperPearson.mpmath)('agrees with fifty digits for $successes of $trials', (row) => {
    const [lower, upper] = computeClopperPearson(row.successes, row.trials);
    // A hundredth of what is promised; also for what is missing to 1.
    expect(relative(lower, row.lower)).toBeLessThan(1e-11);
    expect(relative(upper, row.upper)).toBeLessThan(1e-11);
    expect(relative(1 - upper, 1 - row.upper)).toBeLessThan(1e-7);
  });

  it.each([
    [0, 1, 0, 0.975],
    [1, 1, 0.025, 1],
    [0, 0, 0, 1],
    [0, 3000, 0, 1 - 0.025 ** (1 / 3000)],
  ])('has closed forms for %s of %s', (successes, trials, lower, upper) => {
    const interval = computeClopperPearson(successes, trials);
    expect(interval[0]).toBeCloseTo(lower, 14);
    expect(interval[1]).toBeCloseTo(upper, 14);
  });

  it('leaves half of the rest to each side', () => {
    const counts = fc.integer({ min: 1, max: 60 }).chain((trials) => fc.tuple(fc.integer({ min: 0, max: trials }), fc.constant(trials)));
    fc.assert(
      fc.property(counts, fc.constantFrom(0.01, 0.5, 0.9, 0.95, 0.999), ([successes, trials], confidence) => {
        const [lower, upper] = computeClopperPearson(successes, trials, confidence);
        const half = (1 - confidence) / 2;
        if (successes > 0) expect(relative(sumTail(successes, trials, lower), half)).toBeLessThan(1e-11);
        if (successes < trials) expect(relative(1 - sumTail(successes + 1, trials, upper), half)).toBeLessThan(1e-9);
        expect(lower).toBeLessThanOrEqual(successes / trials);
        expect(upper).toBeGreaterThanOrEqual(successes / trials);
      }),
    );
  });

  it('is mirrored when successes and failures change places', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e7 }), fc.integer({ min: 0, max: 1e7 }), (trials, count) => {
        const successes = count % (trials + 1);
        const [lower, upper] = computeClopperPearson(successes, trials);
        const mirrored = computeClopperPearson(trials - successes, trials);
        expect(mirrored[0]).toBeCloseTo(1 - upper, 13);
        expect(mirrored[1]).toBeCloseTo(1 - lower, 13);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [-1, 10, 0.95],
    [11, 10, 0.95],
    [0.5, 10, 0.95],
    [1, Number.POSITIVE_INFINITY, 0.95],
    [Number.NaN, 10, 0.95],
    [1, 10, 1],
    [1, 10, 95],
  ])('refuses %s of %s at %s', (successes, trials, confidence) => {
    expect(() => computeClopperPearson(successes, trials, confidence)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
