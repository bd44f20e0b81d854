import { describe, expect, it } from 'vitest';
import { computeTransactionErrors } from '../../src/evaluation/transaction-errors.ts';

describe('transaction errors', () => {
  it.each([
    [
      { fmr: 0.25, fnmr: 0.125, failureToAcquire: 0 },
      { far: 0.25, frr: 0.125 },
    ],
    [
      { fmr: 0.25, fnmr: 0.125, failureToAcquire: 0.5 },
      { far: 0.125, frr: 0.5625 },
    ],
    [
      { fmr: 1, fnmr: 0, failureToAcquire: 1 },
      { far: 0, frr: 1 },
    ],
  ])('of %o are %o', (errors, expected) => {
    expect(computeTransactionErrors(errors)).toEqual(expected);
  });

  it.each(['fmr', 'fnmr', 'failureToAcquire'])('refuse a %s that is no rate', (name) => {
    for (const value of [-0.1, 1.1, Number.NaN]) {
      expect(() => computeTransactionErrors({ fmr: 0, fnmr: 0, failureToAcquire: 0, [name]: value })).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION', details: { option: name, value } }),
      );
    }
  });
});
