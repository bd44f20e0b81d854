import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeSymmetricEigen } from '../../src/recognizers/symmetric-eigen.ts';
import golden from './golden/symmetric-eigen.json' with { type: 'json' };

/** Frobenius norm: the scale of all rounding. */
const normOf = (matrix: ArrayLike<number>): number => Math.hypot(...Array.from(matrix));

/** Largest errors of A v = λ v, against the norm of A, and of the vectors' being orthonormal. */
function measure(matrix: Float64Array, size: number): { residual: number; orthonormality: number } {
  const { values, vectors } = computeSymmetricEigen(matrix, size);
  let residual = 0;
  let orthonormality = 0;
  for (let k = 0; k < size; k++) {
    for (let i = 0; i < size; i++) {
      let image = 0;
      let dot = 0;
      for (let j = 0; j < size; j++) {
        image += (matrix[i * size + j] as number) * (vectors[k * size + j] as number);
        dot += (vectors[i * size + j] as number) * (vectors[k * size + j] as number);
      }
      residual = Math.max(residual, Math.abs(image - (values[k] as number) * (vectors[k * size + i] as number)));
      orthonormality = Math.max(orthonormality, Math.abs(dot - (i === k ? 1 : 0)));
    }
  }
  const norm = normOf(matrix);
  return { residual: norm === 0 ? residual : residual / norm, orthonormality };
}

/** Rounding of 53 bits, over some hundred operations on each element. */
const TOLERANCE = 1e-13;

const arbitrarySymmetric = fc.integer({ min: 1, max: 14 }).chain((size) =>
  fc
    .array(
      fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: -2, max: 2 }), fc.constantFrom(5e-324, 1e-200, 1e-160)),
      {
        minLength: size * size,
        maxLength: size * size,
      },
    )
    .map((values) => ({
      size,
      matrix: Float64Array.from(values, (_, at) => {
        const [row, column] = [Math.floor(at / size), at % size];
        return values[Math.max(row, column) * size + Math.min(row, column)] as number;
      }),
    }))
    // Numbers beside which rounding can be measured; a matrix of nothing but the smallest ones has no residual but whole units of them.
    .filter(({ matrix }) => matrix.some((value) => Math.abs(value) > 1e-100)),
);

describe('computeSymmetricEigen', () => {
  it('gives A v = λ v with orthonormal v for any symmetric matrix', () => {
    fc.assert(
      fc.property(arbitrarySymmetric, ({ matrix, size }) => {
        const { residual, orthonormality } = measure(matrix, size);
        expect(residual).toBeLessThan(TOLERANCE);
        expect(orthonormality).toBeLessThan(TOLERANCE);
      }),
    );
  });

  it('gives eigenvalues in descending order that add up to the trace', () => {
    fc.assert(
      fc.property(arbitrarySymmetric, ({ matrix, size }) => {
        const { values } = computeSymmetricEigen(matrix, size);
        const trace = Array.from({ length: size }, (_, i) => matrix[i * size + i] as number).reduce((sum, value) => sum + value, 0);
        expect(Array.from(values)).toEqual(Array.from(values).sort((a, b) => b - a));
        expect(Math.abs(values.reduce((sum, value) => sum + value, 0) - trace)).toBeLessThanOrEqual(TOLERANCE * normOf(matrix) * size);
      }),
    );
  });

  it.each(golden.cases.map(({ name, matrix, values }) => [name, matrix, values] as const))('equals numpy: %s', (_, rows, expected) => {
    const matrix = Float64Array.from(rows.flat());
    const { values } = computeSymmetricEigen(matrix, rows.length);
    const norm = normOf(matrix);
    for (const [i, value] of values.entries()) expect(Math.abs(value - (expected[i] as number)) / norm).toBeLessThan(TOLERANCE);
    const { residual, orthonormality } = measure(matrix, rows.length);
    expect(residual).toBeLessThan(TOLERANCE);
    expect(orthonormality).toBeLessThan(TOLERANCE);
  });

  it.each<[string, number[], number[]]>([
    ['one number', [-3], [-3]],
    ['zeros', [0, 0, 0, 0], [0, 0]],
    ['a diagonal', [1, 0, 0, 0, 3, 0, 0, 0, 2], [3, 2, 1]],
    ['a swap', [0, 1, 1, 0], [1, -1]],
    ['numbers at the end of the range', [1e308, 0, 0, -1e308], [1e308, -1e308]],
    ['the smallest number there is', [5e-324], [5e-324]],
    ['numbers whose squares are too small to hold', [2e-200, 1e-200, 1e-200, 2e-200], [3e-200, 1e-200]],
  ])('knows the eigenvalues of %s', (_, matrix, expected) => {
    const { values } = computeSymmetricEigen(Float64Array.from(matrix), expected.length);
    for (const [i, value] of values.entries())
      expect(Math.abs(value - (expected[i] as number))).toBeLessThanOrEqual(1e-15 * Math.abs(expected[0] as number));
  });

  it('reads the lower triangle only and leaves the matrix as it is', () => {
    const lower = Float64Array.from([4, Number.NaN, 1, 3]);
    const before = lower.slice();
    expect(computeSymmetricEigen(lower, 2)).toEqual(computeSymmetricEigen(Float64Array.from([4, 1, 1, 3]), 2));
    expect(lower).toEqual(before);
  });

  it.each<[string, number[], number, string]>([
    ['another size', [1, 2, 3], 2, 'SHAPE_MISMATCH'],
    ['no rows', [], 0, 'SHAPE_MISMATCH'],
    ['NaN', [1, 0, Number.NaN, 1], 2, 'INVALID_OPTION'],
    ['infinite numbers', [1, 0, 0, 0, Number.POSITIVE_INFINITY, 0, 2, 1, 1], 3, 'INVALID_OPTION'],
  ])('refuses %s', (_, matrix, size, code) => {
    expect(() => computeSymmetricEigen(Float64Array.from(matrix), size)).toThrow(expect.objectContaining({ code }));
  });
});
