import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAxisScale } from '../../src/report/axis-scale.ts';
import type { Axis } from '../../src/report/chart.ts';
import { probit } from '../../src/report/probit.ts';

const axis = (scale: Axis['scale'], rest: Partial<Axis> = {}): Axis => ({ label: 'x', scale, ...rest });
const horizontal = (of: Axis, values: readonly number[] = [], length = 460) =>
  createAxisScale({ axis: of, values, direction: 'horizontal', length });
const labels = (...args: Parameters<typeof horizontal>) =>
  horizontal(...args)
    .ticks.filter(({ label }) => label !== undefined)
    .sort((a, b) => a.at - b.at)
    .map(({ label }) => label);

describe('ticks', () => {
  it.each([
    ['linear', axis('linear'), [0, 1], ['0.0', '0.2', '0.4', '0.6', '0.8', '1.0']],
    ['linear, percent', axis('linear', { format: 'percent' }), [0.95, 1], ['95 %', '96 %', '97 %', '98 %', '99 %', '100 %']],
    ['linear, large', axis('linear'), [0, 3e6], ['0', '500,000', '1e6', '1.5e6', '2e6', '2.5e6', '3e6']],
    ['an end that was asked for', axis('linear', { min: 1, max: 20 }), [], ['1', '2', '4', '6', '8', '10', '12', '14', '16', '18', '20']],
    ['rates', axis('log', { format: 'rate' }), [2e-6, 1], ['1e-6', '1e-5', '1e-4', '1e-3', '1e-2', '1e-1', '1']],
    ['log, percent', axis('log', { format: 'percent' }), [1e-4, 1], ['0.01 %', '0.1 %', '1 %', '10 %', '100 %']],
    ['log over little', axis('log'), [12, 180], ['10', '20', '50', '100', '200', '500', '1,000']],
    ['probit', axis('probit', { min: 1e-4, max: 0.4 }), [], ['0.01 %', '0.1 %', '1 %', '5 %', '10 %', '20 %', '40 %']],
    ['probit near 1', axis('probit', { min: 0.4, max: 0.9999 }), [], ['40 %', '60 %', '80 %', '95 %', '99 %', '99.9 %', '99.99 %']],
    ['probit as rates', axis('probit', { min: 1e-6, max: 1e-2, format: 'rate' }), [], ['1e-6', '1e-5', '1e-4', '1e-3', '5e-3', '1e-2']],
  ])('%s', (_, of, values, expected) => {
    expect(labels(of, values)).toEqual(expected);
  });

  it('leaves out labels that would touch', () => {
    expect(labels(axis('log', { format: 'rate' }), [1e-6, 1], 150)).toEqual(['1e-6', '1e-4', '1e-2', '1']);
  });
});

describe('place', () => {
  it('spaces a log axis by orders of magnitude', () => {
    const { place } = horizontal(axis('log', { min: 1e-4, max: 1 }));
    expect(place(1e-4)).toEqual({ at: 0, beyond: false });
    expect(place(1e-2)?.at).toBeCloseTo(230, 9);
    expect(place(1)?.at).toBeCloseTo(460, 9);
  });

  it('spaces a probit axis by normal deviates', () => {
    const { place } = horizontal(axis('probit', { min: 0.001, max: 0.4 }));
    const share = (probit(0.05) - probit(0.001)) / (probit(0.4) - probit(0.001));
    expect(place(0.05)?.at).toBeCloseTo(460 * share, 9);
  });

  it.each([
    ['log', 0, 0],
    ['log', -3, 0],
    ['log', Infinity, 460],
    ['probit', 0, 0],
    ['probit', 1, 460],
    ['probit', -0.2, 0],
    ['probit', 1.2, 460],
    ['linear', Infinity, 460],
    ['linear', -Infinity, 0],
    ['linear', 1e300, 460],
  ] as const)('stops at the end of a %s axis for %d', (scale, value, at) => {
    expect(horizontal(axis(scale, { min: 0.01, max: 0.4 })).place(value)).toEqual({ at, beyond: true });
  });

  it('goes on outside of the ends for what the scale can show', () => {
    expect(horizontal(axis('linear', { min: 0, max: 1 })).place(2)).toEqual({ at: 920, beyond: false });
  });

  it('has no place for NaN', () => {
    expect(horizontal(axis('linear')).place(Number.NaN)).toBeUndefined();
  });

  it('runs a vertical axis upwards', () => {
    const { place } = createAxisScale({ axis: axis('linear', { min: 0, max: 1 }), values: [], direction: 'vertical', length: 300 });
    expect([place(0)?.at, place(1)?.at]).toEqual([300, 0]);
  });
});

describe('ends', () => {
  it.each([
    ['linear', [0.03, 0.97], [0, 1]],
    ['log', [3e-5, 0.2], [1e-5, 1]],
    ['probit', [3e-4, 0.35], [2e-4, 0.4]],
    ['log', [0, 3e-5, Number.NaN, 0.2], [1e-5, 1]],
    ['probit', [0, 3e-4, 0.35, 1], [2e-4, 0.4]],
    ['linear', [], [0, 1]],
  ] as const)('of a %s axis over %j are %j', (scale, values, domain) => {
    expect(horizontal(axis(scale), values).domain).toEqual(domain);
  });

  it.each([
    [{ min: 0.5 }, [0.5, 1]],
    [{ max: 2 }, [0, 2]],
    [{ min: Number.NaN, max: Infinity }, [0, 1]],
    [{ min: 5, max: 2 }, [0, 1]],
  ])('stated as %j are %j', (stated, domain) => {
    expect(horizontal(axis('linear', stated), [0.03, 0.97]).domain).toEqual(domain);
  });

  it('are apart and hold all that the scale can show, whatever the data', () => {
    const scale = fc.constantFrom('linear', 'log', 'probit');
    fc.assert(
      fc.property(scale, fc.array(fc.double(), { maxLength: 6 }), (kind, values) => {
        const { domain, place, ticks } = horizontal(axis(kind), values);
        expect(domain[0]).toBeLessThan(domain[1]);
        for (const { at } of ticks) expect(at >= -0.1 && at <= 460.1).toBe(true);
        for (const value of values) {
          const found = place(value);
          if (found !== undefined) expect(found.at >= -0.1 && found.at <= 460.1).toBe(true);
        }
      }),
    );
  });
});
