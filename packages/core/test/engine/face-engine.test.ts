import { asHostTensor, createFaceEngine, type FaceEngine } from '@isoface/core';
import {
  type Breakage,
  breakOutputs,
  createFakeParts,
  drawFakeFaces,
  FAKE_LANDMARKS,
  type FakeFace,
  type FakeImage,
  type FakeParts,
  type FakePartsOptions,
  fakeDetector,
  fakeEmbedder,
  fakeLandmarker,
  fakeLandmarkPack,
  fakePack,
} from '@isoface/testkit';
import { describe, expect, it } from 'vitest';

const BOX = { x: 32, y: 24, width: 48, height: 56 };
const PHOTO = drawFakeFaces(128, 128, [{ box: BOX }]);
const BLANK = drawFakeFaces(128, 128, []);

interface Setup {
  readonly engine: FaceEngine<FakeImage>;
  readonly parts: FakeParts;
}

/** An engine whose record starts empty: what creating it did is forgotten. */
async function setUp(options: FakePartsOptions = {}, engineOptions: Parameters<typeof createFaceEngine>[1] = {}): Promise<Setup> {
  const parts = createFakeParts(options);
  const engine = await createFaceEngine(parts, engineOptions);
  parts.calls.length = 0;
  parts.decodeRequests.length = 0;
  return { engine, parts };
}

/** Fails or alters only once the engine exists, so that the self-test passes. */
async function setUpBroken(model: string, breakage: Breakage, pack = fakePack): Promise<Setup> {
  let isBroken = false;
  const setup = await setUp({ pack, alter: (name, outputs) => (isBroken && name === model ? breakOutputs(outputs, breakage) : outputs) });
  isBroken = true;
  return setup;
}

const landmarksOf = ({ x, y, width, height }: typeof BOX): number[] =>
  FAKE_LANDMARKS.map((share, i) => (i % 2 === 0 ? x + share * width : y + share * height));

function expectClose(got: readonly number[], want: readonly number[], tolerance: number): void {
  expect(got).toHaveLength(want.length);
  for (const [i, value] of want.entries()) expect(Math.abs((got[i] as number) - value), `number ${i}`).toBeLessThanOrEqual(tolerance);
}

describe('finding faces', () => {
  it('gives box, score and landmarks in pixels of the image', async () => {
    const { engine } = await setUp();
    const [face] = await engine.detect(PHOTO);
    // 32-bit coordinates of a picture of 128 pixels.
    expectClose(Object.values(face?.box ?? {}), [32, 24, 48, 56], 1e-4);
    expectClose(face?.landmarks?.flatMap(({ x, y }) => [x, y]) ?? [], landmarksOf(BOX), 1e-4);
    expect(face?.score).toBeCloseTo(1, 5);
    expect(face?.landmarks68).toBeUndefined();
  });

  const crowd: FakeFace[] = [
    { box: { x: 5, y: 5, width: 20, height: 24 }, brightness: 215 },
    { box: { x: 50, y: 10, width: 24, height: 24 }, brightness: 255 },
    { box: { x: 90, y: 60, width: 20, height: 30 }, brightness: 235 },
  ];

  it('gives the best score first', async () => {
    const { engine } = await setUp();
    const faces = await engine.detect(drawFakeFaces(128, 128, crowd));
    expectClose(
      faces.map(({ score }) => score),
      [255, 235, 215].map((brightness) => Math.sqrt(brightness / 255)),
      1e-5,
    );
    expect(faces.map(({ box }) => Math.round(box.x))).toEqual([50, 90, 5]);
  });

  it.each([
    [{ maxFaces: 1 }, [50]],
    [{ maxFaces: 2 }, [50, 90]],
    [{ maxFaces: 9 }, [50, 90, 5]],
    [{ maxFaces: Number.POSITIVE_INFINITY }, [50, 90, 5]],
    [{ minScore: 0.94 }, [50, 90]],
    [{ minScore: 0.94, maxFaces: 1 }, [50]],
    [{ minScore: 0.9999 }, [50]],
  ])('respects %j', async (options, lefts) => {
    const { engine } = await setUp();
    const picture = drawFakeFaces(128, 128, crowd);
    expect((await engine.detect(picture, options)).map(({ box }) => Math.round(box.x))).toEqual(lefts);
    expect((await engine.analyze(picture, options)).faces.map(({ box }) => Math.round(box.x))).toEqual(lefts);
  });

  it.each([
    ['the first pass finds one', PHOTO, 1, 1],
    ['the picture is blank', BLANK, 2, 0],
    ['a face fills the picture', drawFakeFaces(128, 128, [{ box: { x: 4, y: 4, width: 120, height: 118 } }]), 2, 1],
    [
      'a face is beside one that fills the picture',
      drawFakeFaces(256, 128, [{ box: { x: 0, y: 0, width: 220, height: 120 } }, { box: { x: 230, y: 10, width: 20, height: 20 } }]),
      1,
      1,
    ],
  ])('looks for a close-up exactly when the first pass finds nothing: %s', async (_, picture, passes, count) => {
    const { engine, parts } = await setUp();
    expect(await engine.detect(picture)).toHaveLength(count);
    expect(parts.calls.filter((call) => call === 'run:fake-detector')).toHaveLength(passes);
  });

  it('gives a close-up in pixels of the image too', async () => {
    const { engine } = await setUp();
    const box = { x: 4, y: 8, width: 120, height: 112 };
    const [face] = await engine.detect(drawFakeFaces(128, 128, [{ box }]));
    // The second pass sees half the resolution: its edges are whole input pixels, two image pixels.
    expectClose(Object.values(face?.box ?? {}), Object.values(box), 2);
    expectClose(face?.landmarks?.flatMap(({ x, y }) => [x, y]) ?? [], landmarksOf(box), 2);
  });
});

