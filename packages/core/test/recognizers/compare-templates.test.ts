import { computeCosineSimilarity, computeEuclideanDistance } from '@isoface/core';
import { computeTemplateSimilarity, createTemplateScorer, type TemplateMetric } from '@isoface/core/recognizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const METRICS = ['cosine', 'euclidean', 'chiSquare'] as const;
const vector = (...values: number[]): Float32Array => Float32Array.from(values);

/** Plain sums in the order of the formulas. */
const ORACLES: Readonly<Record<TemplateMetric, (a: Float32Array, b: Float32Array) => number>> = {
  cosine: computeCosineSimilarity,
  euclidean: (a, b) => -Math.hypot(...a.map((value, i) => value - (b[i] as number))),
  chiSquare: (a, b) => {
    let sum = 0;
    for (const [i, x] of a.entries()) {
      const y = b[i] as number;
      if (x + y > 0) sum += (x - y) ** 2 / (x + y);
    }
    return -2 * sum;
  },
};

/**
 * Relative above 1. Sums are added in another order; the oracle of `euclidean` rounds differences to 32 bits; `chiSquare` subtracts sums of up to
 * 2000, of which 1e-12 is rounding.
 */
const TOLERANCES: Readonly<Record<TemplateMetric, number>> = { cosine: 1e-13, euclidean: 1e-6, chiSquare: 1e-11 };

/** Usable by all metrics: not negative, not all zero. Lengths that four divides and others. */
const arbitraryMatrix = fc.tuple(fc.integer({ min: 1, max: 19 }), fc.integer({ min: 1, max: 6 })).chain(([dimension, count]) =>
  fc
    .array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 100, noNaN: true })), {
      minLength: dimension * count,
      maxLength: dimension * count,
    })
    .map((values) => ({ dimension, count, matrix: Float32Array.from(values, (value, i) => (i % dimension === 0 ? value + 1 : value)) })),
);

describe.each(METRICS)('%s', (metric) => {
  it('equals the plain formula for every pair of rows', () => {
    fc.assert(
      fc.property(arbitraryMatrix, ({ matrix, dimension, count }) => {
        const score = createTemplateScorer(metric, matrix, dimension);
        const rows = Array.from({ length: count }, (_, i) => matrix.slice(i * dimension, (i + 1) * dimension));
        for (const [i, a] of rows.entries()) {
          for (const [j, b] of rows.entries()) {
            const expected = ORACLES[metric](a, b);
            expect(Math.abs(score(i, j) - expected)).toBeLessThanOrEqual(TOLERANCES[metric] * Math.max(1, Math.abs(expected)));
          }
        }
      }),
    );
  });

  it('is symmetric, and equal to the comparison of two templates bit for bit', () => {
    fc.assert(
      fc.property(arbitraryMatrix, ({ matrix, dimension, count }) => {
        const score = createTemplateScorer(metric, matrix, dimension);
        for (let i = 0; i < count; i++) {
          const [a, b] = [matrix.slice(0, dimension), matrix.slice(i * dimension, (i + 1) * dimension)];
          expect(score(0, i)).toBe(score(i, 0));
          expect(score(0, i)).toBe(computeTemplateSimilarity(metric, a, b));
        }
      }),
    );
  });

  it('is largest between a template and itself', () => {
    fc.assert(
      fc.property(arbitraryMatrix, ({ matrix, dimension, count }) => {
        const score = createTemplateScorer(metric, matrix, dimension);
        const self = score(0, 0);
        // The two sums of a cosine are added in different orders.
        expect(Math.abs(self - (metric === 'cosine' ? 1 : 0))).toBeLessThan(1e-14);
        for (let i = 0; i < count; i++) expect(score(0, i)).toBeLessThanOrEqual(self + 1e-14);
      }),
    );
  });

  it.each<[string, number]>([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
  ])('refuses a template with %s once, at creation', (_, bad) => {
    const matrix = vector(1, 2, 3, 1, bad, 3, 4, 5, 6, bad, bad, 0);
    expect(() => createTemplateScorer(metric, matrix, 3)).toThrow(
      expect.objectContaining({ code: 'INVALID_EMBEDDING', details: expect.objectContaining({ count: 4, unusable: 2, first: 1 }) }),
    );
    expect(() => computeTemplateSimilarity(metric, vector(1, 2), vector(bad, 2))).toThrow(
      expect.objectContaining({ code: 'INVALID_EMBEDDING' }),
    );
  });

  it('refuses rows that do not exist', () => {
    const score = createTemplateScorer(metric, vector(1, 2, 3, 4), 2);
    for (const [i, j] of [
      [0, 2],
      [2, 0],
      [-1, 0],
      [0, -1],
      [0.5, 0],
      [0, Number.NaN],
    ] as const) {
      expect(() => score(i, j)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
    }
  });

  it('of no templates is a function without a pair', () => {
    expect(() => createTemplateScorer(metric, vector(), 5)(0, 0)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});

describe('what a metric needs', () => {
  it.each<[TemplateMetric, string, Float32Array, boolean]>([
    ['cosine', 'only zeros', vector(0, 0), false],
    ['euclidean', 'only zeros', vector(0, 0), true],
    ['chiSquare', 'only zeros', vector(0, 0), true],
    ['cosine', 'negative numbers', vector(1, -2), true],
    ['euclidean', 'negative numbers', vector(1, -2), true],
    ['chiSquare', 'negative numbers', vector(1, -2), false],
  ])('%s, %s: usable is %4$s', (metric, _, template, isUsable) => {
    const compare = (): number => computeTemplateSimilarity(metric, template, vector(3, 4));
    if (isUsable) expect(compare()).toBeCloseTo(ORACLES[metric](template, vector(3, 4)), 6);
    else expect(compare).toThrow(expect.objectContaining({ code: 'INVALID_EMBEDDING' }));
  });

  it.each<[string, () => unknown, string]>([
    ['templates of different lengths', () => computeTemplateSimilarity('cosine', vector(1, 2), vector(1)), 'SHAPE_MISMATCH'],
    ['templates without numbers', () => computeTemplateSimilarity('cosine', vector(), vector()), 'SHAPE_MISMATCH'],
    ['a matrix that does not divide', () => createTemplateScorer('cosine', vector(1, 2, 3), 2), 'SHAPE_MISMATCH'],
    ['a dimension of 0', () => createTemplateScorer('cosine', vector(1, 2), 0), 'SHAPE_MISMATCH'],
    ['an unknown metric', () => createTemplateScorer('manhattan' as TemplateMetric, vector(1, 2), 2), 'INVALID_OPTION'],
  ])('refuses %s', (_, call, code) => {
    expect(call).toThrow(expect.objectContaining({ code }));
  });
});

it('chiSquare is never above 0, also where the sums that are subtracted round to less than nothing', () => {
  const a = vector(1.9340003728866577, 0.08235272765159607, 1.8914010357917732e-9);
  const b = vector(1.9340003728866577, 0.08235273510217667, 1.891401257836378e-9);
  expect(computeTemplateSimilarity('chiSquare', a, b)).toBe(0);
});

it('agrees with the comparison of embeddings', () => {
  fc.assert(
    fc.property(arbitraryMatrix, ({ matrix, dimension }) => {
      const [a, b] = [matrix.slice(0, dimension), matrix.slice(-dimension)];
      expect(computeTemplateSimilarity('cosine', a, b)).toBeCloseTo(computeCosineSimilarity(a, b), 12);
      expect(computeTemplateSimilarity('euclidean', a, b)).toBeCloseTo(-computeEuclideanDistance(a, b), 9);
    }),
  );
});
