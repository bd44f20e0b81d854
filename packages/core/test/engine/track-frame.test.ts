/** Policies of a frame, on fakes: when the detector runs and at which size, when a face is embedded, what waits for later. */

import { createFaceEngine, type FaceEngine, type TrackedFrame, type TrackOptions, type TrackResult } from '@isoface/core';
import {
  breakOutputs,
  brokenImage,
  createFakeParts,
  drawFakeFaces,
  type FakeFace,
  type FakeImage,
  type FakeParts,
  type FakePartsOptions,
  fakeDetector,
  fakeLandmarkPack,
  fakePack,
} from '@isoface/testkit';
import { describe, expect, it } from 'vitest';

const FRAME_MS = 40;
const PERSON = [250, 40] as const;
/** 64 pixels of 128: large enough for the detector at half its size. */
const face = (x = 20, y = 24, side = 64): FakeFace => ({ box: { x, y, width: side, height: side }, person: PERSON });
const picture = (...faces: readonly FakeFace[]): FakeImage => drawFakeFaces(128, 128, faces);
const PHOTO = picture(face());
const BLANK = picture();

const { sizeMultipleOf: _, ...fixedInput } = fakeDetector.input;
const fixedPack = { ...fakePack, detector: { ...fakeDetector, input: fixedInput } };
const fixedLandmarkPack = { ...fakeLandmarkPack, detector: { ...fakeDetector, input: fixedInput } };

/** A session whose frames are given one by one. */
class Session {
  readonly engine: FaceEngine<FakeImage>;
  readonly parts: FakeParts;
  readonly options: TrackOptions;
  last: TrackedFrame | undefined;
  frames = 0;
  constructor(engine: FaceEngine<FakeImage>, parts: FakeParts, options: TrackOptions) {
    this.engine = engine;
    this.parts = parts;
    this.options = options;
  }

  async see(image: FakeImage, timestampMs = this.frames * FRAME_MS): Promise<TrackResult> {
    this.frames++;
    this.last = await this.engine.trackFrame({ image, timestampMs }, this.last?.state, this.options);
    return this.last.result;
  }

  async seeTimes(count: number, image: FakeImage | ((i: number) => FakeImage)): Promise<TrackResult[]> {
    const results: TrackResult[] = [];
    for (let i = 0; i < count; i++) results.push(await this.see(typeof image === 'function' ? image(i) : image));
    return results;
  }
}

interface SetupOptions extends FakePartsOptions {
  readonly track?: TrackOptions;
  readonly shrinkToSide?: number;
}

async function setUp({ track = {}, shrinkToSide, ...partsOptions }: SetupOptions = {}): Promise<Session> {
  const parts = createFakeParts(partsOptions);
  const engine = await createFaceEngine(parts, { shrinkToSide });
  parts.calls.length = 0;
  parts.decodeRequests.length = 0;
  return new Session(engine, parts, track);
}

const sizesOf = (results: readonly TrackResult[]): (number | undefined)[] => results.map(({ detection }) => detection.size);
const idsOf = ({ faces }: TrackResult): number[] => faces.map(({ id }) => id);
const runsOf = ({ parts }: Session, model: string): number => parts.calls.filter((call) => call === `run:${model}`).length;

