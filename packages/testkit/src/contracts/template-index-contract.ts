/** What every index must do, wherever it runs and however it computes; the port alone is used. Answers are compared bit by bit. */

import { createRandom } from '@isoface/core/evaluation';
import type { IndexHit, IndexRows, IndexSpec, TemplateIndex } from '@isoface/core/gallery';
import { afterEach, describe, expect, it } from 'vitest';
import { createPlainIndex, toIndexRows } from '../oracles/plain-index.ts';

/** What one implementation does otherwise than the others. */
export interface IndexTraits {
  /** What `info` says about it; absent: not compared. */
  readonly info?: Partial<Awaited<ReturnType<TemplateIndex['info']>>> | undefined;
}

type Metric = IndexSpec['metric'];
const METRICS: readonly Metric[] = ['cosine', 'euclidean'];

/** Runs the contract of {@link TemplateIndex} on an implementation. Every index is disposed by the suite. */
export function describeTemplateIndex(
  name: string,
  create: (spec: IndexSpec) => Promise<TemplateIndex>,
  { info: expectedInfo }: IndexTraits = {},
): void {
  describe(`template index contract: ${name}`, () => {
    const open: TemplateIndex[] = [];
    const openIndex = async (spec: IndexSpec): Promise<TemplateIndex> => {
      const index = await create(spec);
      open.push(index);
      return index;
    };
    afterEach(async () => {
      for (const index of open.splice(0)) await index.dispose();
    });

    /** The index and the oracle with the same rows. */
    async function openPair(spec: IndexSpec, rows?: IndexRows): Promise<readonly [TemplateIndex, TemplateIndex]> {
      const [index, plain] = [await openIndex(spec), createPlainIndex(spec)];
      if (rows !== undefined) for (const each of [index, plain]) await each.add(rows);
      return [index, plain];
    }

    async function expectSameAnswers(
      [index, plain]: readonly [TemplateIndex, TemplateIndex],
      probes: Float32Array,
      limits: readonly number[] = [1, 3, 1000],
    ): Promise<void> {
      for (const limit of limits) {
        const [got, want] = [await index.search(probes, { limit }), await plain.search(probes, { limit })];
        expect(got.map(inOrder)).toEqual(want.map(inOrder));
        for (const hits of got) expectBestFirst(hits);
      }
    }

    describe('answers', () => {
      it.each(
        METRICS.flatMap((metric) =>
          [
            [1, 5],
            [3, 40],
            [64, 130],
            [128, 257],
            [130, 33],
            [512, 65],
          ].map(([dimension = 0, count = 0]) => [metric, dimension, count] as const),
        ),
      )('are those of a plain search: %s, %d dimensions, %d rows', async (metric, dimension, count) => {
        const random = createRandom(dimension + count);
        const pair = await openPair({ dimension, metric }, drawRows(random, { dimension, metric, count, groups: Math.ceil(count / 3) }));
        await expectSameAnswers(pair, drawVectors(random, dimension, 5, 'euclidean'));
      });

      it.each(METRICS)('are empty while nothing is enrolled: %s', async (metric) => {
        const index = await openIndex({ dimension: 4, metric });
        expect(await index.search(Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0), { limit: 3 })).toEqual([[], []]);
        await index.add({ vectors: new Float32Array(), groups: new Int32Array(), labels: new Int32Array() });
        expect(await index.search(Float32Array.of(1, 0, 0, 0), { limit: 3 })).toEqual([[]]);
      });

      it('are none for no probe', async () => {
        const index = await openIndex({ dimension: 4, metric: 'cosine' });
        expect(await index.search(new Float32Array(), { limit: 3 })).toEqual([]);
      });

      it.each([1, 2, 7, 70])('do not depend on the number of probes in a call: %d', async (count) => {
        const random = createRandom(count);
        const pair = await openPair(
          { dimension: 16, metric: 'cosine' },
          drawRows(random, { dimension: 16, metric: 'cosine', count: 50, groups: 9 }),
        );
        await expectSameAnswers(pair, drawVectors(random, 16, count, 'cosine'), [2]);
      });

      it.each(METRICS)('tell rows apart that differ in the last bit of one number: %s', async (metric) => {
        const dimension = 32;
        const random = createRandom(3);
        const base = drawVectors(random, dimension, 1, metric);
        const vectors = Array.from({ length: 60 }, (_, i) => {
          const vector = base.slice();
          const bits = new Int32Array(vector.buffer);
          bits[i % dimension] = (bits[i % dimension] as number) + ((i % 5) - 2);
          return vector;
        });
        const rows = toIndexRows(vectors, ascending(60), ascending(60));
        const pair = await openPair({ dimension, metric }, rows);
        for (const scale of [1, 0.01, 1000]) {
          await expectSameAnswers(
            pair,
            base.map((value) => value * scale),
          );
        }
      });

      it.each(METRICS)('keep all that are as similar as the last one: %s', async (metric) => {
        const [same, other, far] = [Float32Array.of(0.6, 0.8, 0), Float32Array.of(0, 1, 0), Float32Array.of(-1, 0, 0)];
        const vectors = [far, same, other, same, same, far, same, other];
        const rows = toIndexRows(vectors, ascending(8), ascending(8));
        const index = await openIndex({ dimension: 3, metric });
        await index.add(rows);
        const groupsFor = async (limit: number): Promise<number[]> => {
          const [hits = []] = await index.search(same, { limit });
          return hits.map(({ group }) => group).sort((a, b) => a - b);
        };
        expect(await groupsFor(1)).toEqual([1, 3, 4, 6]);
        expect(await groupsFor(4)).toEqual([1, 3, 4, 6]);
        expect(await groupsFor(5)).toEqual([1, 2, 3, 4, 6, 7]);
        expect(await groupsFor(7)).toEqual(ascending(8));
      });

      it('name each identity once, by its best template, of equal ones by that with the smallest label', async () => {
        const vectors = [
          Float32Array.of(1, 0),
          Float32Array.of(0.6, 0.8),
          Float32Array.of(0, 1),
          Float32Array.of(0, 1),
          Float32Array.of(0, 1),
        ];
        const index = await openIndex({ dimension: 2, metric: 'cosine' });
        await index.add(toIndexRows(vectors, [7, 7, 7, 7, 2], [5, 6, 9, 8, 3]));
        const [hits = []] = await index.search(Float32Array.of(0, 2), { limit: 2 });
        expect([...hits].sort((a, b) => a.group - b.group)).toEqual([
          { group: 2, label: 3, similarity: 1 },
          { group: 7, label: 8, similarity: 1 },
        ]);
      });

      it.each([
        ['very large', 1e30],
        ['large', 1e18],
        ['very small', 3e-5],
      ])('are exact for %s numbers', async (_, scale) => {
        const random = createRandom(8);
        const rows = drawRows(random, { dimension: 24, metric: 'euclidean', count: 40, groups: 20 });
        const scaled = { ...rows, vectors: rows.vectors.map((value) => value * scale) };
        const pair = await openPair({ dimension: 24, metric: 'euclidean' }, scaled);
        await expectSameAnswers(
          pair,
          drawVectors(random, 24, 2, 'euclidean').map((value) => value * scale),
        );
        // A probe of another order of magnitude than the rows.
        await expectSameAnswers(pair, drawVectors(random, 24, 2, 'euclidean'));
      });

      it('are exact for a probe of any length under cosine', async () => {
        const random = createRandom(9);
        const pair = await openPair(
          { dimension: 24, metric: 'cosine' },
          drawRows(random, { dimension: 24, metric: 'cosine', count: 40, groups: 40 }),
        );
        for (const scale of [1e-4, 1, 1e20]) {
          await expectSameAnswers(
            pair,
            drawVectors(random, 24, 1, 'cosine').map((value) => value * scale),
          );
        }
      });
    });

    describe('changes', () => {
      it.each(METRICS)('add and remove as a plain index does, in any order: %s', async (metric) => {
        const dimension = 12;
        const random = createRandom(77);
        const draw = (below: number): number => Math.floor(random() * below);
        const [index, plain] = await openPair({ dimension, metric });
        let label = 0;
        for (let step = 0; step < 40; step++) {
          if (random() < 0.6) {
            const count = draw(9);
            const rows = drawRows(random, { dimension, metric, count, groups: 12, firstLabel: label });
            label += count;
            await Promise.all([index.add(rows), plain.add(rows)]);
          } else {
            const group = draw(12);
            expect(await index.remove(group)).toBe(await plain.remove(group));
          }
          expect((await index.info()).rows).toBe((await plain.info()).rows);
          if (step % 4 === 0) await expectSameAnswers([index, plain], drawVectors(random, dimension, 2, metric), [2]);
        }
        for (let group = 0; group < 12; group++) await Promise.all([index.remove(group), plain.remove(group)]);
        expect((await index.info()).rows).toBe(0);
        expect(await index.search(drawVectors(random, dimension, 1, metric), { limit: 5 })).toEqual([[]]);
      });

      it('find nothing of an identity that was removed, and its new templates when it is added again', async () => {
        const index = await openIndex({ dimension: 2, metric: 'cosine' });
        const [up, right] = [Float32Array.of(0, 1), Float32Array.of(1, 0)];
        await index.add(toIndexRows([up, right, up], [1, 2, 1], [1, 1, 2]));
        expect(await index.remove(1)).toBe(2);
        expect(await index.remove(1)).toBe(0);
        expect(await index.remove(99)).toBe(0);
        expect(await index.search(up, { limit: 5 })).toEqual([[{ group: 2, label: 1, similarity: 0 }]]);
        await index.add(toIndexRows([right], [1], [1]));
        expect((await index.search(right, { limit: 5 })).map(inOrder)).toEqual([
          [
            { group: 1, label: 1, similarity: 1 },
            { group: 2, label: 1, similarity: 1 },
          ],
        ]);
      });

      it('take effect in the order of the calls, also when none is waited for', async () => {
        const index = await openIndex({ dimension: 2, metric: 'cosine' });
        const [up, right] = [Float32Array.of(0, 1), Float32Array.of(1, 0)];
        const groups = async (): Promise<number[]> => {
          const [hits = []] = await index.search(up, { limit: 9 });
          return hits.map(({ group }) => group).sort((a, b) => a - b);
        };
        const seen = await Promise.all([
          groups(),
          index.add(toIndexRows([up], [1], [1])),
          groups(),
          index.add(toIndexRows([right, up], [2, 3], [1, 1])),
          groups(),
          index.remove(1),
          groups(),
          index.info().then(({ rows }) => rows),
          index.remove(2),
          index.remove(3),
          groups(),
        ]);
        expect(seen).toEqual([[], undefined, [1], undefined, [1, 2, 3], 1, [2, 3], 2, 1, 1, []]);
      });

      it('are those of the arrays as they were, which stay with the caller', async () => {
        const [index, plain] = await openPair({ dimension: 3, metric: 'cosine' });
        // Rows inside a larger buffer, as they come from a file.
        const buffer = new Float32Array(20);
        buffer.set([1, 0, 0, 0, 1, 0, 0, 0, 1], 5);
        const rows = { vectors: buffer.subarray(5, 14), groups: Int32Array.of(1, 2, 3), labels: Int32Array.of(1, 1, 1) };
        await plain.add(rows);
        await index.add(rows);
        expect([buffer.length, rows.vectors.length, rows.groups.length, rows.labels.length]).toEqual([20, 9, 3, 3]);
        expect(Array.from(rows.vectors)).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
        buffer.fill(0.5);
        rows.groups.fill(8);
        const probes = Float32Array.of(9, 0.5, 0.25, 0.125).subarray(1);
        await expectSameAnswers([index, plain], probes);
        expect(Array.from(probes)).toEqual([0.5, 0.25, 0.125]);
      });
    });

    describe('errors', () => {
      const good = toIndexRows([Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0)], [0, 1], [1, 1]);
      const numbers = (...values: number[]): Float32Array => Float32Array.from(values);
      const badRows: readonly (readonly [string, IndexRows, string])[] = [
        ['vectors of another length', { ...good, vectors: numbers(1, 0, 0, 0) }, 'SHAPE_MISMATCH'],
        ['fewer labels than rows', { ...good, labels: Int32Array.of(1) }, 'SHAPE_MISMATCH'],
        ['fewer identities than rows', { ...good, groups: Int32Array.of(1) }, 'SHAPE_MISMATCH'],
        ['NaN in the last row', { ...good, vectors: numbers(1, 0, 0, 0, Number.NaN, 1) }, 'INVALID_EMBEDDING'],
        ['an infinite number', { ...good, vectors: numbers(1, 0, 0, 0, Number.NEGATIVE_INFINITY, 1) }, 'INVALID_EMBEDDING'],
        ['a row of zeros', { ...good, vectors: numbers(1, 0, 0, 0, 0, 0) }, 'INVALID_EMBEDDING'],
      ];
      it.each(badRows)('refuse %s and leave the index as it was', async (_, rows, code) => {
        const pair = await openPair({ dimension: 3, metric: 'cosine' }, good);
        await expect(pair[0].add(rows)).rejects.toMatchObject({ name: 'FaceError', code });
        expect((await pair[0].info()).rows).toBe(2);
        await expectSameAnswers(pair, numbers(1, 2, 3));
      });

      it.each([
        ['of another length', numbers(1, 0, 0, 0), 'SHAPE_MISMATCH'],
        ['with NaN', numbers(1, 0, Number.NaN), 'INVALID_EMBEDDING'],
        ['with an infinite number, behind a good one', numbers(1, 0, 0, 0, Number.POSITIVE_INFINITY, 1), 'INVALID_EMBEDDING'],
        ['of zeros', numbers(0, 0, 0), 'INVALID_EMBEDDING'],
      ])('refuse a probe %s', async (_, probe, code) => {
        const pair = await openPair({ dimension: 3, metric: 'cosine' }, good);
        await expect(pair[0].search(probe, { limit: 1 })).rejects.toMatchObject({ name: 'FaceError', code });
        await expectSameAnswers(pair, numbers(1, 2, 3));
      });
    });

    describe('abort', () => {
      it('rejects with the very reason, before the call', async () => {
        const index = await openIndex({ dimension: 2, metric: 'cosine' });
        const reason = { why: 'changed my mind' };
        await expect(index.search(Float32Array.of(1, 0), { limit: 1, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      });

      it('settles a call under way with the reason or its answer, and disturbs no other', async () => {
        const index = await openIndex({ dimension: 2, metric: 'cosine' });
        const probe = Float32Array.of(1, 0);
        await index.add(toIndexRows([probe], [4], [1]));
        const answer = [[{ group: 4, label: 1, similarity: 1 }]];
        const controller = new AbortController();
        const reason = { why: 'changed my mind' };
        const aborted = [1, 2, 3].map(() =>
          index.search(probe, { limit: 1, signal: controller.signal }).then(
            (value): unknown => value,
            (error: unknown) => error,
          ),
        );
        const others = [index.search(probe, { limit: 1 }), index.search(probe, { limit: 1, signal: new AbortController().signal })];
        queueMicrotask(() => controller.abort(reason));
        for (const outcome of await Promise.all(aborted)) expect([answer, reason]).toContainEqual(outcome);
        expect(await Promise.all(others)).toEqual([answer, answer]);
        expect(await index.search(probe, { limit: 1 })).toEqual(answer);
      });
    });

    it('says how it works', async () => {
      const index = await openIndex({ dimension: 8, metric: 'cosine' });
      const empty = await index.info();
      expect(empty).toMatchObject({ rows: 0, ...expectedInfo });
      await index.add(drawRows(createRandom(1), { dimension: 8, metric: 'cosine', count: 100, groups: 10 }));
      const filled = await index.info();
      expect(filled).toMatchObject({ rows: 100, ...expectedInfo });
      expect(filled.bytes).toBeGreaterThanOrEqual(100 * 8 * 4);
    });

    it('is gone when it is disposed, and then fails with DISPOSED', async () => {
      const index = await openIndex({ dimension: 2, metric: 'cosine' });
      const row = toIndexRows([Float32Array.of(1, 0)], [0], [1]);
      // Calls that were made before are answered or told so; none stays without an answer.
      const before = Promise.allSettled([index.add(row), index.search(Float32Array.of(1, 0), { limit: 1 })]);
      await index.dispose();
      for (const outcome of await before) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'DISPOSED' });
      }
      await expect(index.dispose()).resolves.toBeUndefined();
      const disposed = { name: 'FaceError', code: 'DISPOSED' };
      await expect(index.add(row)).rejects.toMatchObject(disposed);
      await expect(index.remove(0)).rejects.toMatchObject(disposed);
      await expect(index.search(Float32Array.of(1, 0), { limit: 1 })).rejects.toMatchObject(disposed);
      await expect(index.info()).rejects.toMatchObject(disposed);
    });
  });
}

