/** The answers are those of a plain search in float64, bit for bit, whatever the vectors are like and however the index works. */

import { createRandom } from '@isoface/core/evaluation';
import { createPlainIndex } from '@isoface/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTemplateIndex } from '../../../src/gallery/search/create-index.ts';
import type { IndexHit, IndexRows, IndexSpec } from '../../../src/ports/template-index.ts';
import { KINDS } from './support/kinds.ts';
import { drawShape, SHAPES, toUnitRows } from './support/vectors.ts';

const METRICS = ['cosine', 'euclidean'] as const;

function inOrder(hits: readonly IndexHit[]): readonly IndexHit[] {
  return [...hits].sort((a, b) => b.similarity - a.similarity || a.group - b.group);
}

/** All kinds of index give what the oracle gives. */
async function expectExact(spec: IndexSpec, rows: IndexRows, probes: Float32Array, limits: readonly number[]): Promise<void> {
  const plain = createPlainIndex(spec);
  await plain.add(rows);
  const expected: (readonly (readonly IndexHit[])[])[] = [];
  for (const limit of limits) expected.push((await plain.search(probes, { limit })).map(inOrder));
  for (const [, kind] of KINDS) {
    const index = await createTemplateIndex({ ...spec, ...kind });
    await index.add(rows);
    for (const [i, limit] of limits.entries()) expect((await index.search(probes, { limit })).map(inOrder)).toEqual(expected[i]);
    await index.dispose();
  }
}

function countUp(count: number, first = 0): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => first + i);
}

describe('exactness', () => {
  it('holds for any gallery', async () => {
    const gallery = fc.record({
      seed: fc.integer(),
      shape: fc.constantFrom(...SHAPES),
      metric: fc.constantFrom(...METRICS),
      dimension: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(64, 100, 128)),
      count: fc.integer({ min: 0, max: 400 }),
      perGroup: fc.integer({ min: 1, max: 5 }),
      limit: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 1000 })),
    });
    await fc.assert(
      fc.asyncProperty(gallery, async ({ seed, shape, metric, dimension, count, perGroup, limit }) => {
        const random = createRandom(seed);
        const drawn = drawShape(random, shape, dimension, count + 2);
        const vectors = metric === 'cosine' ? toUnitRows(drawn, dimension) : drawn;
        const groups = Int32Array.from({ length: count }, () => Math.floor((random() * count) / perGroup));
        const rows = { vectors: vectors.subarray(0, count * dimension), groups, labels: countUp(count).reverse() };
        const others = vectors.subarray(count * dimension);
        const known = count === 0 ? others : vectors.subarray(0, dimension);
        const probes = Float32Array.of(...others, ...known);
        await expectExact({ dimension, metric }, rows, probes, [limit]);
      }),
      { numRuns: 60 },
    );
  });

  it.each(SHAPES.flatMap((shape) => METRICS.map((metric) => [shape, metric] as const)))(
    'holds where bytes are taken around a mean and blocks are many: %s, %s',
    async (shape, metric) => {
      const [dimension, count] = [48, 3000];
      const random = createRandom(11);
      const drawn = drawShape(random, shape, dimension, count + 3);
      const vectors = metric === 'cosine' ? toUnitRows(drawn, dimension) : drawn;
      const rows = { vectors: vectors.subarray(0, count * dimension), groups: countUp(count).map((i) => i >> 1), labels: countUp(count) };
      await expectExact({ dimension, metric }, rows, vectors.subarray(count * dimension), [1, 10, 300]);
    },
  );

  it.each(METRICS)('holds for the longest vectors, where sums of integers are largest: %s', async (metric) => {
    const dimension = 4096;
    const random = createRandom(12);
    const vectors = drawShape(random, 'one-sided', dimension, 41);
    // One number that is far larger than the others leaves these few steps.
    vectors[7] = 1000;
    for (let i = 20 * dimension; i < 21 * dimension; i++) vectors[i] = -(vectors[i] as number);
    const rows = { vectors: vectors.subarray(0, 40 * dimension), groups: countUp(40), labels: countUp(40) };
    await expectExact({ dimension, metric }, rows, vectors.subarray(39 * dimension), [1, 5, 39]);
  });

  it.each([1, 2, 3, 4, 5, 15, 16, 17, 63, 65])('holds for %d numbers each', async (dimension) => {
    const random = createRandom(dimension);
    const vectors = drawShape(random, 'random', dimension, 303);
    const rows = { vectors: vectors.subarray(0, 300 * dimension), groups: countUp(300), labels: countUp(300) };
    for (const metric of METRICS) await expectExact({ dimension, metric }, rows, vectors.subarray(300 * dimension), [3]);
  });
});

describe('galleries made to be slow', () => {
  const [dimension, count] = [8, 20_000];
  const probe = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0);
  /** Row i has the angle of i to the probe, descending: each is more similar than all before. */
  const ascending = new Float32Array(count * dimension);
  for (let i = 0; i < count; i++) {
    const angle = 2 - (2 * i) / count;
    ascending.set([Math.cos(angle), Math.sin(angle)], i * dimension);
  }
  const same = new Float32Array(count * dimension).fill(0.25);

  it.each([
    ['ascending scores', ascending, countUp(count), 10, 10],
    ['equal rows', same, countUp(count), 10, count],
    ['one identity with all rows', ascending, new Int32Array(count), 10, 1],
    ['one identity with equal rows', same, new Int32Array(count), 1, 1],
    ['more wanted than there are', ascending, countUp(count), 2 * count, count],
  ])('are searched as others are: %s', async (_, vectors, groups, limit, hits) => {
    const rows = { vectors, groups, labels: countUp(count) };
    const plain = createPlainIndex({ dimension, metric: 'cosine' });
    await plain.add(rows);
    const [expected = []] = await plain.search(probe, { limit });
    expect(expected).toHaveLength(hits);
    for (const [, kind] of KINDS) {
      const index = await createTemplateIndex({ dimension, metric: 'cosine', ...kind });
      await index.add(rows);
      const [got = []] = await index.search(probe, { limit });
      // Hundreds of thousands of small comparisons by the test runner would take longer than the search.
      expect(JSON.stringify(inOrder(got))).toBe(JSON.stringify(inOrder(expected)));
      await index.dispose();
    }
  });
});