describe('68 landmarks', () => {
  it('replace the five of the detector', async () => {
    const { engine } = await setUp({ pack: fakeLandmarkPack });
    const [face] = await engine.detect(PHOTO);
    expect(face?.landmarks68).toHaveLength(68);
    const [five, all] = [face?.landmarks ?? [], face?.landmarks68 ?? []];
    expect(five[2]).toEqual(all[30]);
    expect([five[3], five[4]]).toEqual([all[48], all[54]]);
    // The fake network sees the mean face of a 150-pixel chip in a square crop of side 56 about (56, 52).
    expectClose([all[30]?.x ?? 0, all[30]?.y ?? 0], [56 - 28 + (74.0127 / 150) * 56 - 0.5, 52 - 28 + (76.5625 / 150) * 56 - 0.5], 0.51);
  });

  it.each([
    ['dynamic', [9]],
    ['one', Array(9).fill(1)],
  ] as const)('are placed in runs that a batch of %s allows', async (batch, batches) => {
    const landmarker = { ...fakeLandmarker, input: { ...fakeLandmarker.input, batch } };
    const { engine, parts } = await setUp({ pack: { ...fakeLandmarkPack, landmarker } });
    const session = parts.backend.sessions.find(({ model }) => model === 'fake-landmarker');
    session?.runs.splice(0);
    const faces = Array.from({ length: 9 }, (_, i) => ({
      box: { x: 4 + (i % 3) * 40, y: 4 + Math.floor(i / 3) * 40, width: 20, height: 20 + i },
    }));
    const found = await engine.detect(drawFakeFaces(128, 128, faces));
    expect(found).toHaveLength(9);
    const sizes = session?.runs.map(([count]) => count) ?? [];
    expect(sizes).toEqual(batch === 'one' ? batches : [8, 1]);
    // Each face has its own landmarks, inside its own box.
    for (const { box, landmarks68 = [] } of found) {
      expect(
        landmarks68.every(({ x, y }) => x > box.x - 12 && x < box.x + box.width + 12 && y > box.y - 12 && y < box.y + box.height + 12),
      ).toBe(true);
    }
  });

  it.each(['nan', 'infinity'] as const)('that are %s fail the call: such faces are never returned', async (breakage) => {
    const { engine } = await setUpBroken('fake-landmarker', breakage, fakeLandmarkPack);
    await expect(engine.detect(PHOTO)).rejects.toMatchObject({ code: 'DEGENERATE_LANDMARKS', details: { model: 'fake-landmarker' } });
  });
});

