import { type CalibratedThreshold, selectThreshold } from '@isoface/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const row = (fmr: number, threshold: number, flipAveraging = false): CalibratedThreshold => ({
  fmr,
  threshold,
  flipAveraging,
  ci95: [fmr / 2, fmr * 2],
  dataset: 'none',
  pairs: 1000,
});

/** Out of order on purpose. */
const ROWS = [row(1e-3, 0.6), row(1e-1, 0.3), row(1e-2, 0.5), row(1e-4, 0.7), row(1e-3, 0.9, true)];

describe('selectThreshold', () => {
  it.each([
    [1e-1, 0.3],
    [1e-2, 0.5],
    [1e-3, 0.6],
    [1e-4, 0.7],
  ])('gives the calibrated row for %s exactly', (fmr, threshold) => {
    expect(selectThreshold(ROWS, fmr, false)).toEqual({ threshold, fmr });
  });

  it('takes 0.001 computed another way for the same rate', () => {
    expect(selectThreshold(ROWS, 0.1 * 0.1 * 0.1, false).threshold).toBe(0.6);
  });

  it('interpolates along the logarithm of the rate', () => {
    expect(selectThreshold(ROWS, Math.sqrt(1e-2 * 1e-3), false).threshold).toBeCloseTo(0.55, 9);
    expect(selectThreshold(ROWS, 10 ** -1.75, false).threshold).toBeCloseTo(0.45, 9);
  });

  it('asks for more similarity the rarer a false match may be', () => {
    const exponent = fc.double({ min: -4, max: -1, noNaN: true });
    fc.assert(
      fc.property(exponent, exponent, (a, b) => {
        const [rare, common] = [10 ** Math.min(a, b), 10 ** Math.max(a, b)];
        expect(selectThreshold(ROWS, rare, false).threshold).toBeGreaterThanOrEqual(selectThreshold(ROWS, common, false).threshold - 1e-9);
      }),
    );
  });

  it.each([
    ['rarer than calibrated', 1e-5, false],
    ['more common than calibrated', 0.2, false],
    ['a rate calibrated only without flip averaging', 1e-2, true],
    ['a rate between rows of different flip averaging', 5e-3, true],
  ])('throws THRESHOLD_UNAVAILABLE for %s', (_, fmr, flipAveraging) => {
    expect(() => selectThreshold(ROWS, fmr, flipAveraging)).toThrow(expect.objectContaining({ code: 'THRESHOLD_UNAVAILABLE' }));
  });

  it('keeps rows with and without flip averaging apart', () => {
    expect(selectThreshold(ROWS, 1e-3, true).threshold).toBe(0.9);
    expect(selectThreshold(ROWS, 1e-3, false).threshold).toBe(0.6);
  });

  it('names the calibrated rates when it has none to give', () => {
    expect(() => selectThreshold(ROWS, 1e-9, false)).toThrow(/1e-4, 1e-3, 1e-2, 1e-1/);
    expect(() => selectThreshold([], 1e-3, false)).toThrow(/none/);
  });

  it.each([0, 1, -0.5, 2, Number.NaN, Number.POSITIVE_INFINITY])('throws INVALID_OPTION for %s, which is no rate', (fmr) => {
    expect(() => selectThreshold(ROWS, fmr, false)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('leaves the table as it was', () => {
    const table = [...ROWS];
    selectThreshold(table, 2e-3, false);
    expect(table).toEqual(ROWS);
  });
});
