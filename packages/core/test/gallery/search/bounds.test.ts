/** No row is left out whose exact score reaches the floor, not even barely: the claim on which exactness rests, tested by itself. */

import { createRandom } from '@isoface/core/evaluation';
import { describe, expect, it } from 'vitest';
import { createByteMatrix } from '../../../src/gallery/search/byte-matrix.ts';
import type { CandidateCollector } from '../../../src/gallery/search/candidate-collector.ts';
import { createPlainRowMatrix, createWasmRowMatrix, type RowMatrix } from '../../../src/gallery/search/row-matrix.ts';
import { boundScoreError } from '../../../src/gallery/search/score-error.ts';
import { createSearchModule } from '../../../src/gallery/search/search-module.ts';
import { drawShape, SHAPES } from './support/vectors.ts';

const METRICS = ['cosine', 'euclidean'] as const;
const DIMENSIONS = [1, 7, 33, 128];
const COUNT = 300;
const CASES = SHAPES.flatMap((shape) => METRICS.flatMap((metric) => DIMENSIONS.map((dimension) => [shape, metric, dimension] as const)));

function multiply(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** What scores stand for, in float64. */
function scoreOf(metric: 'cosine' | 'euclidean', probe: Float32Array, row: Float32Array): number {
  const squared = multiply(row, row);
  return metric === 'cosine' ? multiply(probe, row) / Math.sqrt(multiply(probe, probe) * squared) : multiply(probe, row) - squared / 2;
}

function collect(floors: Pick<CandidateCollector, 'floor' | 'exactFloor'>): CandidateCollector & { readonly scores: Map<number, number> } {
  const scores = new Map<number, number>();
  return {
    ...floors,
    errorBound: 0,
    scores,
    offer: (row, score) => void scores.set(row, score),
    prune: () => {},
    candidates: () => [...scores.keys()],
  };
}

function scanAll(scanner: Pick<RowMatrix, 'blockRows' | 'scan'>, collector: CandidateCollector): void {
  for (let from = 0; from < COUNT; from += scanner.blockRows) {
    scanner.scan(0, from, Math.min(COUNT, from + scanner.blockRows), collector);
  }
}

describe.each(CASES)('%s, %s, %d dimensions', (shape, metric, dimension) => {
  const random = createRandom(dimension);
  // Of any lengths: rows of cosines have length 1, but nothing rests on it.
  const drawn = drawShape(random, shape, dimension, COUNT + 1);
  const vectors = Array.from({ length: COUNT }, (_, row) => drawn.subarray(row * dimension, (row + 1) * dimension));
  const probe = drawn.slice(COUNT * dimension);
  const probeLength = Math.sqrt(multiply(probe, probe));
  const lengths = vectors.map((vector) => Math.sqrt(multiply(vector, vector)));
  const exact = vectors.map((vector) => scoreOf(metric, probe, vector));
  const spec = { dimension, metric };
  const bound = boundScoreError(spec, probeLength, { shortest: Math.min(...lengths), longest: Math.max(...lengths) });

  function fill(matrix: RowMatrix): void {
    matrix.reserve(COUNT);
    for (const [row, vector] of vectors.entries()) {
      const length = lengths[row] as number;
      matrix.write(row, vector, metric === 'cosine' ? 1 / length : -(length ** 2) / 2);
    }
    matrix.loadProbe(0, metric === 'cosine' ? probe.map((value) => value / probeLength) : probe);
  }

  it('scores in float32 are no more wrong than the bound says', async () => {
    for (const matrix of [createWasmRowMatrix(await createSearchModule(), spec), createPlainRowMatrix(spec)]) {
      fill(matrix);
      const collector = collect({ floor: Number.NEGATIVE_INFINITY, exactFloor: Number.NEGATIVE_INFINITY });
      scanAll(matrix, collector);
      expect(collector.scores.size).toBe(COUNT);
      const errors = [...collector.scores].map(([row, score]) => Math.abs(score - (exact[row] as number)));
      expect(Math.max(...errors)).toBeLessThanOrEqual(bound);
    }
  });

  it('bytes leave out no row that reaches the floor, and most that do not', async () => {
    const matrix = createWasmRowMatrix(await createSearchModule(), spec);
    fill(matrix);
    const bytes = createByteMatrix(await createSearchModule(), spec, matrix);
    bytes.reserve(COUNT);
    bytes.extend(COUNT);
    bytes.loadProbe(0, probe, Math.max(...lengths));
    for (const [row, score] of exact.entries()) {
      if (row % 10 !== 0) continue;
      const collector = collect({ floor: Number.NEGATIVE_INFINITY, exactFloor: score });
      scanAll(bytes, collector);
      const missing = exact.flatMap((other, i) => (other >= score && !collector.scores.has(i) ? [i] : []));
      expect(missing).toEqual([]);
    }
    const spread = Math.max(...exact) - Math.min(...exact);
    const collector = collect({ floor: Number.NEGATIVE_INFINITY, exactFloor: Math.max(...exact) + 0.1 * spread });
    scanAll(bytes, collector);
    // Vectors that differ in the last bits cannot be told apart by bytes around a mean that is rounded as they are.
    if (shape === 'random' || shape === 'clustered') expect(collector.scores.size).toBeLessThan(COUNT / 10);
  });
});