describe('a photo that was shrunk while it was decoded', () => {
  const large = { x: 320, y: 240, width: 200, height: 240 };
  const small = { x: 320, y: 240, width: 48, height: 48 };
  const photo = (box: typeof BOX): FakeImage => drawFakeFaces(1024, 1024, [{ box, person: [250, 0] }]);
  const options = { shrinkToSide: 128, detectionSize: 128 };

  it.each([
    ['five landmarks', fakePack],
    ['68 landmarks', fakeLandmarkPack],
  ] as const)('is not decoded again for large faces: %s', async (_, pack) => {
    const { engine, parts } = await setUp({ pack }, options);
    // 200 x 240 shrunk eight times is 25 x 30: more than the models take in.
    const [face] = await engine.detect(photo(large));
    expect(parts.decodeRequests).toEqual([128]);
    expectClose(Object.values(face?.box ?? {}), Object.values(large), 1e-2);
  });

  it.each([
    ['five landmarks', fakePack],
    ['68 landmarks', fakeLandmarkPack],
  ] as const)('is decoded again in full for small faces, and coordinates stay those of the photo: %s', async (_, pack) => {
    const { engine, parts } = await setUp({ pack }, options);
    const { faces, width, height } = await engine.analyze(photo(small));
    expect(parts.decodeRequests).toEqual([128, undefined]);
    expect([width, height]).toEqual([1024, 1024]);
    expectClose(Object.values(faces[0]?.box ?? {}), Object.values(small), 1e-2);
    expect(faces[0]?.quality.sizePixels).toBeCloseTo(48, 2);
  });

  it('gives small faces the embedding that the full photo gives', async () => {
    const [shrinking, full] = [await setUp({}, options), await setUp({}, { shrinkToSide: 1024, detectionSize: 1024 })];
    const [a, b] = [await shrinking.engine.analyze(photo(small)), await full.engine.analyze(photo(small))];
    expectClose(Array.from(a.faces[0]?.embedding?.vector ?? []), Array.from(b.faces[0]?.embedding?.vector ?? []), 1e-4);
  });

  it('is decoded again by embed as well', async () => {
    const { engine, parts } = await setUp({}, options);
    const { faces } = await engine.analyze(photo(small));
    parts.decodeRequests.length = 0;
    const [embedding] = await engine.embed(photo(small), faces);
    expect(parts.decodeRequests).toEqual([128, undefined]);
    expectClose(Array.from(embedding?.vector ?? []), Array.from(faces[0]?.embedding?.vector ?? []), 1e-5);
  });

  it('reports the size of large faces in pixels of the photo', async () => {
    const { engine } = await setUp({}, options);
    const { faces } = await engine.analyze(photo(large));
    expect(faces[0]?.quality.sizePixels).toBeCloseTo(200, 2);
  });
});