describe('a detector that accepts several sizes', () => {
  it('runs at full size first, then at the smallest that keeps the face, and again in full every rescanMs', async () => {
    const session = await setUp({ track: { rescanMs: 200 } });
    const results = await session.seeTimes(12, PHOTO);
    // 200 ms are five frames.
    expect(sizesOf(results)).toEqual([128, 64, 64, 64, 64, 128, 64, 64, 64, 64, 128, 64]);
    expect(results.every(({ detection }) => detection.ran)).toBe(true);
    expect(results.map(idsOf)).toEqual(results.map(() => [1]));
  });

  it('runs larger when a face is smaller', async () => {
    const session = await setUp();
    expect(sizesOf(await session.seeTimes(3, picture(face(10, 10, 30))))).toEqual([128, 128, 128]);
    const other = await setUp();
    expect(sizesOf(await other.seeTimes(3, picture(face(10, 10, 44))))).toEqual([128, 96, 96]);
  });

  it('looks again at full size, in the same frame, when it misses a face', async () => {
    let isBlind = false;
    const atSmallSize = 64;
    const session = await setUp({
      alter: (model, outputs) =>
        isBlind && model === 'fake-detector' && outputs['cls_8']?.dims[1] === atSmallSize ? breakOutputs(outputs, 'zero') : outputs,
    });
    await session.seeTimes(2, PHOTO);
    isBlind = true;
    const before = runsOf(session, 'fake-detector');
    const result = await session.see(PHOTO);
    expect(result.detection.size).toBe(128);
    expect(result.faces).toMatchObject([{ id: 1, missedFrames: 0 }]);
    expect(runsOf(session, 'fake-detector') - before).toBe(2);
  });

  it('finds a newcomer that is large enough at once, a small one with the next full scan', async () => {
    const session = await setUp({ track: { rescanMs: 400 } });
    await session.seeTimes(3, PHOTO);
    const small = face(100, 4, 6);
    const results = await session.seeTimes(10, picture(face(), small));
    expect(results.map(({ faces }) => faces.length).indexOf(2)).toBe(7);
    const other = await setUp({ track: { rescanMs: 400 } });
    await other.seeTimes(3, picture(face(0)));
    expect((await other.see(picture(face(0), face(80, 40, 40)))).faces).toHaveLength(2);
  });
});

describe('a detector of one size', () => {
  it('runs in every frame where nothing can stand in for it', async () => {
    const session = await setUp({ pack: fixedPack });
    expect(sizesOf(await session.seeTimes(4, PHOTO))).toEqual([128, 128, 128, 128]);
  });

  it('rests while the landmark model follows the face', async () => {
    const session = await setUp({ pack: fixedLandmarkPack, track: { rescanMs: 200 } });
    const results = await session.seeTimes(11, PHOTO);
    expect(sizesOf(results).map((size) => size ?? 0)).toEqual([128, 0, 0, 0, 0, 128, 0, 0, 0, 0, 128]);
    expect(results.map(({ detection }) => detection.ran)).toEqual(sizesOf(results).map((size) => size !== undefined));
    expect(runsOf(session, 'fake-landmarker')).toBe(11);
    expect(results.map(idsOf)).toEqual(results.map(() => [1]));
  });

  it('runs at once when the face is not where it was, and when it is another one', async () => {
    const session = await setUp({ pack: fixedLandmarkPack });
    await session.seeTimes(3, PHOTO);
    const moved = await session.see(picture(face(44)));
    expect(moved).toMatchObject({ detection: { ran: true }, faces: [{ id: 1 }] });
    await session.seeTimes(2, picture(face(44)));
    const other = { ...face(44), person: [0, 255] as const };
    const changed = await session.see(picture(other));
    expect(changed).toMatchObject({ detection: { ran: true }, faces: [{ id: 1 }] });
  });

  it('says that a face is missed when it is gone', async () => {
    const session = await setUp({ pack: fixedLandmarkPack });
    await session.seeTimes(3, PHOTO);
    expect((await session.see(BLANK)).faces).toMatchObject([{ id: 1, missedFrames: 1 }]);
  });

  it('trusts the landmarks for a while when the detector misses a face that is there', async () => {
    let isBlind = false;
    const session = await setUp({
      pack: fixedLandmarkPack,
      track: { rescanMs: 200 },
      alter: (model, outputs) => (isBlind && model === 'fake-detector' ? breakOutputs(outputs, 'zero') : outputs),
    });
    await session.see(PHOTO);
    isBlind = true;
    const results = await session.seeTimes(60, PHOTO);
    const missed = results.map(({ faces }) => faces[0]?.missedFrames);
    // Two seconds are fifty frames.
    expect(missed.slice(0, 50)).toEqual(Array(50).fill(0));
    expect(missed[50]).toBe(1);
  });
});

describe('no face', () => {
  it('costs one pass, and a second for a close-up every rescanMs', async () => {
    const session = await setUp({ track: { rescanMs: 200 } });
    const passes: number[] = [];
    for (let i = 0; i < 7; i++) {
      const before = runsOf(session, 'fake-detector');
      expect(await session.see(BLANK)).toMatchObject({ faces: [], ended: [], detection: { ran: true, size: 128 } });
      passes.push(runsOf(session, 'fake-detector') - before);
    }
    expect(passes).toEqual([2, 1, 1, 1, 1, 2, 1]);
  });

  it('a close-up is found, and followed with room around it', async () => {
    const session = await setUp();
    const results = await session.seeTimes(4, picture(face(4, 4, 120)));
    expect(results.map(idsOf)).toEqual([[1], [1], [1], [1]]);
    expect(sizesOf(results)).toEqual([128, 96, 96, 96]);
  });
});

