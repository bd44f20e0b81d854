/** An index on a thread: the contract, and what threads are there for. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { createAdaptiveIndex, createTemplateIndex, type IndexRows, type TemplateIndex } from '@isoface/core/gallery';
import { createPlainIndex, describeTemplateIndex, toIndexRows } from '@isoface/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { createThreadIndex } from '../../src/gallery/search-thread.ts';

describeTemplateIndex('worker thread', createThreadIndex, { info: { where: 'thread', kernel: 'wasm-simd' } });

const UP = Float32Array.of(0, 1);
const open: TemplateIndex[] = [];
const threads: Worker[] = [];
const onWorker = (thread: Worker): void => void threads.push(thread);

async function create(): Promise<{ readonly index: TemplateIndex; readonly thread: Worker }> {
  process.on('worker', onWorker);
  const index = await createThreadIndex({ dimension: 2, metric: 'cosine' });
  open.push(index);
  return { index, thread: threads.at(-1) as Worker };
}

afterEach(async () => {
  process.off('worker', onWorker);
  threads.length = 0;
  for (const index of open.splice(0)) await index.dispose();
});

describe('createThreadIndex', () => {
  it('is where an index goes that has become large', async () => {
    const spec = { dimension: 16, metric: 'euclidean' } as const;
    const index = await createAdaptiveIndex({
      spec,
      createHere: createTemplateIndex,
      createThread: createThreadIndex,
      mode: 'auto',
      maxNumbersHere: 800,
    });
    const plain = createPlainIndex(spec);
    open.push(index, plain);
    for (const [first, where] of [
      [0, 'here'],
      [50, 'thread'],
      [100, 'thread'],
    ] as const) {
      const rows = drawRows(50, spec.dimension, first);
      await Promise.all([index.add(rows), plain.add(rows)]);
      expect(await index.info()).toMatchObject({ where, rows: first + 50 - first / 50 });
      expect(await index.remove(first + 20)).toBe(await plain.remove(first + 20));
      const probes = drawRows(3, spec.dimension, 1000).vectors;
      expect(await index.search(probes, { limit: 4 })).toEqual(await plain.search(probes, { limit: 4 }));
    }
  });

  it('takes rows out of memory that threads share', async () => {
    const { index } = await create();
    const rows = toIndexRows([UP], [3], [1]);
    const shared = new Float32Array(new SharedArrayBuffer(8));
    shared.set(rows.vectors);
    await index.add({ ...rows, vectors: shared });
    expect(await index.search(shared, { limit: 1 })).toEqual([[{ group: 3, label: 1, similarity: 1 }]]);
  });

  it('drops a search that waits when it is aborted, and answers one under way at once', async () => {
    const { index, thread } = await create();
    await index.add(drawRows(20_000));
    const answers: number[] = [];
    thread.on('message', ({ id }: { readonly id: number }) => void answers.push(id));
    const controller = new AbortController();
    const settled: string[] = [];
    const follow = (name: string, call: Promise<unknown>): Promise<unknown> =>
      call.then(
        () => settled.push(name),
        (error: unknown) => settled.push(error === controller.signal.reason ? `${name} aborted` : `${name} failed`),
      );
    const probes = new Float32Array(2 * 400).fill(1);
    const { signal } = controller;
    const underWay = follow('under way', index.search(probes, { limit: 1, signal }));
    const waiting = follow('waiting', index.search(probes, { limit: 1, signal }));
    const other = follow('other', index.search(UP, { limit: 1 }));
    controller.abort();
    await Promise.all([underWay, waiting, other]);
    expect(settled).toEqual(['under way aborted', 'waiting aborted', 'other']);
    // The thread was asked for the first and for the last.
    expect(answers).toHaveLength(2);
  });

  it('adds one listener to a signal, however many searches wait under it', async () => {
    const { index } = await create();
    const { signal } = new AbortController();
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    await Promise.all(Array.from({ length: 30 }, () => index.search(UP, { limit: 1, signal })));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('fails calls under way, waiting and later ones when its thread ends', async () => {
    const { index, thread } = await create();
    const crashed = { name: 'FaceError', code: 'WORKER_CRASHED' };
    // An exception that nobody catches.
    thread.postMessage(null);
    const calls = [index.search(UP, { limit: 1 }), index.add(toIndexRows([UP], [1], [1])), index.info()];
    for (const outcome of await Promise.allSettled(calls)) expect(outcome).toMatchObject({ status: 'rejected', reason: crashed });
    await expect(index.remove(1)).rejects.toMatchObject(crashed);
    await index.dispose();
    await expect(index.remove(1)).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('fails calls under way when its thread is terminated', async () => {
    const { index, thread } = await create();
    // Asked for in this order, for a thread that is quick would have answered before its end.
    const ended = thread.terminate();
    const call = index.search(UP, { limit: 1 });
    await ended;
    await expect(call).rejects.toMatchObject({ code: 'WORKER_CRASHED', details: { exitCode: 1 } });
  });

  it('ends its thread when it is disposed', async () => {
    const { index, thread } = await create();
    const exit = new Promise((resolve) => thread.once('exit', resolve));
    await index.dispose();
    await exit;
    expect(thread.threadId).toBe(-1);
  });

  it('says what is wrong with the dimension, and leaves no thread behind', async () => {
    process.on('worker', onWorker);
    await expect(createThreadIndex({ dimension: 0, metric: 'cosine' })).rejects.toMatchObject({
      name: 'FaceError',
      code: 'INVALID_OPTION',
    });
    expect(threads.map(({ threadId }) => threadId)).toEqual([-1]);
  });

  it.each([
    ['with an open index', []],
    [
      'with flags of V8 and of the process',
      ['--max-old-space-size=2000', '--title=example', '--expose-gc', '--conditions=nobody-has-this'],
    ],
  ])('answers, and lets a process end %s', async (_, flags) => {
    const program = `
      const { createThreadIndex } = await import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)});
      const index = await createThreadIndex({ dimension: 2, metric: 'cosine' });
      await index.add({ vectors: Float32Array.of(0, 1), groups: Int32Array.of(7), labels: Int32Array.of(1) });
      console.log(JSON.stringify(await index.search(Float32Array.of(0, 1), { limit: 1 })));
    `;
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--input-type=module', '--eval', program], {
      cwd,
      timeout: 30_000,
    });
    expect(JSON.parse(stdout)).toEqual([[{ group: 7, label: 1, similarity: 1 }]]);
  });

  it('leaves the event loop free while it searches 100,000 templates', async () => {
    const spec = { dimension: 256, metric: 'cosine', prefilter: 'none' } as const;
    const [thread, here] = [await createThreadIndex(spec), await createTemplateIndex(spec)];
    open.push(thread, here);
    const planted = 77_777;
    for (let first = 0; first < 100_000; first += 20_000) {
      const rows = drawRows(20_000, spec.dimension, first);
      await Promise.all([thread.add(rows), here.add(rows)]);
    }
    const probe = drawRows(1, spec.dimension, planted).vectors;
    const probes = new Float32Array(4 * spec.dimension).map((_, i) => probe[i % spec.dimension] as number);
    const found = async (index: TemplateIndex): Promise<unknown> => (await index.search(probes, { limit: 1 })).map(([hit]) => hit?.group);
    const busyMs = { thread: Number.POSITIVE_INFINITY, here: Number.POSITIVE_INFINITY };
    for (let round = 0; round < 3; round++) {
      // The best of some rounds: garbage may be collected at any moment.
      for (const [name, index] of Object.entries({ thread, here }) as ['thread' | 'here', TemplateIndex][]) {
        const before = performance.eventLoopUtilization();
        expect(await found(index)).toEqual([planted, planted, planted, planted]);
        busyMs[name] = Math.min(busyMs[name], performance.eventLoopUtilization(before).active);
      }
    }
    expect(busyMs.thread).toBeLessThan(busyMs.here / 4);
  });
});

/** Rows that depend on their number alone. */
function drawRows(count: number, dimension = 2, first = 0): IndexRows {
  const vectors = new Float32Array(count * dimension);
  for (let row = 0; row < count; row++) {
    let state = Math.imul(first + row + 1, 0x9e3779b1);
    let squared = 0;
    for (let i = row * dimension; i < (row + 1) * dimension; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      vectors[i] = state;
      squared += state * state;
    }
    const scale = 1 / Math.sqrt(squared);
    for (let i = row * dimension; i < (row + 1) * dimension; i++) vectors[i] = (vectors[i] as number) * scale;
  }
  const groups = Int32Array.from({ length: count }, (_, i) => first + i);
  return { vectors, groups, labels: groups };
}