describe('embeddings', () => {
  it('tell persons apart and find one again elsewhere in another picture', async () => {
    const { engine } = await setUp();
    const picture = (x: number, person: readonly [number, number]): FakeImage => drawFakeFaces(128, 128, [{ box: { ...BOX, x }, person }]);
    const same = await engine.verify(picture(10, [255, 0]), picture(60, [255, 0]));
    const other = await engine.verify(picture(10, [255, 0]), picture(60, [0, 255]));
    expect(same).toMatchObject({ status: 'compared', match: true, threshold: 0.9, fmr: 1e-3 });
    expect(other).toMatchObject({ status: 'compared', match: false });
  });

  it('are of length 1 where the manifest says so, and as the model gives them otherwise', async () => {
    for (const [normalization, check] of [
      ['l2', (norm: number) => Math.abs(norm - 1) < 1e-6],
      ['none', (norm: number) => Math.abs(norm - 1) > 1e-3],
    ] as const) {
      const { engine } = await setUp({ pack: { ...fakePack, embedder: { ...fakeEmbedder, normalization } } });
      const { faces } = await engine.analyze(PHOTO);
      expect(check(Math.hypot(...(faces[0]?.embedding?.vector ?? []))), normalization).toBe(true);
    }
  });

  it('averaged over the mirrored face are the same for a face and its mirror image', async () => {
    const { engine } = await setUp({}, { flipAveraging: true });
    // Odd in x on purpose: the mirrored picture has the halves exchanged.
    const [left, right] = [
      drawFakeFaces(128, 128, [{ box: BOX, person: [250, 0] }]),
      drawFakeFaces(128, 128, [{ box: BOX, person: [250, 0] }]),
    ];
    const mirrored = { ...right, data: right.data.slice() };
    for (let i = 0; i < mirrored.data.length; i++) {
      const [channel, x, y] = [i % 4, Math.floor(i / 4) % 128, Math.floor(i / 512)];
      mirrored.data[i] = right.data[(y * 128 + (127 - x)) * 4 + channel] as number;
    }
    const result = await engine.verify(left, mirrored, { threshold: 0.5 });
    // The template is not exactly symmetric: half a pixel of 112 between the eyes.
    expect(result.status === 'compared' && result.similarity).toBeGreaterThan(0.995);
    const plain = await (await setUp()).engine.verify(left, mirrored, { threshold: 0.5 });
    expect(plain.status === 'compared' && plain.similarity).toBeLessThan(0.98);
  });

  it.each([
    ['dynamic', false, [8, 3]],
    ['one', false, Array(11).fill(1)],
    ['dynamic', true, [8, 8, 3, 3]],
  ] as const)('are computed in runs that a batch of %s allows (flip averaging: %s)', async (batch, flipAveraging, sizes) => {
    const embedder = { ...fakeEmbedder, input: { ...fakeEmbedder.input, batch } };
    const { engine, parts } = await setUp({ pack: { ...fakePack, embedder } }, { flipAveraging });
    const session = parts.backend.sessions.find(({ model }) => model === 'fake-embedder');
    session?.runs.splice(0);
    const persons = Array.from({ length: 11 }, (_, i) => ({
      box: { x: 2 + (i % 4) * 31, y: 2 + Math.floor(i / 4) * 40, width: 20, height: 26 },
      person: [i * 23, 250 - i * 23] as const,
    }));
    const { faces } = await engine.analyze(drawFakeFaces(128, 128, persons));
    expect(session?.runs.map(([count]) => count)).toEqual([...sizes]);
    // Every face has the vector of its own person: the same as alone in a picture.
    for (const { box, embedding } of faces) {
      const person = persons.find((candidate) => Math.abs(candidate.box.x - box.x) < 1 && Math.abs(candidate.box.y - box.y) < 1);
      const alone = await engine.analyze(drawFakeFaces(128, 128, person ? [person] : []));
      expectClose(Array.from(embedding?.vector ?? []), Array.from(alone.faces[0]?.embedding?.vector ?? []), 1e-5);
    }
  });

  it.each(['nan', 'infinity', 'zero'] as const)('of %s are never returned', async (breakage) => {
    const { engine, parts } = await setUpBroken('fake-embedder', breakage);
    await expect(engine.analyze(PHOTO)).rejects.toMatchObject({ code: 'INVALID_EMBEDDING' });
    await expect(engine.embed(PHOTO, await engine.detect(PHOTO))).rejects.toMatchObject({ code: 'INVALID_EMBEDDING' });
    await expect(engine.verify(PHOTO, PHOTO)).rejects.toMatchObject({ code: 'INVALID_EMBEDDING' });
    expect(parts.liveTensors()).toBe(0);
  });

  it.each<[string, Breakage]>([
    ['fake-detector', 'halved'],
    ['fake-detector', 'missing'],
    ['fake-landmarker', 'halved'],
    ['fake-landmarker', 'missing'],
    ['fake-embedder', 'halved'],
    ['fake-embedder', 'missing'],
  ])('wrong outputs fail the call with SHAPE_MISMATCH: %s, %s', async (model, breakage) => {
    const { engine, parts } = await setUpBroken(model, breakage, fakeLandmarkPack);
    await expect(engine.analyze(PHOTO)).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    expect(parts.liveTensors()).toBe(0);
  });

  it.each(['nan', 'infinity', 'zero'] as const)('a detector that gives %s finds no face', async (breakage) => {
    const { engine } = await setUpBroken('fake-detector', breakage);
    expect(await engine.detect(PHOTO)).toEqual([]);
  });
});

describe('a face whose landmarks coincide', () => {
  /** The detector puts all points of the first face of every picture into one place. */
  const collapse: FakePartsOptions = {
    alter: (model, outputs) => {
      const kps = outputs['kps_8'];
      const cls = outputs['cls_8'];
      if (model !== 'fake-detector' || kps === undefined || cls === undefined) return outputs;
      const data = kps.data.slice();
      const cell = cls.data.indexOf(1);
      if (cell >= 0) data.fill(0.5, cell * 10, cell * 10 + 10);
      return { ...outputs, kps_8: asHostTensor(data, kps.dims) };
    },
  };
  const both = drawFakeFaces(128, 128, [
    { box: { x: 10, y: 10, width: 40, height: 40 } },
    { box: { x: 70, y: 70, width: 40, height: 40 } },
  ]);

  it('has quality but neither pose nor embedding, and does not spoil the others', async () => {
    const { engine } = await setUp(collapse);
    const faces = [...(await engine.analyze(both)).faces].sort((a, b) => a.box.x - b.box.x);
    expect(faces.map(({ embedding, quality }) => [embedding !== undefined, quality.pose !== undefined])).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(faces[0]?.quality.brightness).toBeGreaterThan(0.5);
  });

  it('is refused by verify with a reason', async () => {
    const { engine } = await setUp(collapse);
    const result = await engine.verify(PHOTO, PHOTO);
    expect(result).toMatchObject({
      status: 'notCompared',
      reason: 'lowQuality',
      side: 'a',
      message: expect.stringContaining('landmarks') as string,
    });
    expect(result.a?.box.x).toBeCloseTo(32, 3);
  });

  it('makes embed fail, which was asked for just this face', async () => {
    const { engine } = await setUp(collapse);
    await expect(engine.embed(PHOTO, await engine.detect(PHOTO))).rejects.toMatchObject({ code: 'DEGENERATE_LANDMARKS' });
  });
});

