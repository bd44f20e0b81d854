import { createCpuPreprocessor, drawSelfTestFace, type RgbaImage } from '@isoface/core';
import { noiseImage } from '@isoface/testkit';
import { describe, expect, it } from 'vitest';
import { correlatePatches, cutFacePatches, DETECTED_LIKENESS, FOLLOWED_LIKENESS } from '../../src/track/face-patch.ts';

const preprocessor = createCpuPreprocessor();
/** Eyes, nose and mouth corners of the drawn face, read off the picture. */
const LANDMARKS = [76, 80, 116, 80, 96, 108, 78, 130, 114, 130];

const cut = async (image: RgbaImage, landmarks: readonly number[]): Promise<Float32Array> => {
  const [patch] = await cutFacePatches(image, [landmarks], preprocessor);
  if (patch === undefined) throw new Error('The landmarks of the test can be aligned.');
  return patch;
};

describe('face patches', () => {
  it('are alike for the same face, however bright the light and wherever the face', async () => {
    const face = drawSelfTestFace();
    const dark = { ...face, data: face.data.map((value, i) => (i % 4 === 3 ? value : 10 + value * 0.4)) };
    const patch = await cut(face, LANDMARKS);
    // Eight-bit values of the darker picture are rounded.
    expect(correlatePatches(patch, await cut(dark, LANDMARKS))).toBeGreaterThan(0.99);
    expect(correlatePatches(patch, patch)).toBeCloseTo(1, 5);
  });

  it('are not alike for a face and what is behind it', async () => {
    const patch = await cut(drawSelfTestFace(), LANDMARKS);
    expect(correlatePatches(patch, await cut(noiseImage(192, 192, 7), LANDMARKS))).toBeLessThan(DETECTED_LIKENESS);
    const beside = LANDMARKS.map((value, i) => (i % 2 === 0 ? value + 60 : value));
    expect(correlatePatches(patch, await cut(drawSelfTestFace(), beside))).toBeLessThan(FOLLOWED_LIKENESS);
  });

  it('are zero where there is nothing to see, and missing where a face cannot be aligned', async () => {
    const plain = { width: 192, height: 192, data: new Uint8ClampedArray(192 * 192 * 4).fill(90) };
    expect((await cut(plain, LANDMARKS)).every((value) => value === 0)).toBe(true);
    const patches = await cutFacePatches(plain, [Array(10).fill(5), LANDMARKS, Array(10).fill(9)], preprocessor);
    expect(patches.map((patch) => patch?.length)).toEqual([undefined, 256, undefined]);
    expect(await cutFacePatches(plain, [], preprocessor)).toEqual([]);
  });
});
