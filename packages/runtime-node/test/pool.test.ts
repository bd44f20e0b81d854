/** The pool under stress: full queues, aborts, crashes, disposal at a bad moment. */

import type { Worker } from 'node:worker_threads';
import { drawSelfTestFace, isFaceError, type TimedImage } from '@isoface/core';
import { createFaceEngine, type NodeEngineOptions, type NodeFaceEngine } from '@isoface/runtime-node';
import { afterEach, describe, expect, it } from 'vitest';

const face = drawSelfTestFace();
const open: NodeFaceEngine[] = [];

/** Creates an engine that is disposed after the test, and tells which threads it starts. */
async function create(options: NodeEngineOptions = {}): Promise<{ engine: NodeFaceEngine; threads: Worker[] }> {
  const threads: Worker[] = [];
  const onWorker = (thread: Worker): void => void threads.push(thread);
  process.on('worker', onWorker);
  const engine = await createFaceEngine({ executionProviders: 'cpu', threads: 1, ...options });
  open.push(engine);
  return { engine, threads };
}

afterEach(async () => {
  process.removeAllListeners('worker');
  await Promise.all(open.splice(0).map((engine) => engine.dispose()));
});

const codeOf = (reason: unknown): string | undefined => (isFaceError(reason) ? reason.code : undefined);

describe('back-pressure', () => {
  it('lets threads and the queue fill and refuses the next call', async () => {
    const { engine } = await create({ threads: 1, maxQueue: 2 });
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => engine.analyze(face)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [codeOf(result.reason)] : []));
    expect(refused).toEqual(['OVERLOADED', 'OVERLOADED', 'OVERLOADED']);
    // The pool is as good as new afterwards.
    expect((await engine.analyze(face)).faces).toHaveLength(1);
  });

  it('takes as many calls as it has threads when nothing may wait', async () => {
    const { engine } = await create({ threads: 2, maxQueue: 0 });
    const results = await Promise.allSettled(Array.from({ length: 3 }, () => engine.analyze(face)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });

  it('starts further threads only when calls wait', async () => {
    const { engine, threads } = await create({ threads: 2 });
    await engine.analyze(face);
    expect(threads).toHaveLength(1);
    await Promise.all([engine.analyze(face), engine.analyze(face), engine.analyze(face)]);
    expect(threads).toHaveLength(2);
  });

  it('never overloads itself in analyzeMany', async () => {
    const { engine } = await create({ threads: 2, maxQueue: 1 });
    const indices: number[] = [];
    for await (const outcome of engine.analyzeMany(Array.from({ length: 12 }, () => face))) {
      expect(outcome).toHaveProperty('analysis');
      indices.push(outcome.index);
    }
    expect(indices).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });
});

describe('aborts', () => {
  it('rejects a waiting call with the reason and does not run it', async () => {
    const { engine } = await create();
    const controller = new AbortController();
    const running = engine.analyze(face);
    const waiting = engine.analyze(face, { signal: controller.signal });
    const reason = new Error('changed my mind');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect((await running).faces).toHaveLength(1);
  });

  it('rejects a running call at once and goes on with the next', async () => {
    const { engine } = await create();
    const controller = new AbortController();
    const running = engine.analyze(face, { signal: controller.signal });
    const next = engine.analyze(face);
    controller.abort();
    await expect(running).rejects.toBe(controller.signal.reason);
    expect((await next).faces).toHaveLength(1);
  });

  it('stops the creation of an engine', async () => {
    const controller = new AbortController();
    const creation = createFaceEngine({ executionProviders: 'cpu', signal: controller.signal });
    controller.abort();
    await expect(creation).rejects.toBe(controller.signal.reason);
  });
});

