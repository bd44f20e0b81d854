/** Search, written as slowly and plainly as possible: what every index is compared with. */

import { computeCosineSimilarity, computeEuclideanDistance, FaceError } from '@isoface/core';
import type { IndexHit, IndexRows, IndexSpec, LocalTemplateIndex } from '@isoface/core/gallery';

interface PlainRow {
  readonly vector: Float32Array;
  readonly group: number;
  readonly label: number;
}

/** An index that compares the probe with one row after the other, in 64-bit floats. */
export function createPlainIndex({ dimension, metric }: IndexSpec): LocalTemplateIndex {
  const rows: PlainRow[] = [];
  let isDisposed = false;

  const assertUsable = (): void => {
    if (isDisposed) throw new FaceError('DISPOSED', 'Expected an index in use, got a disposed one.');
  };
  const compare = (probe: Float32Array, vector: Float32Array): number =>
    metric === 'cosine' ? computeCosineSimilarity(probe, vector) : -computeEuclideanDistance(probe, vector);

  function searchOne(probe: Float32Array, limit: number): readonly IndexHit[] {
    const best = new Map<number, IndexHit>();
    for (const { vector, group, label } of rows) {
      const similarity = compare(probe, vector);
      const known = best.get(group);
      const isBetter = known === undefined || similarity > known.similarity || (similarity === known.similarity && label < known.label);
      if (isBetter) best.set(group, { group, label, similarity });
    }
    const hits = [...best.values()].sort((a, b) => b.similarity - a.similarity);
    const last = hits[limit - 1]?.similarity ?? Number.NEGATIVE_INFINITY;
    return hits.filter(({ similarity }) => similarity >= last);
  }

  return {
    async info() {
      assertUsable();
      return { where: 'here', kernel: 'javascript', prefilter: 'none', rows: rows.length, bytes: rows.length * dimension * 4 };
    },
    async add({ vectors, groups, labels }) {
      assertUsable();
      const added = split(vectors, dimension, groups.length);
      if (labels.length !== groups.length) throw shapeError(`${groups.length} labels`, labels.length);
      for (const [i, vector] of added.entries()) {
        rows.push({ vector: vector.slice(), group: groups[i] as number, label: labels[i] as number });
      }
    },
    async remove(group) {
      assertUsable();
      let removed = 0;
      for (let i = rows.length - 1; i >= 0; i--) {
        if (rows[i]?.group !== group) continue;
        rows[i]?.vector.fill(0);
        const last = rows.pop() as PlainRow;
        if (i < rows.length) rows[i] = last;
        removed++;
      }
      return removed;
    },
    async search(probes, { limit, signal }) {
      assertUsable();
      signal?.throwIfAborted();
      return split(probes, dimension, probes.length / dimension).map((probe) => searchOne(probe, limit));
    },
    rows: () => ({
      count: rows.length,
      groups: Int32Array.from(rows, ({ group }) => group),
      labels: Int32Array.from(rows, ({ label }) => label),
      rowAt: (row) => rows[row]?.vector ?? new Float32Array(),
    }),
    async dispose() {
      isDisposed = true;
      for (const { vector } of rows.splice(0)) vector.fill(0);
    },
  };
}

/** Rows of a gallery as they are added. */
export function toIndexRows(vectors: readonly Float32Array[], groups: readonly number[], labels: readonly number[]): IndexRows {
  const dimension = vectors[0]?.length ?? 0;
  const all = new Float32Array(vectors.length * dimension);
  for (const [i, vector] of vectors.entries()) all.set(vector, i * dimension);
  return { vectors: all, groups: Int32Array.from(groups), labels: Int32Array.from(labels) };
}

function split(vectors: Float32Array, dimension: number, count: number): readonly Float32Array[] {
  if (!Number.isInteger(count) || vectors.length !== count * dimension)
    throw shapeError(`${count} vectors of ${dimension} numbers`, vectors.length);
  const parts = Array.from({ length: count }, (_, i) => vectors.subarray(i * dimension, (i + 1) * dimension));
  for (const part of parts) {
    let squared = 0;
    for (const value of part) squared += value ** 2;
    if (!(Number.isFinite(squared) && squared > 0))
      throw new FaceError('INVALID_EMBEDDING', 'Expected numbers that are finite and not all zero.');
  }
  return parts;
}

function shapeError(expected: string, got: number): FaceError {
  return new FaceError('SHAPE_MISMATCH', `Expected ${expected}, got ${got}.`);
}