describe('verify', () => {
  const two = drawFakeFaces(128, 128, [{ box: { x: 4, y: 4, width: 20, height: 20 } }, { box: { x: 44, y: 40, width: 50, height: 56 } }]);

  it('compares the most prominent face, or refuses several', async () => {
    const { engine } = await setUp();
    const compared = await engine.verify(two, PHOTO);
    expect(compared).toMatchObject({ status: 'compared', match: true });
    expect(compared.a?.box.x).toBeCloseTo(44, 3);
    expect(await engine.verify(PHOTO, two, { severalFaces: 'refuse' })).toMatchObject({
      status: 'notCompared',
      reason: 'multipleFaces',
      side: 'b',
      message: '2 faces were found in the image, one was expected.',
    });
  });

  it('refuses a face beyond the limits of quality', async () => {
    const { engine } = await setUp();
    expect(await engine.verify(PHOTO, PHOTO, { qualityLimits: { minSizePixels: 100 } })).toMatchObject({
      status: 'notCompared',
      reason: 'lowQuality',
      side: 'a',
      message: 'minSizePixels is 100, the face has 48.',
    });
    expect(await engine.verify(PHOTO, PHOTO, { qualityLimits: { minSizePixels: 48, maxYawDegrees: undefined } })).toMatchObject({
      status: 'compared',
    });
  });

  it.each([
    ['severalFaces', { severalFaces: 'whatever' as 'refuse' }],
    ['minSharpness', { qualityLimits: { minSharpness: Number.NaN } }],
    ['fmr', { fmr: 7 }],
    ['threshold', { threshold: Number.NaN }],
  ])('refuses a wrong %s before it looks at an image', async (option, options) => {
    const { engine, parts } = await setUp();
    await expect(engine.verify(PHOTO, PHOTO, options)).rejects.toMatchObject({ code: 'INVALID_OPTION', details: { option } });
    expect(parts.calls).toEqual([]);
  });

  it('takes the threshold of the calibration that fits the engine', async () => {
    const [plain, flipping] = [await setUp(), await setUp({}, { flipAveraging: true })];
    expect(await plain.engine.verify(PHOTO, PHOTO, { fmr: 1e-2 })).toMatchObject({ threshold: 0.8, fmr: 1e-2 });
    expect(await flipping.engine.verify(PHOTO, PHOTO)).toMatchObject({ threshold: 0.95, fmr: 1e-3 });
    await expect(flipping.engine.verify(PHOTO, PHOTO, { fmr: 1e-2 })).rejects.toMatchObject({ code: 'THRESHOLD_UNAVAILABLE' });
  });

  it('names no false match rate for a threshold of one own', async () => {
    const { engine } = await setUp();
    expect(await engine.verify(PHOTO, PHOTO, { threshold: 0.42 })).not.toHaveProperty('fmr');
  });
});

describe('timings', () => {
  it('book every stage once, by the clock that was given', async () => {
    const { engine } = await setUp();
    const { timings } = await engine.analyze(PHOTO);
    // The clock moves by 1 ms per reading and each step reads it twice: decode, fit, detect; place landmarks, quality, alignment, warp; model, vectors.
    expect(timings).toEqual({ decodeMs: 1, preprocessMs: 1, detectMs: 1, alignMs: 4, embedMs: 2, livenessMs: 0, matchMs: 0 });
  });

  it('of a blank picture hold two passes and no embedding', async () => {
    const { engine } = await setUp();
    const { timings } = await engine.analyze(BLANK);
    expect(timings).toMatchObject({ decodeMs: 1, preprocessMs: 2, detectMs: 2, embedMs: 0 });
  });

  it('of a verification are the sum over both images, and matching', async () => {
    const { engine } = await setUp();
    const { timings } = await engine.verify(PHOTO, PHOTO);
    expect(timings.matchMs).toBe(1);
    expect(timings.decodeMs).toBeGreaterThanOrEqual(2);
    expect(timings.embedMs).toBeGreaterThanOrEqual(4);
  });
});