describe('crashes', () => {
  it('fails the call of a killed thread, keeps the waiting ones, and replaces the thread', async () => {
    const { engine, threads } = await create();
    crash(threads[0]);
    const doomed = engine.analyze(face);
    const waiting = engine.analyze(face);
    await expect(doomed).rejects.toSatisfy((error) => isFaceError(error, 'WORKER_CRASHED'));
    expect((await waiting).faces).toHaveLength(1);
    expect(threads).toHaveLength(2);
  });

  it('goes on with a track in another thread, from the same frame', async () => {
    const { engine, threads } = await create();
    // The video has a clock of its own: however long the next thread takes to start, no time passes in it.
    function* frames(): Generator<TimedImage<typeof face>> {
      for (let i = 0; i < 6; i++) {
        if (i === 2 || i === 4) crash(threads.at(-1));
        yield { image: face, timestampMs: i * 40 };
      }
    }
    const seen: (readonly number[])[] = [];
    for await (const { frame, faces } of engine.track(frames())) seen.push([frame, ...faces.map(({ id }) => id)]);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5].map((frame) => [frame, 1]));
    expect(threads).toHaveLength(3);
  });

  it('survives ten killed threads in a row', async () => {
    const { engine, threads } = await create();
    for (let round = 0; round < 10; round++) {
      expect(await engine.detect(face)).toHaveLength(1);
      crash(threads.at(-1));
      await expect(engine.detect(face)).rejects.toSatisfy((error) => isFaceError(error, 'WORKER_CRASHED'));
    }
    expect(await engine.detect(face)).toHaveLength(1);
    expect(threads).toHaveLength(11);
  });
});

/**
 * Ends a thread by an exception that nobody catches, before it gets to its next call. `Worker.terminate` would do so at any moment, also inside
 * a model run, and a native library that is cut off there takes the whole process with it: no pool can survive that.
 */
function crash(thread: Worker | undefined): void {
  thread?.postMessage(null);
}

describe('disposal', () => {
  it('settles every call, whatever it was doing', async () => {
    const { engine } = await create({ threads: 2 });
    const settled = Promise.allSettled(Array.from({ length: 8 }, () => engine.analyze(face)));
    await engine.dispose();
    const results = await settled;
    expect(results).toHaveLength(8);
    for (const result of results) {
      if (result.status === 'rejected') expect(codeOf(result.reason)).toBe('DISPOSED');
    }
    await expect(engine.analyze(face)).rejects.toSatisfy((error) => isFaceError(error, 'DISPOSED'));
  });

  it('ends all threads', async () => {
    const { engine, threads } = await create({ threads: 2 });
    await Promise.all([engine.detect(face), engine.detect(face)]);
    const exits = threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve)));
    await engine.dispose();
    expect(await Promise.all(exits)).toEqual(threads.map(() => 0));
  });
});

describe('options', () => {
  const cases: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['an unknown name', { treads: 2 }, 'INVALID_OPTION'],
    ['no threads', { threads: 0 }, 'INVALID_OPTION'],
    ['half a thread', { threads: 1.5 }, 'INVALID_OPTION'],
    ['a negative queue', { maxQueue: -1 }, 'INVALID_OPTION'],
    ['an unknown provider', { executionProviders: 'tpu' }, 'INVALID_OPTION'],
    ['no provider', { executionProviders: [] }, 'INVALID_OPTION'],
    ['an unknown pack', { pack: 'startr' }, 'PACK_UNKNOWN'],
    ['a broken manifest', { pack: { id: 'mine' } }, 'MANIFEST_INVALID'],
    ['a detection size that the model cannot have', { detectionSize: 300 }, 'INVALID_OPTION'],
  ];
  it.each(cases)('refuses %s', async (_, options, code) => {
    await expect(create(options as NodeEngineOptions)).rejects.toSatisfy((error) => codeOf(error) === code);
  });

  it('is strict about a named provider and says what is missing', async () => {
    // Linux builds of ONNX Runtime from the registry carry no CUDA: its libraries are a separate download.
    await expect(create({ executionProviders: 'cuda' })).rejects.toSatisfy(
      (error) => isFaceError(error, 'BACKEND_UNAVAILABLE') && /CUDA 12/.test(error.message),
    );
  });

  it('says under auto what it passed over', async () => {
    const { engine } = await create({ executionProviders: 'auto' });
    expect(engine.info.executionProvider).toMatch(/^(cpu|webgpu|cuda)$/);
    if (engine.info.executionProvider === 'cpu') {
      expect(engine.info.warnings.join('\n')).toMatch(/cuda passed over/);
      expect(engine.info.warnings.join('\n')).toMatch(/webgpu passed over/);
    }
  });

  it('goes on with the next of a list', async () => {
    const { engine } = await create({ executionProviders: ['cuda', 'cpu'] });
    expect(engine.info.executionProvider).toBe('cpu');
    expect(engine.info.warnings[0]).toMatch(/cuda passed over/);
  });
});