describe('patience', () => {
  it('reports a missed face where it was, then that it has ended', async () => {
    const session = await setUp({ track: { maxMissedFrames: 2 } });
    const [seen] = (await session.seeTimes(5, PHOTO)).slice(-1);
    const results = await session.seeTimes(4, BLANK);
    expect(results.map(({ faces }) => faces.map(({ id, missedFrames, ageFrames }) => [id, missedFrames, ageFrames]))).toEqual([
      [[1, 1, 5]],
      [[1, 2, 6]],
      [],
      [],
    ]);
    expect(results[0]?.faces[0]?.box).toEqual(seen?.faces[0]?.box);
    expect(results.map(({ ended }) => ended)).toEqual([[], [], [1], []]);
    expect((await session.see(PHOTO)).faces[0]?.id).toBe(2);
  });

  it('is measured in time too: after a pause of the source the face is another one', async () => {
    const session = await setUp({ track: { maxMissedMs: 1000 } });
    await session.see(PHOTO, 0);
    expect(idsOf(await session.see(PHOTO, 900))).toEqual([1]);
    const result = await session.see(PHOTO, 2000);
    expect(result.ended).toEqual([1]);
    expect(idsOf(result)).toEqual([2]);
  });

  it('ends with the source: another size is another camera', async () => {
    const session = await setUp();
    await session.seeTimes(3, PHOTO);
    const result = await session.see(drawFakeFaces(160, 128, [face()]));
    expect(result).toMatchObject({ ended: [1], faces: [{ id: 2 }], width: 160, height: 128 });
  });

  it.each([
    ['stand still', [500, 500, 500, 500]],
    ['jump back', [9000, 9040, 0, 40]],
  ])('does not suffer when timestamps %s', async (__, timestamps) => {
    const session = await setUp();
    const results: TrackResult[] = [];
    for (const timestampMs of timestamps) results.push(await session.see(PHOTO, timestampMs));
    expect(results.map(idsOf)).toEqual([[1], [1], [1], [1]]);
    expect(results.map(({ timestampMs }) => timestampMs)).toEqual(timestamps);
    expect(results.map(({ frame }) => frame)).toEqual([0, 1, 2, 3]);
  });
});

