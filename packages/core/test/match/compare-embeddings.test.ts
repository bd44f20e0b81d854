import {
  compareEmbeddings,
  computeCosineSimilarity,
  computeEuclideanDistance,
  type Embedding,
  isEmbedding,
  toUnitVector,
} from '@isoface/core';
import { arbitraryVector, arbitraryVectorPair } from '@isoface/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const vector = (...values: number[]): Float32Array => Float32Array.from(values);
const embedding = (values: readonly number[], contract = 'a'.repeat(64)): Embedding => ({
  vector: Float32Array.from(values),
  contract,
  provenance: { flipAveraging: false },
});

const BAD_VECTORS = [
  ['NaN', vector(1, Number.NaN, 0)],
  ['Infinity', vector(1, Number.POSITIVE_INFINITY, 0)],
  ['only zeros', vector(0, 0, 0)],
] as const;

describe('computeCosineSimilarity', () => {
  it.each([
    ['equal', vector(1, 2, 3), vector(1, 2, 3), 1],
    ['parallel', vector(1, 2, 3), vector(10, 20, 30), 1],
    ['opposite', vector(1, 2, 3), vector(-1, -2, -3), -1],
    ['at right angles', vector(1, 0, 0), vector(0, 5, 0), 0],
    ['at 60 degrees', vector(1, 0), vector(0.5, Math.sqrt(0.75)), 0.5],
    ['tiny', vector(1e-5, 0), vector(1e-5, 0), 1],
    ['huge', vector(1e30, 1e30), vector(1e30, 1e30), 1],
  ])('of vectors %s', (_, a, b, expected) => {
    expect(computeCosineSimilarity(a, b)).toBeCloseTo(expected, 7);
  });

  it('is symmetric and in [-1, 1]', () => {
    fc.assert(
      fc.property(arbitraryVectorPair, ([a, b]) => {
        const similarity = computeCosineSimilarity(a, b);
        expect(similarity).toBe(computeCosineSimilarity(b, a));
        expect(similarity).toBeGreaterThanOrEqual(-1);
        expect(similarity).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('does not depend on the length of the vectors', () => {
    fc.assert(
      fc.property(arbitraryVectorPair, fc.double({ min: 0.01, max: 100, noNaN: true }), ([a, b], factor) => {
        const scaled = a.map((value) => value * factor);
        // Scaling rounds each component to 24 bits.
        expect(Math.abs(computeCosineSimilarity(scaled, b) - computeCosineSimilarity(a, b))).toBeLessThan(1e-6);
      }),
    );
  });

  it('of a vector with itself is 1', () => {
    fc.assert(
      fc.property(arbitraryVector(16), (a) => {
        expect(Math.abs(computeCosineSimilarity(a, a) - 1)).toBeLessThan(1e-12);
      }),
    );
  });
});

describe('computeEuclideanDistance', () => {
  it('is a metric', () => {
    fc.assert(
      fc.property(arbitraryVector(12), arbitraryVector(12), arbitraryVector(12), (a, b, c) => {
        const [ab, bc, ac] = [computeEuclideanDistance(a, b), computeEuclideanDistance(b, c), computeEuclideanDistance(a, c)];
        expect(ac).toBeLessThanOrEqual(ab + bc + 1e-9);
        expect(ab).toBe(computeEuclideanDistance(b, a));
        expect(computeEuclideanDistance(a, a)).toBe(0);
      }),
    );
  });

  it('of unit vectors follows from the cosine', () => {
    fc.assert(
      fc.property(arbitraryVectorPair, ([a, b]) => {
        const [u, v] = [toUnitVector(a), toUnitVector(b)];
        expect(Math.abs(computeEuclideanDistance(u, v) ** 2 - (2 - 2 * computeCosineSimilarity(u, v)))).toBeLessThan(1e-5);
      }),
    );
  });
});

describe.each([
  ['computeCosineSimilarity', computeCosineSimilarity],
  ['computeEuclideanDistance', computeEuclideanDistance],
] as const)('%s', (_, compare) => {
  it('leaves its inputs as they were', () => {
    const [a, b] = [vector(3, 4, 12), vector(-1, 0.5, 2)];
    compare(a, b);
    expect([Array.from(a), Array.from(b)]).toEqual([
      [3, 4, 12],
      [-1, 0.5, 2],
    ]);
  });

  it.each([
    ['longer first', vector(1, 2, 3), vector(1, 2)],
    ['shorter first', vector(1, 2), vector(1, 2, 3)],
    ['one empty', vector(), vector(1)],
  ])('throws SHAPE_MISMATCH for different lengths: %s', (_case, a, b) => {
    expect(() => compare(a, b)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH', details: { a: a.length, b: b.length } }));
  });

  it.each(BAD_VECTORS)('throws INVALID_EMBEDDING for %s, on either side', (_case, bad) => {
    const good = vector(1, 2, 3);
    expect(() => compare(bad, good)).toThrow(expect.objectContaining({ code: 'INVALID_EMBEDDING' }));
    expect(() => compare(good, bad)).toThrow(expect.objectContaining({ code: 'INVALID_EMBEDDING' }));
    expect(() => compare(bad, bad)).toThrow(expect.objectContaining({ code: 'INVALID_EMBEDDING' }));
  });
});

describe('compareEmbeddings', () => {
  it.each([
    ['cosine', 0.6, Math.sqrt(0.8)],
    ['euclidean', -Math.sqrt(0.8), Math.sqrt(0.8)],
  ] as const)('by %s: larger similarity is more alike, distance as stored', (metric, similarity, distance) => {
    const comparison = compareEmbeddings(embedding([1, 0]), embedding([0.6, 0.8]), metric);
    expect(comparison.similarity).toBeCloseTo(similarity, 6);
    expect(comparison.distance).toBeCloseTo(distance, 6);
  });

  it('refuses to compare what was made in different ways', () => {
    const [a, b] = [embedding([1, 0], 'a'.repeat(64)), embedding([1, 0], 'b'.repeat(64))];
    expect(() => compareEmbeddings(a, b, 'cosine')).toThrow(
      expect.objectContaining({ code: 'CONTRACT_MISMATCH', details: { a: a.contract, b: b.contract } }),
    );
  });

  it('compares embeddings that came about differently but mean the same', () => {
    const a = { ...embedding([1, 0]), provenance: { executionProvider: 'cpu', flipAveraging: true } };
    const b = { ...embedding([1, 0]), provenance: { importedFrom: 'other', flipAveraging: false } };
    expect(compareEmbeddings(a, b, 'cosine').similarity).toBe(1);
  });
});

describe('toUnitVector', () => {
  it('has length 1, the same direction, and is a copy', () => {
    const source = vector(3, 4);
    const unit = toUnitVector(source);
    expect(unit[0]).toBeCloseTo(0.6, 6);
    expect(unit[1]).toBeCloseTo(0.8, 6);
    expect(Array.from(source)).toEqual([3, 4]);
  });
});

describe('isEmbedding', () => {
  it.each([
    ['an embedding', embedding([1, 2]), true],
    ['a copy by structured clone', structuredClone(embedding([1, 2])), true],
    ['a plain array as vector', { ...embedding([1]), vector: [1] }, false],
    ['no contract', { vector: vector(1) }, false],
    ['a bare vector', vector(1), false],
    ['null', null, false],
  ])('%s', (_, value, expected) => {
    expect(isEmbedding(value)).toBe(expected);
  });
});
