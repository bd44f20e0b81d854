/** What lies in memory: nothing of what was removed, and no half-made change where there is not enough. */

import { createRandom } from '@isoface/core/evaluation';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTemplateIndex } from '../../../src/gallery/search/create-index.ts';
import type { IndexHit, IndexRows, LocalTemplateIndex } from '../../../src/ports/template-index.ts';
import { KINDS } from './support/kinds.ts';
import { drawShape, toUnitRows } from './support/vectors.ts';

afterEach(() => void vi.restoreAllMocks());

const DIMENSION = 20;
const spec = { dimension: DIMENSION, metric: 'cosine' } as const;

/** The only part of WebAssembly that these tests look at. */
interface Api {
  instantiate(
    bytes: Uint8Array,
  ): Promise<{ readonly instance: { readonly exports: { readonly memory: { readonly buffer: ArrayBuffer } } } }>;
  readonly Memory: { readonly prototype: { grow(pages: number): number } };
}
const api = (globalThis as unknown as { readonly WebAssembly: Api }).WebAssembly;

/** An index, and all memory that its rows and bytes are in. */
async function openWatched(kind: (typeof KINDS)[number][1]): Promise<readonly [LocalTemplateIndex, () => Uint8Array[]]> {
  const memories: { readonly buffer: ArrayBuffer }[] = [];
  const { instantiate } = api;
  vi.spyOn(api, 'instantiate').mockImplementation(async (bytes) => {
    const made = await instantiate.call(api, bytes);
    memories.push(made.instance.exports.memory);
    return made;
  });
  const index = await createTemplateIndex({ ...spec, ...kind });
  if (kind.kernel === 'wasm-simd') return [index, () => memories.map(({ buffer }) => new Uint8Array(buffer))];
  const { count, rowAt } = index.rows();
  expect(count).toBe(0);
  return [
    index,
    () => {
      const buffers = new Set<ArrayBufferLike>();
      for (let row = 0; row < 400; row++) buffers.add(rowAt(row).buffer);
      return [...buffers].map((buffer) => new Uint8Array(buffer));
    },
  ];
}

