import { createPlainIndex, toIndexRows } from '@isoface/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/evaluation/random.ts';
import { createCandidateCollector } from '../../../src/gallery/search/candidate-collector.ts';
import { selectHits } from '../../../src/gallery/search/select-hits.ts';
import type { IndexHit } from '../../../src/ports/template-index.ts';
import { drawShape, SHAPES } from './support/vectors.ts';

function inOrder(hits: readonly IndexHit[]): readonly IndexHit[] {
  return [...hits].sort((a, b) => b.similarity - a.similarity || a.group - b.group);
}

describe('selectHits', () => {
  it('gives what a plain search gives, from scores that are as wrong as the bound allows', async () => {
    const gallery = fc.record({
      seed: fc.integer(),
      shape: fc.constantFrom(...SHAPES),
      metric: fc.constantFrom('cosine' as const, 'euclidean' as const),
      count: fc.integer({ min: 1, max: 150 }),
      limit: fc.integer({ min: 1, max: 40 }),
      errorBound: fc.constantFrom(1e-6, 1e-3, 0.1, Number.POSITIVE_INFINITY),
    });
    await fc.assert(
      fc.asyncProperty(gallery, async ({ seed, shape, metric, count, limit, errorBound }) => {
        const [dimension, random] = [6, createRandom(seed)];
        const drawn = drawShape(random, shape, dimension, count + 1);
        const vectors = Array.from({ length: count }, (_, row) => drawn.subarray(row * dimension, (row + 1) * dimension));
        const probe = drawn.subarray(count * dimension);
        const numbers = Array.from({ length: count }, () => Math.floor(random() * count));
        const plain = createPlainIndex({ dimension, metric });
        await plain.add(toIndexRows(vectors, numbers, [...numbers.keys()]));
        const [expected = []] = await plain.search(probe, { limit });
        const wrong = Number.isFinite(errorBound) ? errorBound : 10;
        const scores = Float32Array.from(vectors, (row) => {
          const exact = scoreOf(metric, probe, row);
          // Inside the bound by what a float32 of this size rounds.
          return exact + (random() < 0.5 ? -1 : 1) * Math.max(0, wrong - Math.abs(exact) * 2 ** -23 - wrong * 2 ** -23);
        });
        const hits = selectHits(scores, Math.max(errorBound, 1e-6), probe, plain.rows(), metric, limit);
        expect(inOrder(hits)).toEqual(inOrder(expected));
      }),
      { numRuns: 150 },
    );
  });
});

describe('createCandidateCollector', () => {
  const options = { metric: 'cosine', limit: 3, errorBound: 0.01, probe: Float32Array.of(1, 0) } as const;

  it('knows no floor before there are enough identities', () => {
    const collector = createCandidateCollector({ ...options, groups: Int32Array.of(1, 1, 2, 2) });
    for (let row = 0; row < 4; row++) collector.offer(row, row / 4);
    expect([...collector.candidates()]).toEqual([1, 3]);
    expect(collector.floor).toBe(Number.NEGATIVE_INFINITY);
  });

  it('has floors one and two error bounds below the last of the best identities', () => {
    const collector = createCandidateCollector({ ...options, groups: Int32Array.of(1, 2, 3, 4, 4) });
    for (const [row, score] of [0.5, 0.9, 0.7, 0.69, 0.2].entries()) collector.offer(row, score);
    collector.prune();
    expect(collector.exactFloor).toBeCloseTo(0.68, 10);
    expect(collector.floor).toBeCloseTo(0.67, 10);
    expect([...collector.candidates()].sort()).toEqual([1, 2, 3]);
    collector.offer(0, 0.66);
    expect([...collector.candidates()].sort()).toEqual([1, 2, 3]);
  });

  it('keeps few of many rows, in whatever order they come', () => {
    const count = 20_000;
    const groups = Int32Array.from({ length: count }, (_, i) => i);
    for (const scoreOfRow of [(i: number) => i / count, (i: number) => -i / count]) {
      const collector = createCandidateCollector({ ...options, errorBound: 1e-7, groups });
      for (let row = 0; row < count; row++) collector.offer(row, scoreOfRow(row));
      expect(collector.candidates()).toHaveLength(3);
    }
  });
});

function scoreOf(metric: 'cosine' | 'euclidean', probe: Float32Array, row: Float32Array): number {
  let [dot, p, x] = [0, 0, 0];
  for (const [i, value] of row.entries()) {
    dot += value * (probe[i] as number);
    p += (probe[i] as number) ** 2;
    x += value ** 2;
  }
  return metric === 'cosine' ? dot / Math.sqrt(p * x) : dot - x / 2;
}
