import { computeQuality, createCpuPreprocessor, drawSelfTestFace, type FaceQuality, type RgbaImage } from '@isoface/core';
import { plainImage } from '@isoface/testkit';
import { describe, expect, it } from 'vitest';
import { findQualityViolation } from '../../src/quality/check-quality.ts';

const FACE = drawSelfTestFace();
const BOX = { x: 50, y: 42, width: 92, height: 120 };
const LANDMARKS = [76, 91, 116, 91, 96, 118, 80, 136, 112, 136];

/** Mean over squares of side 2r + 1, edges repeated. */
function blur({ width, height, data }: RgbaImage, r: number): RgbaImage {
  const clamp = (value: number, size: number): number => Math.min(size - 1, Math.max(0, value));
  const out = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) {
    const [channel, x, y] = [i % 4, Math.floor(i / 4) % width, Math.floor(i / 4 / width)];
    let sum = 0;
    for (let dy = -r; dy <= r; dy++) {
      for (let dx = -r; dx <= r; dx++) sum += data[(clamp(y + dy, height) * width + clamp(x + dx, width)) * 4 + channel] as number;
    }
    out[i] = sum / (2 * r + 1) ** 2;
  }
  return { width, height, data: out };
}

const mapPixels = (map: (value: number) => number): RgbaImage => ({ ...FACE, data: Uint8ClampedArray.from(FACE.data, map) });
const preprocessor = createCpuPreprocessor();
const qualityOf = async (image: RgbaImage, box = BOX, landmarks?: ArrayLike<number>, sourceScale = 1): Promise<FaceQuality> => {
  const [quality] = await computeQuality(image, [{ box, landmarks }], sourceScale, preprocessor);
  return quality as FaceQuality;
};
const quality = (image: RgbaImage): Promise<FaceQuality> => qualityOf(image, BOX, LANDMARKS);

describe('computeQuality', () => {
  it('finds a picture less sharp the more it is blurred', async () => {
    const qualities = await Promise.all([0, 1, 2, 4].map((r) => quality(r === 0 ? FACE : blur(FACE, r))));
    const sharpness = qualities.map((figures) => figures.sharpness);
    expect(sharpness).toEqual([...sharpness].sort((a, b) => b - a));
    expect((sharpness[0] as number) / (sharpness[3] as number)).toBeGreaterThan(5);
  });

  it('follows brightness and contrast', async () => {
    const plain = await quality(FACE);
    const darker = await quality(mapPixels((value) => value / 2));
    expect(darker.brightness / plain.brightness).toBeCloseTo(0.5, 1);
    expect(darker.contrast / plain.contrast).toBeCloseTo(0.5, 1);
    const flatter = await quality(mapPixels((value) => 100 + value / 4));
    expect(flatter.contrast).toBeLessThan(plain.contrast / 3);
  });

  it.each([
    [0, 0],
    [51, 0.2],
    [255, 1],
  ])('finds brightness %s/255 = %s, no contrast and no sharpness in plain grey', async (grey, brightness) => {
    const { brightness: got, contrast, sharpness } = await quality(plainImage(192, 192, [grey, grey, grey]));
    expect(got).toBeCloseTo(brightness, 5);
    expect(contrast).toBeLessThan(1e-3);
    expect(sharpness).toBeLessThan(1e-3);
  });

  it('weighs colours as the eye does', async () => {
    const colors = [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
    ] as const;
    const qualities = await Promise.all(colors.map((color) => quality(plainImage(192, 192, color))));
    const brightness = qualities.map((figures) => figures.brightness);
    expect(brightness.map((value) => Number(value.toFixed(3)))).toEqual([0.299, 0.587, 0.114]);
  });

  it('measures the shorter side of the box in pixels of the source', async () => {
    expect((await qualityOf(FACE, BOX, LANDMARKS, 3)).sizePixels).toBe(276);
  });

  it('looks at the box where there are no landmarks, and then knows no pose', async () => {
    const { pose, ...figures } = await qualityOf(FACE);
    expect(pose).toBeUndefined();
    expect(Object.values(figures).every((value) => Number.isFinite(value) && value > 0)).toBe(true);
  });

  it.each([
    ['coincide', new Float32Array(10).fill(96)],
    ['hold NaN', Float32Array.of(76, 91, Number.NaN, 91, 96, 118, 80, 136, 112, 136)],
  ])('treats landmarks that %s like none', async (_, landmarks) => {
    expect(await qualityOf(FACE, BOX, landmarks)).toEqual(await qualityOf(FACE));
  });

  it('stays finite for a face outside the picture', async () => {
    const { sharpness, brightness, contrast } = await qualityOf(FACE, { x: 900, y: 900, width: 50, height: 50 });
    expect([sharpness, brightness, contrast]).toEqual([0, 0, 0]);
  });
});

describe('computeQuality of several faces', () => {
  it('gives each what it gives that face alone, in order', async () => {
    const faces = [{ box: BOX, landmarks: LANDMARKS }, { box: { x: 10, y: 5, width: 60, height: 70 } }, { box: BOX }];
    const alone = await Promise.all(faces.map(({ box, landmarks }) => qualityOf(FACE, box, landmarks)));
    expect(await computeQuality(FACE, faces, 1, preprocessor)).toEqual(alone);
    expect(await computeQuality(FACE, [], 1, preprocessor)).toEqual([]);
  });
});

describe('findQualityViolation', () => {
  const figures = {
    sizePixels: 80,
    sharpness: 50,
    brightness: 0.5,
    contrast: 0.2,
    pose: { yawDegrees: -30, pitchDegrees: 12, rollDegrees: 0 },
  };
  it.each([
    [{}, undefined],
    [{ minSizePixels: 80 }, undefined],
    [{ minSizePixels: 81 }, 'minSizePixels is 81, the face has 80'],
    [{ minSharpness: 60 }, 'minSharpness is 60, the face has 50'],
    [{ minBrightness: 0.6 }, 'minBrightness is 0.6, the face has 0.5'],
    [{ maxBrightness: 0.4 }, 'maxBrightness is 0.4, the face has 0.5'],
    [{ maxYawDegrees: 25 }, 'maxYawDegrees is 25, the face has 30'],
    [{ maxYawDegrees: 30 }, undefined],
    [{ maxPitchDegrees: 10 }, 'maxPitchDegrees is 10, the face has 12'],
    [{ minSizePixels: undefined, maxPitchDegrees: 10 }, 'maxPitchDegrees is 10, the face has 12'],
  ])('%j: %s', (limits, expected) => {
    expect(findQualityViolation(figures, limits)).toBe(expected);
  });
});
