/** The index in a worker of the built package, in the browser: the contract, with and without WebGPU. */

import { createRandom } from '@isoface/core/evaluation';
import { createAdaptiveIndex, createTemplateIndex, type IndexRows, type IndexSpec, type TemplateIndex } from '@isoface/core/gallery';
import { createPlainIndex, describeTemplateIndex, toIndexRows } from '@isoface/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createWorkerIndex } from '../../src/gallery/search-worker-index.ts';

const assetBase = new URL('../../dist/', import.meta.url).href;
const SPEC: IndexSpec = { dimension: 2, metric: 'cosine' };
const WIDE: IndexSpec = { dimension: 512, metric: 'euclidean' };
const UP = Float32Array.of(0, 1);

function drawRows(count: number, dimension: number): IndexRows {
  const random = createRandom(count);
  const ids = Int32Array.from({ length: count }, (_, i) => i);
  return { vectors: new Float32Array(count * dimension).map(() => random() - 0.5), groups: ids, labels: ids };
}

describeTemplateIndex('web worker', (spec) => createWorkerIndex(spec, { assetBase, kernel: 'wasm-simd' }), {
  info: { where: 'thread', kernel: 'wasm-simd' },
});
describeTemplateIndex('web worker with WebGPU', (spec) => createWorkerIndex(spec, { assetBase, kernel: 'webgpu' }), {
  info: { where: 'thread', kernel: 'webgpu' },
});

describe('createWorkerIndex', () => {
  const open: TemplateIndex[] = [];
  const workers: Worker[] = [];

  async function create(spec = SPEC): Promise<TemplateIndex> {
    const NativeWorker = Worker;
    vi.stubGlobal(
      'Worker',
      class extends NativeWorker {
        constructor(...args: ConstructorParameters<typeof Worker>) {
          super(...args);
          workers.push(this);
        }
      },
    );
    const index = await createWorkerIndex(spec, { assetBase });
    open.push(index);
    return index;
  }

  afterEach(async () => {
    vi.unstubAllGlobals();
    workers.length = 0;
    for (const index of open.splice(0)) await index.dispose();
  });

  it('does not take a GPU in software unless it is required', async () => {
    const index = await create(WIDE);
    // 2^22 numbers: from here on a GPU would be tried.
    await index.add(drawRows(2 ** 13, WIDE.dimension));
    await index.search(drawRows(1, WIDE.dimension).vectors, { limit: 1 });
    expect((await index.info()).kernel).toBe('wasm-simd');
  });

  it('fails calls under way, waiting and later ones when its worker ends without a message', async () => {
    const index = await create();
    const crashed = { name: 'FaceError', code: 'WORKER_CRASHED' };
    const calls = Promise.allSettled([index.search(UP, { limit: 1 }), index.add(toIndexRows([UP], [1], [1])), index.info()]);
    workers[0]?.terminate();
    for (const outcome of await calls) expect(outcome).toMatchObject({ status: 'rejected', reason: crashed });
    await expect(index.remove(1)).rejects.toMatchObject(crashed);
  });

  it('says which script is missing', async () => {
    const call = createWorkerIndex(SPEC, { assetBase: new URL('../nowhere/', import.meta.url).href });
    await expect(call).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringContaining('search-worker.js') as string,
    });
  });

  it('drops a search that waits when it is aborted, and answers one under way at once', async () => {
    const index = await create();
    await index.add(drawRows(20_000, 2));
    const answers: unknown[] = [];
    workers[0]?.addEventListener('message', ({ data }) => void answers.push(data));
    const controller = new AbortController();
    const probes = new Float32Array(200).fill(1);
    const aborted = [1, 2].map(() => index.search(probes, { limit: 1, signal: controller.signal }));
    const other = index.search(UP, { limit: 1 });
    controller.abort('no longer wanted');
    for (const outcome of await Promise.allSettled(aborted)) expect(outcome).toEqual({ status: 'rejected', reason: 'no longer wanted' });
    expect(answers).toHaveLength(0);
    expect((await other)[0]).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 0));
    // The worker was asked for the first and for the last.
    expect(answers).toHaveLength(2);
  });

  it('is where an index goes that has become large', async () => {
    const createThread = (spec: IndexSpec): Promise<TemplateIndex> => createWorkerIndex(spec, { assetBase });
    const index = await createAdaptiveIndex({ spec: SPEC, createHere: createTemplateIndex, createThread, mode: 'auto', maxNumbersHere: 5 });
    const plain = createPlainIndex(SPEC);
    open.push(index);
    for (const [group, where] of [
      [1, 'here'],
      [2, 'here'],
      [3, 'thread'],
      [4, 'thread'],
    ] as const) {
      const rows = toIndexRows([Float32Array.of(Math.cos(group), Math.sin(group))], [group], [1]);
      await Promise.all([index.add(rows), plain.add(rows)]);
      expect(await index.info()).toMatchObject({ where, rows: group });
      expect(await index.search(UP, { limit: 9 })).toEqual(await plain.search(UP, { limit: 9 }));
    }
  });
});
