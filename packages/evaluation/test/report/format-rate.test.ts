import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber } from '../../src/report/format-number.ts';
import { formatPercent, formatRate } from '../../src/report/format-rate.ts';

describe('formatPercent', () => {
  it.each([
    [0.9953, undefined, '99.53 %'],
    [0.9953, [0.9927, 0.9971], '99.53 % [99.27, 99.71]'],
    [0, undefined, '0 %'],
    [1, undefined, '100 %'],
    [1, [0.9988, 1], '100 % [99.88, 100]'],
    [0.99998, undefined, '99.998 %'],
    [0.99998, [0.9993, 0.999999], '99.9980 % [99.9300, 99.9999]'],
    [0.00002, undefined, '0.002 %'],
    [0.5, [Number.NaN, 1], '50.00 % [n/a, 100]'],
    [Number.NaN, undefined, 'n/a'],
    [Infinity, [0, 1], 'n/a'],
  ] as const)('writes %d with %o as %s', (share, ci95, text) => {
    expect(formatPercent(share, ci95)).toBe(text);
  });

  it('never rounds few to none or nearly all to all', () => {
    // Below 1e-11 of distance the ten decimals end.
    fc.assert(
      fc.property(fc.double({ min: 1e-11, max: 1 - 1e-11, noNaN: true }), (share) => {
        const percent = Number.parseFloat(formatPercent(share));
        expect(percent).toBeGreaterThan(0);
        expect(percent).toBeLessThan(100);
        expect(Math.abs(percent - share * 100)).toBeLessThanOrEqual(0.005 + 1e-9);
      }),
    );
  });
});

describe('formatRate', () => {
  it.each([
    [1.2e-5, undefined, '1.2e-5'],
    [1e-5, undefined, '1e-5'],
    [1.2e-5, [8.1e-6, 1.9e-5], '1.2e-5 [8.1e-6, 1.9e-5]'],
    [9.8e-4, [8.8e-4, 1.1e-3], '9.8e-4 [8.8e-4, 1.1e-3]'],
    [1e-3, undefined, '0.10 %'],
    [0.0213, [0.0187, 0.0242], '2.13 % [1.87, 2.42]'],
    [0, undefined, '0 %'],
    [0, [0, 7.4e-5], '0 [0, 7.4e-5]'],
    [0, [0, 0.0119], '0 % [0, 1.19]'],
    [Number.NaN, undefined, 'n/a'],
  ] as const)('writes %d with %o as %s', (rate, ci95, text) => {
    expect(formatRate(rate, ci95)).toBe(text);
  });
});

describe('formatNumber', () => {
  it.each([
    [29_640_749, '29,640,749'],
    [0.92617, '0.92617'],
    [-0.5, '-0.5'],
    [1234.5678, '1,234.6'],
    [1.234e-7, '1.23e-7'],
    [1e-7, '1e-7'],
    [1.5e300, '1.5e300'],
    [0, '0'],
    [-0, '0'],
    [Infinity, '∞'],
    [-Infinity, '-∞'],
    [Number.NaN, 'n/a'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});
