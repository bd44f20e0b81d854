import { readFileSync } from 'node:fs';
import { createBestPreprocessor, type InputSpec, readTensor } from '@isoface/core';
import { hasSharedData, readGolden, readRgba, sharedPath } from '@isoface/testkit/node';
import { describe, expect, it } from 'vitest';
import { inspectModel } from '../src/onnx/inspect-model.ts';
import { importFacemesh } from '../src/tfjs/import-facemesh.ts';
import { readHumanModel } from './original-packages.ts';
import { getOutput, loadModel, maxDifference } from './run-model.ts';
import { concatPixels, randomPixels, smoothPixels } from './seeded-pixels.ts';

interface MeshGolden {
  readonly items: readonly {
    readonly image: string;
    /** left, top, right, bottom; image pixels. */
    readonly crop_rect: readonly [number, number, number, number];
    readonly face_flag: number;
    /** Image pixels. */
    readonly mesh_xyz_px: readonly (readonly [number, number, number])[];
  }[];
}

const SIZE = 192;
const INPUT: InputSpec = {
  name: 'input',
  width: SIZE,
  height: SIZE,
  batch: 'dynamic',
  layout: 'NCHW',
  channelOrder: 'RGB',
  mean: [0, 0, 0],
  scale: [1 / 255, 1 / 255, 1 / 255],
};
const bytes = importFacemesh(readHumanModel('facemesh'));

describe('importFacemesh', () => {
  it('has the input and the outputs that the pack expects, without the contours', () => {
    const { inputs, outputs } = inspectModel(bytes);
    expect(inputs.map(({ name, dims }) => [name, ...dims])).toEqual([['input', 'N', 3, SIZE, SIZE]]);
    expect(outputs.map(({ name, dims }) => [name, ...dims])).toEqual([
      ['mesh', 'N', 1404],
      ['face_flag', 'N', 1],
    ]);
  });

  it('is deterministic, and stores its weights in half precision', () => {
    expect(Buffer.compare(importFacemesh(readHumanModel('facemesh')), bytes)).toBe(0);
    const { parameterCount } = inspectModel(bytes);
    expect(bytes.length).toBeLessThan(parameterCount * 2.1);
  });

  it('gives the same in a batch as alone', async () => {
    const run = await loadModel(bytes);
    const pictures = [1, 2].map((seed) => toUnit(smoothPixels(SIZE, seed)));
    const together = await run(concatPixels(pictures), [2, 3, SIZE, SIZE]);
    for (const [index, picture] of pictures.entries()) {
      const alone = await run(picture, [1, 3, SIZE, SIZE]);
      for (const [name, tolerance] of [
        ['mesh', 1e-3],
        ['face_flag', 1e-5],
      ] as const) {
        const { data } = getOutput(alone, name);
        const expected = getOutput(together, name).data.subarray(index * data.length, (index + 1) * data.length);
        expect(maxDifference(data, expected)).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  it.skipIf(!hasSharedData)('gives the numbers of another conversion of the same weights', async () => {
    const run = await loadModel(bytes);
    const runOther = await loadModel(readFileSync(sharedPath('models/facemesh468_mediapipe.onnx')));
    for (const seed of [1, 2, 3]) {
      const pixels = toUnit(randomPixels(2 * 3 * SIZE * SIZE, seed));
      const [ours, theirs] = [await run(pixels, [2, 3, SIZE, SIZE]), await runOther(pixels, [2, 3, SIZE, SIZE])];
      // Found: no difference at all. Another order of sums would be within a thousandth of a pixel.
      expect(maxDifference(getOutput(ours, 'mesh').data, getOutput(theirs, 'mesh').data)).toBeLessThanOrEqual(1e-3);
      expect(maxDifference(getOutput(ours, 'face_flag').data, getOutput(theirs, 'face_flag').data)).toBeLessThanOrEqual(1e-6);
    }
  });

  it.skipIf(!hasSharedData)('lays the mesh on faces where the original lays it', async () => {
    const run = await loadModel(bytes);
    const preprocessor = await createBestPreprocessor();
    for (const { image, crop_rect: rect, face_flag: flag, mesh_xyz_px: points } of readGolden<MeshGolden>('facemesh468.json').items) {
      const [left, top, right] = rect;
      const scale = SIZE / (right - left);
      const transform = Float64Array.of(scale, 0, -left * scale, 0, scale, -top * scale);
      const picture = await readRgba(sharedPath(`models/golden/${image}`));
      const pixels = await readTensor(await preprocessor.warp(picture, [transform], INPUT));
      const outputs = await run(pixels, [1, 3, SIZE, SIZE]);
      const expected = points.flat().map((value, i) => (value - ([left, top, 0][i % 3] as number)) * scale);
      // Pixels of the crop, 192 across. Found: 0.5; the original was fed by another resampler.
      expect(maxDifference(getOutput(outputs, 'mesh').data, expected)).toBeLessThanOrEqual(0.75);
      expect(maxDifference(getOutput(outputs, 'face_flag').data, [flag])).toBeLessThanOrEqual(1e-4);
    }
  });
});

function toUnit(pixels: Float32Array): Float32Array {
  return pixels.map((value) => value / 255);
}
