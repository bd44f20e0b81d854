import { createRandom } from '@isoface/core/evaluation';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { wantsBytes } from '../../../src/gallery/search/choose-prefilter.ts';
import { createTemplateIndex } from '../../../src/gallery/search/create-index.ts';
import { drawShape } from './support/vectors.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const spec = { dimension: 4, metric: 'cosine' } as const;

describe('the kernel', () => {
  const kernelOf = async (kernel: 'auto' | 'javascript' | 'wasm-simd' | undefined): Promise<string> =>
    (await (await createTemplateIndex({ ...spec, kernel })).info()).kernel;
  const forbidden = { instantiate: () => Promise.reject(new Error('Refused to compile or instantiate WebAssembly module')) };

  it.each([
    ['undefined', undefined, 'wasm-simd'],
    ['auto', 'auto', 'wasm-simd'],
    ['wasm-simd', 'wasm-simd', 'wasm-simd'],
    ['javascript', 'javascript', 'javascript'],
  ] as const)('is for %s', async (_, kernel, expected) => {
    expect(await kernelOf(kernel)).toBe(expected);
  });

  it.each([
    ['is missing', undefined],
    ['is forbidden', forbidden],
  ])('is plain JavaScript where WebAssembly %s, unless the other was named', async (_, api) => {
    vi.stubGlobal('WebAssembly', api);
    expect(await kernelOf('auto')).toBe('javascript');
    expect(await kernelOf('javascript')).toBe('javascript');
    await expect(kernelOf('wasm-simd')).rejects.toMatchObject({ name: 'FaceError', code: 'BACKEND_UNAVAILABLE' });
  });
});

it.each([0, 4097, 1.5, Number.NaN, -1])('refuses a dimension of %d', async (dimension) => {
  await expect(createTemplateIndex({ dimension, metric: 'cosine' })).rejects.toMatchObject({ name: 'FaceError', code: 'INVALID_OPTION' });
});

it.each([0, -1, 1.5, Number.NaN])('refuses a limit of %d', async (limit) => {
  const index = await createTemplateIndex(spec);
  await expect(index.search(Float32Array.of(1, 0, 0, 0), { limit })).rejects.toMatchObject({ name: 'FaceError', code: 'INVALID_OPTION' });
});

describe('bytes', () => {
  it.each([
    ['auto', 128, 32_767, false],
    ['auto', 128, 32_768, true],
    ['auto', 512, 8_192, true],
    ['auto', 256, 786_432, true],
    ['auto', 256, 786_433, false],
    [undefined, 128, 100_000, true],
    ['int8', 128, 1, true],
    ['int8', 256, 2_000_000, true],
    ['none', 128, 100_000, false],
  ] as const)('are there for %s, %d numbers, %d rows: %s', (prefilter, dimension, rows, expected) => {
    expect(wantsBytes({ dimension, metric: 'cosine', prefilter }, rows)).toBe(expected);
  });

  it('come when the gallery has grown, and stay right afterwards', async () => {
    const dimension = 1024;
    const vectors = drawShape(createRandom(9), 'clustered', dimension, 4200);
    const rows = (from: number, to: number) => ({
      vectors: vectors.subarray(from * dimension, to * dimension),
      groups: Int32Array.from({ length: to - from }, (_, i) => from + i),
      labels: new Int32Array(to - from),
    });
    const index = await createTemplateIndex({ dimension, metric: 'euclidean', kernel: 'wasm-simd' });
    await index.add(rows(0, 4000));
    expect(await index.info()).toMatchObject({ prefilter: 'none' });
    await index.add(rows(4000, 4150));
    expect(await index.info()).toMatchObject({ prefilter: 'int8' });
    await index.search(vectors.subarray(0, dimension), { limit: 1 });
    // These are not bytes yet when a row among those that are is removed.
    await index.add(rows(4150, 4200));
    await index.remove(17);
    for (const row of [0, 3999, 4000, 4199]) {
      const [hits = []] = await index.search(vectors.subarray(row * dimension, (row + 1) * dimension), { limit: 1 });
      expect(hits).toEqual([{ group: row, label: 0, similarity: -0 }]);
    }
    const [hits = []] = await index.search(vectors.subarray(17 * dimension, 18 * dimension), { limit: 1 });
    expect(hits[0]?.similarity).toBeLessThan(0);
    await index.dispose();
  });
});