describe('abort', () => {
  const STAGES = ['decode', 'fit', 'run:fake-detector', 'warp', 'run:fake-landmarker', 'run:fake-embedder'] as const;

  it.each(STAGES)('during %s rejects with the reason, does no further stage, and keeps no tensor', async (stage) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let isArmed = false;
    const { engine, parts } = await setUp({
      pack: fakeLandmarkPack,
      onCall: (call) => {
        if (isArmed && call === stage) controller.abort(reason);
      },
    });
    isArmed = true;
    await expect(engine.analyze(PHOTO, { signal: controller.signal })).rejects.toBe(reason);
    expect(parts.calls.at(-1)).toBe(stage);
    expect(parts.liveTensors()).toBe(0);
    isArmed = false;
    expect((await engine.analyze(PHOTO)).faces).toHaveLength(1);
  });

  it.each(['decode', 'warp', 'run:fake-embedder'] as const)('of embed during %s rejects with the reason', async (stage) => {
    const controller = new AbortController();
    let isArmed = false;
    const { engine, parts } = await setUp({
      onCall: (call) => {
        if (isArmed && call === stage) controller.abort('enough');
      },
    });
    const faces = await engine.detect(PHOTO);
    isArmed = true;
    await expect(engine.embed(PHOTO, faces, { signal: controller.signal })).rejects.toBe('enough');
    expect(parts.liveTensors()).toBe(0);
  });

  it('of analyzeMany ends the loop with the reason and yields no outcome for what it cut off', async () => {
    const controller = new AbortController();
    let decoded = 0;
    const { engine } = await setUp({
      onCall: (call) => {
        if (call === 'decode' && ++decoded === 3) controller.abort('enough');
      },
    });
    const yielded: unknown[] = [];
    const loop = async (): Promise<void> => {
      for await (const outcome of engine.analyzeMany([PHOTO, PHOTO, PHOTO, PHOTO], { signal: controller.signal })) yielded.push(outcome);
    };
    await expect(loop()).rejects.toBe('enough');
    expect(yielded.filter((outcome) => typeof outcome === 'object' && outcome !== null && 'error' in outcome)).toEqual([]);
  });
});

describe('dispose', () => {
  it('closes every session, also when called twice at once', async () => {
    const { engine, parts } = await setUp({ pack: fakeLandmarkPack });
    await Promise.all([engine.dispose(), engine.dispose()]);
    expect(parts.backend.sessions.map(({ isDisposed }) => isDisposed)).toEqual([true, true, true]);
  });

  it('lets a call that hangs in a model end, and the next stage fail with DISPOSED', async () => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isArmed = false;
    let reached = (): void => {};
    const inModel = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const { engine, parts } = await setUp({
      onCall: async (call) => {
        if (!isArmed || call !== 'run:fake-detector') return;
        reached();
        await released;
      },
    });
    isArmed = true;
    const call = engine.analyze(PHOTO);
    await inModel;
    await engine.dispose();
    release();
    await expect(call).rejects.toMatchObject({ code: 'DISPOSED' });
    expect(parts.liveTensors()).toBe(0);
  });
});

describe('a pack whose manifest does not fit its models', () => {
  it('fails when the preprocessor makes another shape than the detector takes', async () => {
    const { engine, parts } = await setUp();
    const fixed = createFakeParts({
      pack: {
        ...fakePack,
        detector: { ...fakeDetector, resizeMode: 'adaptivePad', input: { ...fakeDetector.input, sizeMultipleOf: undefined } },
      },
    });
    // A detector of fixed size cannot be padded adaptively: the shrunk input is refused with both shapes in the message.
    await expect(createFaceEngine(fixed).then((fixedEngine) => fixedEngine.detect(drawFakeFaces(128, 40, [])))).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: expect.stringContaining('[1, 3, 128, 128]') as string,
    });
    expect(fixed.liveTensors()).toBe(0);
    await engine.dispose();
    expect(parts.liveTensors()).toBe(0);
  });
});
