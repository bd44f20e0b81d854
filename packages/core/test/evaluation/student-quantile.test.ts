import { expect, it } from 'vitest';
import { computeStudentQuantile } from '../../src/evaluation/student-quantile.ts';
import golden from './golden/verification.json';

it.each(golden.student)('agrees with SciPy for $freedom degrees of freedom', ({ freedom, quantile }) => {
  // SciPy itself differs from the closed form of 1 degree, tan(0.475 pi), by 3e-12.
  expect(Math.abs(computeStudentQuantile(freedom, 0.95) / quantile - 1)).toBeLessThan(1e-10);
});

it('has the closed forms of one and two degrees of freedom', () => {
  expect(computeStudentQuantile(1, 0.95)).toBeCloseTo(Math.tan(0.475 * Math.PI), 11);
  expect(computeStudentQuantile(2, 0.95)).toBeCloseTo(0.95 * Math.sqrt(2 / (1 - 0.95 ** 2)), 11);
});
