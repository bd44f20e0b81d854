/** The loop of `track`: what it reads, and how it ends. */

import { createFaceEngine, type FaceEngine, FaceError, type TimedImage, type TrackResult } from '@isoface/core';
import { brokenImage, createFakeParts, drawFakeFaces, type FakeImage } from '@isoface/testkit';
import { describe, expect, it } from 'vitest';

const PHOTO = drawFakeFaces(128, 128, [{ box: { x: 20, y: 24, width: 64, height: 64 }, person: [250, 40] }]);

type Item = FakeImage | TimedImage<FakeImage>;

const createEngine = (): Promise<FaceEngine<FakeImage>> => createFaceEngine(createFakeParts());

/** A source that tells what was done to it. */
function createSource(items: readonly Item[], end: 'ends' | 'stalls' | 'fails' = 'ends') {
  const log: string[] = [];
  let index = 0;
  const source: AsyncIterable<Item> = {
    [Symbol.asyncIterator]: () => ({
      async next() {
        log.push('next');
        const item = items[index++];
        if (item !== undefined) return { done: false, value: item };
        if (end === 'stalls') return new Promise(() => {});
        if (end === 'fails') throw new RangeError('the camera is gone');
        return { done: true, value: undefined };
      },
      async return() {
        log.push('return');
        return { done: true, value: undefined };
      },
    }),
  };
  return { source, log };
}

async function collect(results: AsyncIterable<TrackResult>): Promise<TrackResult[]> {
  const all: TrackResult[] = [];
  for await (const result of results) all.push(result);
  return all;
}