/** Rows of many identities, and of one more behind them. */
function drawGallery(count: number, removed: number): readonly [IndexRows, IndexRows] {
  const vectors = toUnitRows(drawShape(createRandom(4), 'clustered', DIMENSION, count + removed), DIMENSION);
  const rows = (from: number, to: number, group: (row: number) => number): IndexRows => ({
    vectors: vectors.subarray(from * DIMENSION, to * DIMENSION),
    groups: Int32Array.from({ length: to - from }, (_, i) => group(i)),
    labels: Int32Array.from({ length: to - from }, (_, i) => 100 + i),
  });
  return [rows(0, count, (row) => row), rows(count, count + removed, () => 77_777)];
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function contains(bytes: Uint8Array, part: Uint8Array): boolean {
  for (let at = bytes.indexOf(part[0] as number); at >= 0; at = bytes.indexOf(part[0] as number, at + 1)) {
    if (part.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}

describe.each(KINDS)('%s', (_, kind) => {
  it('is after a removal, byte for byte, what it was before the rows came', async () => {
    const [index, memories] = await openWatched(kind);
    const [kept, removed] = drawGallery(150, 6);
    await index.add(kept);
    await index.search(removed.vectors, { limit: 3 });
    const before = memories().map((bytes) => bytes.slice());
    await index.add(removed);
    await index.search(removed.vectors, { limit: 3 });
    const vectors = new Uint8Array(removed.vectors.buffer, removed.vectors.byteOffset, removed.vectors.byteLength);
    // The search below finds what is there.
    expect(memories().some((bytes) => contains(bytes, vectors.subarray(0, 16)))).toBe(true);
    expect(await index.remove(77_777)).toBe(6);
    const after = memories();
    expect(after).toHaveLength(before.length);
    for (const [i, bytes] of after.entries()) {
      const earlier = before[i] as Uint8Array;
      expect(bytes.subarray(0, earlier.length).every((byte, at) => byte === earlier[at])).toBe(true);
      expect(isZero(bytes.subarray(earlier.length))).toBe(true);
    }
  });

  it('has no four bytes of any number of what was removed out of the middle', async () => {
    const [index, memories] = await openWatched(kind);
    const [kept, removed] = drawGallery(300, 5);
    const [head, tail] = [split(kept, 0, 40), split(kept, 40, 300)];
    for (const rows of [head, removed, tail]) await index.add(rows);
    await index.search(removed.vectors.subarray(0, DIMENSION), { limit: 3 });
    await index.remove(77_777);
    const words = new Set(memories().flatMap((bytes) => [...new Int32Array(bytes.buffer)]));
    // A number may come twice by chance: those of what was kept do not count.
    const known = new Set(new Int32Array(kept.vectors.slice().buffer));
    const left = [...new Int32Array(removed.vectors.slice().buffer)].filter((word) => words.has(word) && !known.has(word));
    expect(left).toEqual([]);
    const [hits = []] = await index.search(removed.vectors.subarray(0, DIMENSION), { limit: 400 });
    expect(hits.map(({ group }) => group).sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (__, i) => i));
  });

  it('is zero after everything was removed, and after it was disposed', async () => {
    const [index, memories] = await openWatched(kind);
    const [rows, more] = drawGallery(300, 6);
    await index.add(rows);
    await index.search(rows.vectors, { limit: 3 });
    for (let group = 0; group < 300; group++) await index.remove(group);
    expect(memories().every(isZero)).toBe(true);
    await index.add(more);
    await index.search(more.vectors, { limit: 3 });
    const views = memories();
    expect(views.every(isZero)).toBe(false);
    await index.dispose();
    expect(views.every(isZero)).toBe(true);
  });
});

describe('growth', () => {
  it.each(KINDS)('keeps what is there, over many additions: %s', async (_, kind) => {
    const dimension = 512;
    const index = await createTemplateIndex({ dimension, metric: 'cosine', ...kind });
    const vectors = toUnitRows(drawShape(createRandom(5), 'random', dimension, 1200), dimension);
    const sizes = new Set<number>();
    for (let from = 0; from < 1200; from += 100) {
      await index.add({
        vectors: vectors.subarray(from * dimension, (from + 100) * dimension),
        groups: Int32Array.from({ length: 100 }, (__, i) => from + i),
        labels: new Int32Array(100),
      });
      sizes.add((await index.info()).bytes);
    }
    expect(sizes.size).toBeGreaterThan(3);
    const { count, rowAt } = index.rows();
    expect(count).toBe(1200);
    for (let row = 0; row < 1200; row++)
      expect(contentOf(rowAt(row))).toBe(contentOf(vectors.subarray(row * dimension, (row + 1) * dimension)));
    await index.dispose();
  });

  it.each(KINDS.slice(0, 2))('that fails leaves the index as it was: %s', async (_, kind) => {
    const index = await createTemplateIndex({ dimension: 512, metric: 'cosine', ...kind });
    const vectors = toUnitRows(drawShape(createRandom(6), 'random', 512, 500), 512);
    const rows = (from: number, to: number): IndexRows => ({
      vectors: vectors.subarray(from * 512, to * 512),
      groups: Int32Array.from({ length: to - from }, (__, i) => from + i),
      labels: new Int32Array(to - from),
    });
    const search = async (): Promise<readonly (readonly IndexHit[])[]> => index.search(vectors.subarray(0, 512), { limit: 4 });
    await index.add(rows(0, 20));
    const before = await search();
    const grow = vi.spyOn(api.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
    });
    await expect(index.add(rows(20, 500))).rejects.toMatchObject({ name: 'FaceError', code: 'BACKEND_UNAVAILABLE' });
    expect((await index.info()).rows).toBe(20);
    expect(await search()).toEqual(before);
    grow.mockRestore();
    await index.add(rows(20, 500));
    expect((await index.info()).rows).toBe(500);
    expect((await search())[0]?.[0]).toMatchObject({ group: 0 });
  });

  it('that fails for the bytes alone goes on without them, unless they were asked for', async () => {
    const dimension = 4096;
    const vectors = drawShape(createRandom(7), 'random', dimension, 1100);
    const rows = { vectors, groups: Int32Array.from({ length: 1100 }, (_, i) => i), labels: new Int32Array(1100) };
    const { grow } = api.Memory.prototype;
    let rowMemory: unknown;
    let isTight = false;
    vi.spyOn(api.Memory.prototype, 'grow').mockImplementation(function (this: unknown, pages) {
      // That of the rows is the first to be made ready.
      rowMemory ??= this;
      if (isTight && this !== rowMemory) throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
      return grow.call(this, pages);
    });
    const open = async (prefilter: 'auto' | 'int8'): Promise<LocalTemplateIndex> => {
      [rowMemory, isTight] = [undefined, false];
      const index = await createTemplateIndex({ dimension, metric: 'cosine', kernel: 'wasm-simd', prefilter });
      isTight = true;
      return index;
    };
    const index = await open('auto');
    await index.add(rows);
    expect(await index.info()).toMatchObject({ rows: 1100, prefilter: 'int8' });
    const [hits = []] = await index.search(vectors.subarray(0, dimension), { limit: 1 });
    expect(hits).toMatchObject([{ group: 0, similarity: 1 }]);
    expect(await index.info()).toMatchObject({ rows: 1100, prefilter: 'none' });
    await index.dispose();

    const strict = await open('int8');
    await expect(strict.add(rows)).rejects.toMatchObject({ name: 'FaceError', code: 'BACKEND_UNAVAILABLE' });
    expect(await strict.info()).toMatchObject({ rows: 0 });
    expect(await strict.search(vectors.subarray(0, dimension), { limit: 1 })).toEqual([[]]);
    await strict.dispose();
  });
});

function split({ vectors, groups, labels }: IndexRows, from: number, to: number): IndexRows {
  return {
    vectors: vectors.subarray(from * DIMENSION, to * DIMENSION),
    groups: groups.subarray(from, to),
    labels: labels.subarray(from, to),
  };
}

function contentOf(row: Float32Array): string {
  return new Int32Array(row.slice().buffer).join();
}
