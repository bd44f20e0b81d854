/** The fit of the Universal Scalability Law: on points that were made by the law, on flat ones, and on what no law fits. */

import { isFaceError } from '@isoface/core';
import { createRandom } from '@isoface/core/evaluation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findScalabilityPeak,
  fitUniversalScalability,
  predictThroughput,
  type ScalabilityParameters,
  type ScalabilityPoint,
} from '../src/suites/concurrency/fit-universal-scalability.ts';

const LEVELS = [1, 2, 5, 10, 20, 50, 100, 200];

/** Points of the law, each times a factor of 1 ± `noise`. */
function makePoints(parameters: ScalabilityParameters, { noise = 0, repeats = 1, seed = 1 } = {}): ScalabilityPoint[] {
  const random = createRandom(seed);
  return LEVELS.flatMap((callers) =>
    Array.from({ length: repeats }, () => ({
      callers,
      throughput: predictThroughput(parameters, callers) * (1 + noise * (2 * random() - 1)),
    })),
  );
}

const parametersArbitrary = fc.record({
  lambda: fc.double({ min: 0.5, max: 5000, noNaN: true }),
  sigma: fc.double({ min: 0, max: 1, noNaN: true }),
  kappa: fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 0.02, noNaN: true })),
});

describe('fitUniversalScalability', () => {
  it('finds the parameters of exact points', () => {
    fc.assert(
      fc.property(parametersArbitrary, (parameters) => {
        const fit = fitUniversalScalability(makePoints(parameters));
        expect(fit.lambda / parameters.lambda).toBeCloseTo(1, 4);
        expect(fit.sigma).toBeCloseTo(parameters.sigma, 4);
        expect(fit.kappa).toBeCloseTo(parameters.kappa, 6);
        expect(fit.ci95).toBeUndefined();
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it('finds the parameters of a pool in which at most so many callers are at work', () => {
    fc.assert(
      fc.property(parametersArbitrary, fc.integer({ min: 2, max: 16 }), (parameters, servers) => {
        const fit = fitUniversalScalability(makePoints({ ...parameters, servers }), { servers });
        expect(fit.lambda / parameters.lambda).toBeCloseTo(1, 4);
        expect(fit.sigma).toBeCloseTo(parameters.sigma, 4);
        expect(fit.kappa).toBeCloseTo(parameters.kappa, 6);
        expect(fit.r2).toBeCloseTo(1, 6);
      }),
      { numRuns: 60, seed: 9 },
    );
  });

  it('explains a pool that loses nothing in full, which the law without threads does not', () => {
    const points = LEVELS.map((callers) => ({ callers, throughput: 50 * Math.min(callers, 2) }));
    const fit = fitUniversalScalability(points, { servers: 2 });
    expect(fit.sigma).toBeCloseTo(0, 9);
    expect(fit.kappa).toBeCloseTo(0, 9);
    expect(fit.r2).toBeCloseTo(1, 9);
    expect(fitUniversalScalability(points).r2).toBeLessThan(0.9);
  });

  it('is about as near to noisy points as the law that made them', () => {
    fc.assert(
      fc.property(parametersArbitrary, fc.integer({ min: 1, max: 1000 }), (parameters, seed) => {
        const points = makePoints(parameters, { noise: 0.05, repeats: 5, seed });
        const error = (of: ScalabilityParameters): number =>
          points.reduce((sum, { callers, throughput }) => sum + (throughput - predictThroughput(of, callers)) ** 2, 0);
        const fit = fitUniversalScalability(points, { rounds: 2 });
        // The least squares are at least as small as those of any other parameters within the bounds; the rest is rounding.
        expect(error(fit)).toBeLessThanOrEqual(error(parameters) * (1 + 1e-9));
        for (const callers of LEVELS) {
          expect(predictThroughput(fit, callers) / predictThroughput(parameters, callers)).toBeGreaterThan(0.85);
          expect(predictThroughput(fit, callers) / predictThroughput(parameters, callers)).toBeLessThan(1.15);
        }
      }),
      { numRuns: 40, seed: 8 },
    );
  });

  it('gives intervals that hold the true parameters about as often as they promise', () => {
    const parameters = { lambda: 40, sigma: 0.3, kappa: 2e-4 };
    const runs = Array.from({ length: 20 }, (_, seed) =>
      fitUniversalScalability(makePoints(parameters, { noise: 0.05, repeats: 8, seed: seed + 1 }), { rounds: 100, seed }),
    );
    const held = (name: 'lambda' | 'sigma' | 'kappa'): number =>
      runs.filter(({ ci95 }) => {
        const [lower, upper] = ci95?.[name] ?? [Number.NaN, Number.NaN];
        return lower <= parameters[name] && parameters[name] <= upper;
      }).length;
    // Percentile intervals of eight values are somewhat narrow: at least 14 of 20 where 19 are promised.
    for (const name of ['lambda', 'sigma', 'kappa'] as const) expect(held(name)).toBeGreaterThanOrEqual(14);
  });

  it('calls a flat line full contention and nothing else', () => {
    const fit = fitUniversalScalability(LEVELS.map((callers) => ({ callers, throughput: 80 })));
    expect(fit.sigma).toBeCloseTo(1, 6);
    expect(fit.kappa).toBeCloseTo(0, 8);
    expect(fit.lambda).toBeCloseTo(80, 4);
    expect(fit.r2).toBe(1);
  });

  it('sees a fall that is not there in an ideal pool of two workers, whose bend the law does not have', () => {
    const fit = fitUniversalScalability(LEVELS.map((callers) => ({ callers, throughput: 40 * Math.min(callers, 2) })));
    expect(fit.kappa).toBeGreaterThan(0);
    expect(fit.r2).toBeLessThan(0.98);
    expect(predictThroughput(fit, 200)).toBeLessThan(predictThroughput(fit, 20));
  });

  it('stays within its bounds where more callers do better than their number', () => {
    const fit = fitUniversalScalability(LEVELS.map((callers) => ({ callers, throughput: callers ** 1.2 })));
    expect(fit).toMatchObject({ sigma: 0, kappa: 0 });
  });

  it('does not depend on the unit of the throughput', () => {
    const points = makePoints({ lambda: 3, sigma: 0.1, kappa: 1e-3 }, { noise: 0.05, repeats: 3 });
    const one = fitUniversalScalability(points);
    const thousand = fitUniversalScalability(points.map(({ callers, throughput }) => ({ callers, throughput: throughput * 1000 })));
    expect(thousand.sigma).toBeCloseTo(one.sigma, 8);
    expect(thousand.lambda / one.lambda).toBeCloseTo(1000, 4);
    expect(thousand.ci95?.kappa[1]).toBeCloseTo(one.ci95?.kappa[1] ?? Number.NaN, 8);
  });

  const good = makePoints({ lambda: 10, sigma: 0.1, kappa: 1e-3 });
  const cases: readonly { readonly name: string; readonly points: readonly ScalabilityPoint[] }[] = [
    { name: 'no points', points: [] },
    { name: 'two points', points: good.slice(0, 2) },
    { name: 'many points at two numbers of callers', points: [...good.slice(0, 2), ...good.slice(0, 2), ...good.slice(0, 2)] },
    { name: 'NaN as throughput', points: [...good, { callers: 3, throughput: Number.NaN }] },
    { name: 'NaN as callers', points: [...good, { callers: Number.NaN, throughput: 3 }] },
    { name: 'an infinite throughput', points: [...good, { callers: 3, throughput: Number.POSITIVE_INFINITY }] },
    { name: 'a negative throughput', points: [...good, { callers: 3, throughput: -1 }] },
    { name: 'no callers', points: [...good, { callers: 0, throughput: 0 }] },
    { name: 'no answers at all', points: good.map(({ callers }) => ({ callers, throughput: 0 })) },
  ];
  it.each(cases)('refuses $name', ({ points }) => {
    const failure = ((): unknown => {
      try {
        return fitUniversalScalability(points);
      } catch (error) {
        return error;
      }
    })();
    expect(isFaceError(failure, 'INVALID_OPTION')).toBe(true);
  });
});

describe('findScalabilityPeak', () => {
  it.each([
    { name: 'a falling curve', sigma: 0.04, kappa: 1e-4, peak: Math.sqrt(9600) },
    { name: 'no coherence', sigma: 0.5, kappa: 0, peak: Number.POSITIVE_INFINITY },
    { name: 'a flat line', sigma: 1, kappa: 0, peak: 1 },
    { name: 'a curve that falls from the start', sigma: 0.9, kappa: 1, peak: 1 },
    { name: 'a pool with a plateau', sigma: 0.5, kappa: 0, servers: 4, peak: 4 },
    { name: 'a pool that slows down before all are at work', sigma: 0, kappa: 1 / 9, servers: 4, peak: 3 },
  ])('is where throughput is highest: $name', ({ sigma, kappa, servers, peak }) => {
    expect(findScalabilityPeak({ lambda: 1, sigma, kappa, servers })).toBeCloseTo(peak, 9);
  });
});