describe('frames', () => {
  it('come from anything that can be iterated over', async () => {
    const engine = await createEngine();
    async function* stream(): AsyncGenerator<Item> {
      yield PHOTO;
      yield PHOTO;
    }
    const promises = [Promise.resolve(PHOTO), Promise.resolve(PHOTO)] as unknown as FakeImage[];
    for (const frames of [[PHOTO, PHOTO], new Set([PHOTO, { ...PHOTO }]), stream(), promises]) {
      const results = await collect(engine.track(frames));
      expect(results.map(({ frame, faces }) => [frame, faces[0]?.id])).toEqual([
        [0, 1],
        [1, 1],
      ]);
    }
    expect(await collect(engine.track([]))).toEqual([]);
  });

  it('carry time and dropped frames where the source knows them', async () => {
    const engine = await createEngine();
    const results = await collect(
      engine.track([
        { image: PHOTO, timestampMs: 1000 },
        { image: PHOTO, timestampMs: 1100, droppedFrames: 2 },
      ]),
    );
    expect(results.map(({ timestampMs, droppedFrames }) => [timestampMs, droppedFrames])).toEqual([
      [1000, 0],
      [1100, 2],
    ]);
    const [first, second] = await collect(engine.track([PHOTO, PHOTO]));
    expect(second?.timestampMs).toBeGreaterThan(first?.timestampMs ?? Number.NaN);
  });

  it('are taken one by one, the next when the result of the one before is taken', async () => {
    const engine = await createEngine();
    const { source, log } = createSource([PHOTO, PHOTO, PHOTO]);
    const results = engine.track(source);
    expect(log).toEqual([]);
    await results.next();
    expect(log).toEqual(['next']);
    await results.next();
    expect(log).toEqual(['next', 'next']);
    await results.return?.();
    expect(log).toEqual(['next', 'next', 'return']);
  });

  it('must be iterable', async () => {
    const engine = await createEngine();
    await expect(collect(engine.track({} as Item[]))).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('are independent of other sessions of the same engine', async () => {
    const engine = await createEngine();
    const [a, b] = await Promise.all([collect(engine.track([PHOTO, PHOTO])), collect(engine.track([PHOTO]))]);
    expect([...a, ...b].map(({ frame, faces }) => [frame, faces[0]?.id])).toEqual([
      [0, 1],
      [1, 1],
      [0, 1],
    ]);
  });
});

describe('the end', () => {
  it('of the source is the end', async () => {
    const { source, log } = createSource([PHOTO]);
    expect(await collect((await createEngine()).track(source))).toHaveLength(1);
    expect(log).toEqual(['next', 'next']);
  });

  it('by an error of the source is passed on', async () => {
    const { source, log } = createSource([PHOTO], 'fails');
    await expect(collect((await createEngine()).track(source))).rejects.toThrow(new RangeError('the camera is gone'));
    expect(log).toEqual(['next', 'next']);
  });

  it('by a break closes the source', async () => {
    const { source, log } = createSource([PHOTO, PHOTO]);
    for await (const _ of (await createEngine()).track(source)) break;
    expect(log).toEqual(['next', 'return']);
  });

  it('by a frame that fails closes the source', async () => {
    const { source, log } = createSource([PHOTO, brokenImage, PHOTO]);
    await expect(collect((await createEngine()).track(source))).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
    expect(log).toEqual(['next', 'next', 'return']);
  });

  it('by an option that is no good closes the source', async () => {
    const { source, log } = createSource([PHOTO]);
    await expect(collect((await createEngine()).track(source, { rescanMs: -1 }))).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    expect(log).toEqual(['return']);
  });

  it.each([
    ['before the first frame', 0],
    ['between two frames', 1],
  ])('by the signal, %s, closes the source', async (_, after) => {
    const { source, log } = createSource([PHOTO, PHOTO]);
    const controller = new AbortController();
    const reason = { why: 'any value' };
    if (after === 0) controller.abort(reason);
    const results = (await createEngine()).track(source, { signal: controller.signal });
    const loop = async (): Promise<void> => {
      for await (const _ of results) controller.abort(reason);
    };
    await expect(loop()).rejects.toBe(reason);
    expect(log).toEqual([...Array(after).fill('next'), 'return']);
  });

  it('by the signal does not wait for a source that has no frame', async () => {
    const { source, log } = createSource([PHOTO], 'stalls');
    const controller = new AbortController();
    const results = (await createEngine()).track(source, { signal: controller.signal });
    await results.next();
    const waiting = results.next();
    await Promise.resolve();
    const reason = new Error('closed');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(log).toEqual(['next', 'next', 'return']);
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });

  it('by disposal does not wait for a source that has no frame', async () => {
    const { source, log } = createSource([], 'stalls');
    const engine = await createEngine();
    const waiting = engine.track(source).next();
    await Promise.resolve();
    await engine.dispose();
    await expect(waiting).rejects.toMatchObject({ code: 'DISPOSED' });
    expect(log).toEqual(['next', 'return']);
  });

  it('by disposal comes between two frames too, and before the first', async () => {
    const engine = await createEngine();
    const { source, log } = createSource([PHOTO, PHOTO]);
    const loop = async (): Promise<void> => {
      for await (const _ of engine.track(source)) await engine.dispose();
    };
    await expect(loop()).rejects.toMatchObject({ code: 'DISPOSED' });
    expect(log).toEqual(['next', 'return']);
    const late = createSource([PHOTO]);
    await expect(collect(engine.track(late.source))).rejects.toMatchObject({ code: 'DISPOSED' });
    expect(late.log).toEqual(['return']);
    await expect(engine.trackFrame({ image: PHOTO, timestampMs: 0 }, undefined)).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('tells the first error when closing the source fails as well', async () => {
    const failing = (items: readonly Item[]): Iterable<Item> => ({
      [Symbol.iterator]: () => {
        const inner = items[Symbol.iterator]();
        return {
          next: () => inner.next(),
          return: () => {
            throw new FaceError('IO_FAILED', 'The camera does not stop.');
          },
        };
      },
    });
    const engine = await createEngine();
    await expect(collect(engine.track(failing([brokenImage])))).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
    const leave = async (): Promise<void> => {
      for await (const _ of engine.track(failing([PHOTO, PHOTO]))) break;
    };
    await expect(leave()).rejects.toMatchObject({ code: 'IO_FAILED' });
  });

  it('leaves no listener behind, however many frames there were', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...input: Parameters<typeof add>) => {
      listeners++;
      add(...input);
    };
    signal.removeEventListener = (...input: Parameters<typeof remove>) => {
      listeners--;
      remove(...input);
    };
    expect(await collect((await createEngine()).track(Array(5).fill(PHOTO) as FakeImage[], { signal }))).toHaveLength(5);
    expect(listeners).toBe(0);
  });
});
