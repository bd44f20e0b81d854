/** Passive liveness, mesh and fingerprints of an engine, on fakes. */

import { createFaceEngine, FaceError, type TrackOptions, type TrackResult } from '@isoface/core';
import {
  breakOutputs,
  createFakeParts,
  drawFakeFaces,
  type FakeImage,
  type FakePartsOptions,
  fakeLivenessPack,
  fakePack,
} from '@isoface/testkit';
import { describe, expect, it } from 'vitest';

const box = { x: 40, y: 32, width: 64, height: 64 };
const PHOTO = drawFakeFaces(160, 128, [{ box, person: [250, 40] }]);
const setUp = async (options: FakePartsOptions = {}, liveness: 'none' | 'auto' | 'required' = 'required') => {
  const parts = createFakeParts({ pack: fakeLivenessPack, ...options });
  const engine = await createFaceEngine(parts, { liveness });
  parts.calls.length = 0;
  return { parts, engine };
};

describe('analyze', () => {
  it('averages the passive models and lays the mesh in source pixels', async () => {
    const { engine, parts } = await setUp();
    const { faces, timings } = await engine.analyze(PHOTO, { liveness: true, mesh: true });
    const [face] = faces;
    const { models = {}, score } = face?.liveness ?? {};
    const values = Object.values(models);
    expect(Object.keys(models)).toEqual(['fake-liveness', 'fake-liveness-2']);
    expect(score).toBeCloseTo(((values[0] ?? 0) + (values[1] ?? 0)) / 2, 12);
    // The smaller patch holds nothing but the green face, the larger one the dark background too.
    expect(values[0]).toBeGreaterThan(0.9);
    expect(values[1]).toBeLessThan(values[0] as number);
    const mesh = face?.mesh as Float32Array;
    const xs = mesh.filter((_, i) => i % 3 === 0);
    // 1.5 sides of the box about its centre.
    expect(Math.abs(Math.min(...xs) - (40 + 32 - 48))).toBeLessThan(2);
    expect(Math.abs(Math.max(...xs) - (40 + 32 + 48))).toBeLessThan(2);
    // The box of the fake detector is a pixel off at most.
    expect(mesh[2]).toBeCloseTo(3, 1);
    expect(timings.livenessMs).toBeGreaterThan(0);
    expect(parts.liveTensors()).toBe(0);
  });

  it('costs nothing where it is not asked for', async () => {
    const { engine, parts } = await setUp();
    const [face] = (await engine.analyze(PHOTO)).faces;
    expect([face?.liveness, face?.mesh]).toEqual([undefined, undefined]);
    expect(parts.calls.filter((call) => /^run:fake-(liveness|mesh)/.test(call))).toEqual([]);
  });

  it.each(['liveness', 'mesh'] as const)('refuses %s where the engine has no models for it', async (option) => {
    const { engine } = await setUp({}, 'none');
    await expect(engine.analyze(PHOTO, { [option]: true })).rejects.toMatchObject({ code: 'INVALID_OPTION', details: { option } });
    await expect(engine.analyze(PHOTO, { [option]: 'yes' as never })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it.each(['nan', 'infinity', 'halved', 'missing'] as const)('fails on a model that answers nonsense: %s', async (breakage) => {
    let isBroken = false;
    const { engine, parts } = await setUp({
      alter: (model, outputs) => (isBroken && model === 'fake-liveness' ? breakOutputs(outputs, breakage) : outputs),
    });
    isBroken = true;
    await expect(engine.analyze(PHOTO, { liveness: true })).rejects.toBeInstanceOf(FaceError);
    expect([parts.liveTensors(), parts.liveFrames()]).toEqual([0, 0]);
  });
});

describe('a model that cannot be found', () => {
  const without = (model: string): FakePartsOptions => ({
    onCall: (call) => {
      if (call === `load:${model}`) throw new FaceError('MODEL_NOT_FOUND', `${model} is nowhere.`);
    },
  });

  it('is said, and the others are closed: half of the passive models is none', async () => {
    const { engine, parts } = await setUp(without('fake-liveness-2'), 'auto');
    expect(engine.info.liveness).toEqual({ passive: [], landmarks: 'mesh468', thresholds: [] });
    expect(engine.info.warnings.join(' ')).toMatch(/No passive liveness.*fake-liveness-2 is nowhere/);
    expect(parts.backend.sessions.filter(({ isDisposed }) => isDisposed).map(({ model }) => model)).toEqual(['fake-liveness']);
    expect(engine.info.models.map(({ id }) => id)).toEqual(['fake-detector', 'fake-embedder', 'fake-mesh']);
  });

  it('is an error where it is required, and where its bytes are wrong', async () => {
    await expect(setUp(without('fake-liveness-2'))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    const tampered: FakePartsOptions = {
      onCall: (call) => {
        if (call === 'load:fake-mesh') throw new FaceError('MODEL_INTEGRITY', 'Other bytes.');
      },
    };
    await expect(setUp(tampered, 'auto')).rejects.toMatchObject({ code: 'MODEL_INTEGRITY' });
    await expect(setUp({ pack: fakePack })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(setUp({}, 'some' as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('is not looked for without need', async () => {
    const parts = createFakeParts({ pack: fakeLivenessPack });
    const engine = await createFaceEngine(parts);
    expect(parts.calls.filter((call) => /^load:fake-(liveness|mesh)/.test(call))).toEqual([]);
    expect(engine.info).toMatchObject({ liveness: { passive: [], landmarks: 'five' }, warnings: [] });
  });
});

describe('track', () => {
  const track = async (images: readonly FakeImage[], options: TrackOptions): Promise<TrackResult[]> => {
    const { engine, parts } = await setUp();
    const frames = images.map((image, i) => ({ image, timestampMs: i * 40 }));
    const results: TrackResult[] = [];
    for await (const result of engine.track(frames, options)) results.push(result);
    expect([parts.liveTensors(), parts.liveFrames()]).toEqual([0, 0]);
    return results;
  };
  const blank = drawFakeFaces(160, 128, []);

  it('scores each face in each frame in which it is seen', async () => {
    const { engine } = await setUp();
    const [analyzed] = (await engine.analyze(PHOTO, { liveness: true, mesh: true })).faces;
    const results = await track([PHOTO, PHOTO, blank], { liveness: true, mesh: true, smoothing: false });
    expect(results[0]?.faces[0]?.liveness).toEqual(analyzed?.liveness);
    expect(results[0]?.faces[0]?.mesh).toEqual(analyzed?.mesh);
    expect(results[1]?.faces[0]?.liveness?.score).toBeCloseTo(analyzed?.liveness?.score ?? 0, 1);
    const gone = results[2]?.faces[0];
    expect([gone?.missedFrames, gone?.liveness, gone?.mesh]).toEqual([1, undefined, undefined]);
  });

  it('makes embeddings anew as often as asked, at full size', async () => {
    const results = await track(Array<FakeImage>(12).fill(PHOTO), { embedEveryMs: 120 });
    expect(results.flatMap(({ faces, frame }) => (faces[0]?.isEmbeddingNew ? [frame] : []))).toEqual([0, 3, 6, 9]);
  });

  it('gives equal numbers to equal frames only', async () => {
    const other: FakeImage = { ...(PHOTO as { width: number; height: number; data: Uint8ClampedArray }) };
    const noisy = Uint8ClampedArray.from(other.data, (value, i) => (i % 97 === 0 ? value ^ 1 : value));
    const results = await track([PHOTO, PHOTO, { ...other, data: noisy }, PHOTO, blank], { fingerprints: true });
    const [a, b, c, d, e] = results.map(({ fingerprint }) => fingerprint);
    expect([b, d]).toEqual([a, a]);
    expect(c).not.toBe(a);
    // One colour: a covered lens.
    expect([typeof a, e]).toEqual(['number', undefined]);
    const [without] = await track([PHOTO], {});
    expect(without?.fingerprint).toBeUndefined();
  });

  it.each([{ embedEveryMs: -1 }, { embedEveryMs: 'often' as never }, { fingerprints: 1 as never }, { liveness: 1 as never }])(
    'refuses %j',
    async (options) => {
      await expect(track([PHOTO], options)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    },
  );
});
