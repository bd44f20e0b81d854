import { composeAffine, estimateSimilarity, invertAffine, transformPoints } from '@isoface/core';
import { arbitraryPoints, arbitrarySimilarity } from '@isoface/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Applies a matrix in 64-bit floats; `transformPoints` rounds to 32. */
function apply(matrix: ArrayLike<number>, points: readonly number[]): number[] {
  const [a = 0, b = 0, x = 0, c = 0, d = 0, y = 0] = Array.from(matrix);
  return points.flatMap((_, i) => {
    const [px = 0, py = 0] = points.slice(i, i + 2);
    return i % 2 === 0 ? [a * px + b * py + x, c * px + d * py + y] : [];
  });
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
}

const squaredError = (matrix: ArrayLike<number>, source: readonly number[], target: readonly number[]): number =>
  apply(matrix, source).reduce((sum, value, i) => sum + (value - (target[i] as number)) ** 2, 0);

/** Source points and a target that is nearly a similarity of them, as landmarks of a face are. Unrelated points may have no best similarity. */
const arbitraryCorrespondence = fc
  .tuple(
    arbitraryPoints(5),
    arbitrarySimilarity,
    fc.array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), { minLength: 10, maxLength: 10 }),
  )
  .map(([source, { matrix }, noise]) => ({
    source,
    target: apply(
      matrix,
      source.map((value, i) => value + (noise[i] as number)),
    ),
  }));

describe('estimateSimilarity', () => {
  it('recovers any known similarity from any points', () => {
    fc.assert(
      fc.property(arbitraryPoints(5), arbitrarySimilarity, (points, { matrix }) => {
        // Coordinates reach 10^4 and the spread may be one pixel: 1e-8 leaves four digits to 64-bit rounding.
        expect(largestDifference(estimateSimilarity(points, apply(matrix, points)), matrix)).toBeLessThan(1e-8);
      }),
    );
  });

  it('never reflects, whatever the target', () => {
    fc.assert(
      fc.property(arbitraryCorrespondence, ({ source, target }) => {
        const [a = 0, b = 0, , c = 0, d = 0] = estimateSimilarity(source, target);
        expect(a * d - b * c).toBeGreaterThan(0);
        expect([a, b]).toEqual([d, -c]);
      }),
    );
  });

  it('turns mirrored points into the best rotation instead of a reflection', () => {
    const source = [0, 0, 10, 0, 10, 4];
    const mirrored = [0, 0, -10, 0, -10, 4];
    const [a = 0, b = 0, , c = 0, d = 0] = estimateSimilarity(source, mirrored);
    expect(a * d - b * c).toBeGreaterThan(0);
  });

  it('has the least squared error among its neighbours', () => {
    fc.assert(
      fc.property(arbitraryCorrespondence, arbitraryPoints(2), ({ source, target }, nudge) => {
        const best = estimateSimilarity(source, target);
        const [da = 0, db = 0, dx = 0, dy = 0] = nudge.map((value) => value * 1e-3);
        const [a = 0, b = 0, x = 0, , , y = 0] = best;
        const other = [a + da, b - db, x + dx, -b + db, a + da, y + dy];
        expect(squaredError(best, source, target)).toBeLessThanOrEqual(squaredError(other, source, target) * (1 + 1e-9) + 1e-12);
      }),
    );
  });

  it('follows a similarity of the source by its inverse', () => {
    fc.assert(
      fc.property(arbitraryCorrespondence, arbitrarySimilarity, ({ source, target }, { matrix }) => {
        const direct = estimateSimilarity(source, target);
        const moved = composeAffine(estimateSimilarity(apply(matrix, source), target), matrix);
        // Entries grow as the source's spread shrinks, so the error is taken in target pixels.
        expect(largestDifference(apply(moved, source), apply(direct, source))).toBeLessThan(1e-6);
      }),
    );
  });

  it.each([
    ['coincide', [3, 4, 3, 4, 3, 4]],
    ['are all zero', [0, 0, 0, 0, 0, 0]],
    ['hold NaN', [0, 0, 10, Number.NaN, 5, 5]],
    ['hold Infinity', [0, 0, 10, Number.POSITIVE_INFINITY, 5, 5]],
  ])('throws DEGENERATE_LANDMARKS for source points that %s', (_, source) => {
    expect(() => estimateSimilarity(source, [0, 0, 10, 0, 5, 8])).toThrow(expect.objectContaining({ code: 'DEGENERATE_LANDMARKS' }));
  });

  it('throws DEGENERATE_LANDMARKS where source and target have nothing in common', () => {
    expect(() => estimateSimilarity([-1, 0, 0, 0, 1, 0], [5, 5, -10, -10, 5, 5])).toThrow(
      expect.objectContaining({ code: 'DEGENERATE_LANDMARKS' }),
    );
  });

  it.each([
    ['one point', [1, 2], [3, 4]],
    ['no points', [], []],
    ['unequal counts', [1, 2, 3, 4], [1, 2, 3, 4, 5, 6]],
    ['half a point', [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]],
  ])('throws SHAPE_MISMATCH for %s', (_, source, target) => {
    expect(() => estimateSimilarity(source, target)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});

describe('invertAffine and composeAffine', () => {
  it('give the identity together, in either order', () => {
    fc.assert(
      fc.property(arbitrarySimilarity, ({ matrix }) => {
        const identity = [1, 0, 0, 0, 1, 0];
        expect(largestDifference(composeAffine(invertAffine(matrix), matrix), identity)).toBeLessThan(1e-9);
        expect(largestDifference(composeAffine(matrix, invertAffine(matrix)), identity)).toBeLessThan(1e-9);
      }),
    );
  });

  it('compose as: first, then second', () => {
    const shift = [1, 0, 5, 0, 1, 0];
    const double = [2, 0, 0, 0, 2, 0];
    expect(Array.from(transformPoints(composeAffine(double, shift), [1, 1]))).toEqual([12, 2]);
    expect(Array.from(transformPoints(composeAffine(shift, double), [1, 1]))).toEqual([7, 2]);
  });

  it('compose associatively', () => {
    fc.assert(
      fc.property(arbitrarySimilarity, arbitrarySimilarity, arbitraryPoints(3), ({ matrix: first }, { matrix: second }, points) => {
        const stepwise = apply(second, apply(first, points));
        expect(largestDifference(apply(composeAffine(second, first), points), stepwise)).toBeLessThan(1e-6);
      }),
    );
  });

  it.each([
    ['no extent', [0, 0, 1, 0, 0, 1]],
    ['one line as image', [1, 2, 0, 2, 4, 0]],
    ['NaN', [Number.NaN, 0, 0, 0, 1, 0]],
    ['Infinity', [Number.POSITIVE_INFINITY, 0, 0, 0, 1, 0]],
  ])('throw DEGENERATE_LANDMARKS for a matrix with %s', (_, matrix) => {
    expect(() => invertAffine(matrix)).toThrow(expect.objectContaining({ code: 'DEGENERATE_LANDMARKS' }));
  });
});

describe('transformPoints', () => {
  it('maps each point and leaves the input alone', () => {
    const points = Float32Array.of(1, 2, 3, 4);
    expect(Array.from(transformPoints([0, -1, 10, 1, 0, 20], points))).toEqual([8, 21, 6, 23]);
    expect(Array.from(points)).toEqual([1, 2, 3, 4]);
  });
});
