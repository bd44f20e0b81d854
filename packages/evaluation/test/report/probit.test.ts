import { describe, expect, it } from 'vitest';
import { probit } from '../../src/report/probit.ts';

describe('probit', () => {
  // norm.ppf of scipy 1.10.1: all three ranges of the algorithm, and both sides of their ends.
  it.each([
    [1e-300, -37.0470962993612],
    [1e-12, -7.034483825301131],
    [1e-6, -4.753424308822899],
    [0.001, -3.090232306167813],
    [0.0749, -1.4402382675279635],
    [0.0751, -1.4388253927525403],
    [0.25, -0.6744897501960817],
    [0.5, 0],
    [0.75, 0.6744897501960817],
    [0.925, 1.4395314709384563],
    [0.926, 1.446632067158979],
    [0.975, 1.959963984540054],
    [0.999, 3.090232306167813],
    [0.999999999, 5.997807019601637],
  ])('of %d is %d', (share, deviate) => {
    // 16 digits are claimed; the last ones depend on how the platform computes a logarithm.
    expect(Math.abs(probit(share) - deviate)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(deviate)));
  });

  it.each([
    [0, -Infinity],
    [1, Infinity],
    [-0.1, Number.NaN],
    [1.1, Number.NaN],
    [Number.NaN, Number.NaN],
  ])('of %d is %d', (share, deviate) => {
    expect(probit(share)).toBe(deviate);
  });
});