describe('embeddings', () => {
  it.each([
    ['five landmarks', fakePack],
    ['68 landmarks', fakeLandmarkPack],
  ])('are those of analyze, made once for a face that does not change: %s', async (__, pack) => {
    const session = await setUp({ pack });
    const results = await session.seeTimes(30, PHOTO);
    expect(results.map(({ faces }) => faces[0]?.isEmbeddingNew)).toEqual([true, ...Array(29).fill(false)]);
    const [analyzed] = (await session.engine.analyze(PHOTO)).faces;
    for (const { faces } of results) expect(faces[0]?.embedding).toEqual(analyzed?.embedding);
  });

  it('are made anew when the face is clearly better to see, at full size', async () => {
    const session = await setUp();
    const far = picture(face(20, 24, 40));
    const near = picture(face(12, 16, 60));
    await session.seeTimes(10, far);
    const results = await session.seeTimes(20, near);
    const remade = results.filter(({ faces }) => faces[0]?.isEmbeddingNew);
    expect(remade).toHaveLength(1);
    expect(remade[0]).toMatchObject({ detection: { size: 128 }, faces: [{ id: 1 }] });
    expect(remade[0]?.faces[0]?.embedding).toEqual((await session.engine.analyze(near)).faces[0]?.embedding);
  });

  it('are made one per frame', async () => {
    const session = await setUp();
    const results = await session.seeTimes(4, picture(face(4, 4, 36), face(80, 4, 40), face(40, 70, 50)));
    expect(results.map(({ faces }) => faces.filter(({ isEmbeddingNew }) => isEmbeddingNew).length)).toEqual([1, 1, 1, 0]);
    expect(results[2]?.faces.every(({ embedding }) => embedding !== undefined)).toBe(true);
  });

  it('are absent after a face was out of sight until they are made again', async () => {
    const session = await setUp();
    await session.seeTimes(3, PHOTO);
    await session.see(BLANK);
    const back = await session.see(PHOTO);
    expect(back.faces).toMatchObject([{ id: 1, isEmbeddingNew: true }]);
  });

  it('are left out where not wanted, and then cost nothing', async () => {
    const session = await setUp({ track: { embeddings: false } });
    const results = await session.seeTimes(3, PHOTO);
    expect(results.flatMap(({ faces }) => faces.map(({ embedding }) => embedding))).toEqual([undefined, undefined, undefined]);
    expect(runsOf(session, 'fake-embedder')).toBe(0);
    expect(sizesOf(results)).toEqual([128, 64, 64]);
  });

  it('need a pack that can make them', async () => {
    const { embedder: __, ...detecting } = fakePack;
    const refused = await setUp({ pack: { ...detecting, thresholds: [] }, track: { embeddings: true } });
    await expect(refused.see(PHOTO)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    const session = await setUp({ pack: { ...detecting, thresholds: [] } });
    expect((await session.see(PHOTO)).faces).toHaveLength(1);
  });

  it('use the full picture where the frame was shrunk too far', async () => {
    const large = drawFakeFaces(512, 512, [face(100, 200, 110)]);
    const session = await setUp({ shrinkToSide: 64 });
    const result = await session.see(large);
    expect(session.parts.decodeRequests).toEqual([64, undefined]);
    const [analyzed] = (await session.engine.analyze(large)).faces;
    expect(result.faces[0]?.embedding).toEqual(analyzed?.embedding);
    // Eight source pixels are one pixel of the shrunk frame.
    expect(Math.abs((result.faces[0]?.box.x ?? 0) - 100)).toBeLessThanOrEqual(8);
    expect(result).toMatchObject({ width: 512, height: 512 });
    session.parts.decodeRequests.length = 0;
    await session.see(large);
    expect(session.parts.decodeRequests).toEqual([64]);
    expect(session.parts.liveFrames()).toBe(0);
  });
});

describe('a deadline', () => {
  it('postpones what can wait, says so, and does it late rather than never', async () => {
    // The clock of the fakes moves on with every look at it: no frame is ever in time.
    const session = await setUp({ track: { deadlineMs: 0.5, rescanMs: 200 } });
    const results = await session.seeTimes(24, PHOTO);
    const embedded = results.findIndex(({ faces }) => faces[0]?.isEmbeddingNew);
    expect(embedded).toBe(10);
    expect(results.slice(0, 10).map(({ postponed }) => postponed.includes('embedding'))).toEqual(Array(10).fill(true));
    expect(results[10]?.postponed).toEqual([]);
    expect(sizesOf(results.slice(0, 11))).toEqual([128, ...Array(9).fill(64), 128]);
    // From then on only scans are due, and wait.
    expect(results.slice(15, 24).flatMap(({ postponed }) => postponed)).toEqual(Array(9).fill('scan'));
  });

  it('changes nothing while there is time', async () => {
    const session = await setUp({ track: { deadlineMs: 1e6 } });
    const results = await session.seeTimes(15, PHOTO);
    expect(results.flatMap(({ postponed }) => postponed)).toEqual([]);
    expect(results[0]?.faces[0]?.isEmbeddingNew).toBe(true);
  });
});

describe('limits', () => {
  const crowd = picture(
    { ...face(4, 4, 36), brightness: 215 },
    { ...face(80, 4, 40), brightness: 255 },
    { ...face(40, 70, 50), brightness: 235 },
  );

  it('follow the best faces only, and stay with them', async () => {
    const session = await setUp({ track: { maxFaces: 2 } });
    const results = await session.seeTimes(3, crowd);
    expect(results.map(({ faces }) => faces.map(({ box }) => Math.round(box.x)))).toEqual(results.map(() => [80, 40]));
  });

  it('respect minScore', async () => {
    const session = await setUp({ track: { minScore: 0.94 } });
    expect((await session.see(crowd)).faces).toHaveLength(2);
  });

  it.each([
    ['minScore', 0],
    ['minScore', Number.NaN],
    ['maxFaces', 0],
    ['rescanMs', -1],
    ['maxMissedFrames', 0.5],
    ['maxMissedMs', Number.NaN],
    ['deadlineMs', 0],
  ])('are checked: %s = %s', async (option, value) => {
    const session = await setUp({ track: { [option]: value } });
    await expect(session.see(PHOTO)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    await expect(session.engine.track([PHOTO], session.options).next()).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(option) as string,
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('are checked: a timestamp of %s', async (timestampMs) => {
    const session = await setUp();
    await expect(session.see(PHOTO, timestampMs)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

describe('smoothing', () => {
  it('can be switched off: boxes are then those of the detector', async () => {
    const boxes = async (smoothing: boolean): Promise<number[]> => {
      const session = await setUp({ track: { smoothing } });
      const results = await session.seeTimes(6, (i) => picture(face(20 + 4 * i)));
      return results.map(({ faces }) => faces[0]?.box.x ?? Number.NaN);
    };
    // At half the detector's size its edges are whole input pixels: two picture pixels.
    for (const [i, x] of (await boxes(false)).entries()) expect(Math.abs(x - (20 + 4 * i))).toBeLessThanOrEqual(2);
    const smoothed = await boxes(true);
    expect(smoothed.slice(1).every((x, i) => x < 20 + 4 * (i + 1))).toBe(true);
  });
});

describe('state', () => {
  it('is plain data: a session that is copied after every frame goes on just so', async () => {
    const video = (i: number): FakeImage => (i % 7 === 6 ? BLANK : picture(face(10 + 3 * i, 24, 40 + i)));
    const [one, other] = [await setUp({ pack: fakeLandmarkPack }), await setUp({ pack: fakeLandmarkPack })];
    for (let i = 0; i < 20; i++) {
      const image = video(i);
      const { timings: a, ...result } = await one.see(image);
      if (other.last !== undefined) other.last = structuredClone(other.last);
      const { timings: b, ...copied } = await other.see(image);
      expect(copied).toEqual(result);
      expect(Object.keys(a)).toEqual(Object.keys(b));
    }
  });

  it('is not changed by a frame, so that a frame can be given again', async () => {
    const { engine } = await setUp();
    const { state } = await engine.trackFrame({ image: PHOTO, timestampMs: 0 }, undefined);
    const before = structuredClone(state);
    await expect(engine.trackFrame({ image: brokenImage, timestampMs: 40 }, state)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
    const again = await engine.trackFrame({ image: PHOTO, timestampMs: 40 }, state);
    expect(state).toEqual(before);
    expect(again.result.faces).toMatchObject([{ id: 1, ageFrames: 1 }]);
  });
});

describe('what was borrowed', () => {
  it.each(['decode', 'fit', 'warp', 'run:fake-detector', 'run:fake-landmarker', 'run:fake-embedder'])(
    'is given back, also when %s fails',
    async (call) => {
      let isBroken = false;
      const parts = createFakeParts({
        pack: fakeLandmarkPack,
        onCall: (name) => {
          if (isBroken && name === call) throw new RangeError('broken on purpose');
        },
      });
      const session = new Session(await createFaceEngine(parts), parts, {});
      isBroken = true;
      await expect(session.see(PHOTO)).rejects.toThrow('broken on purpose');
      expect([parts.liveFrames(), parts.liveTensors()]).toEqual([0, 0]);
      isBroken = false;
      await session.seeTimes(3, PHOTO);
      expect([parts.liveFrames(), parts.liveTensors()]).toEqual([0, 0]);
    },
  );

  it.each(['decode', 'fit', 'warp', 'run:fake-embedder'])('is given back when the frame is aborted during %s', async (call) => {
    let controller: AbortController | undefined;
    const session = await setUp({ onCall: (name) => void (name === call && controller?.abort('enough')) });
    controller = new AbortController();
    const frame = session.engine.trackFrame({ image: PHOTO, timestampMs: 0 }, undefined, { signal: controller.signal });
    await expect(frame).rejects.toBe('enough');
    expect([session.parts.liveFrames(), session.parts.liveTensors()]).toEqual([0, 0]);
  });
});