function ascending(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Vectors in random directions; of length 1 for `cosine`. */
function drawVectors(random: () => number, dimension: number, count: number, metric: Metric): Float32Array {
  const vectors = new Float32Array(count * dimension);
  for (let at = 0; at < vectors.length; at += dimension) {
    let squared = 0;
    const values = Array.from({ length: dimension }, () => random() * 2 - 1);
    for (const value of values) squared += value ** 2;
    const scale = metric === 'cosine' ? 1 / Math.sqrt(squared) : 1;
    for (const [i, value] of values.entries()) vectors[at + i] = value * scale;
  }
  return vectors;
}

interface DrawOptions {
  readonly dimension: number;
  readonly metric: Metric;
  readonly count: number;
  readonly groups: number;
  readonly firstLabel?: number;
}

function drawRows(random: () => number, { dimension, metric, count, groups, firstLabel = 0 }: DrawOptions): IndexRows {
  return {
    vectors: drawVectors(random, dimension, count, metric),
    groups: Int32Array.from({ length: count }, () => Math.floor(random() * groups)),
    labels: Int32Array.from({ length: count }, (_, i) => firstLabel + i),
  };
}

/** Ties may come in any order: here by identity. */
function inOrder(hits: readonly IndexHit[]): readonly IndexHit[] {
  return [...hits].sort((a, b) => b.similarity - a.similarity || a.group - b.group);
}

function expectBestFirst(hits: readonly IndexHit[]): void {
  const similarities = hits.map(({ similarity }) => similarity);
  expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
}
