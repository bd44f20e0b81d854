import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RgbaImage } from '@isoface/core';
import { clipBox, legacySquareResize, type Region, toFaceApiLandmarks } from '@isoface/testkit';
import { demoPhoto, hasSharedData, readGolden, readRgba, sharedPath } from '@isoface/testkit/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { inspectModel } from '../src/onnx/inspect-model.ts';
import { importFaceLandmark68 } from '../src/tfjs/import-face-landmark-68.ts';
import { importFaceRecognition } from '../src/tfjs/import-face-recognition.ts';
import { readFaceApiModel } from './original-packages.ts';
import { getOutput, loadModel, maxDifference, type RunModel } from './run-model.ts';
import { concatPixels, randomPixels, smoothPixels } from './seeded-pixels.ts';

type Rectangle = readonly [number, number, number, number];

interface FaceApiGolden {
  readonly images: readonly {
    readonly file: string;
    readonly decodedSha256: string;
    readonly faces: readonly {
      readonly box: Rectangle;
      readonly landmarks: readonly (readonly [number, number])[];
      readonly descriptorRect: Rectangle;
      readonly descriptor: readonly number[];
    }[];
  }[];
}

const LANDMARK_SIZE = 112;
const RECOGNITION_SIZE = 150;

const landmarkBytes = importFaceLandmark68(readFaceApiModel('face_landmark_68'));
const recognitionBytes = importFaceRecognition(readFaceApiModel('face_recognition'));

describe('importFaceLandmark68', () => {
  let run: RunModel;

  beforeAll(async () => {
    run = await loadModel(landmarkBytes);
  });

  it('gives 136 coordinates per face, the same in a batch as alone', async () => {
    const faces = [1, 2, 3].map((seed) => smoothPixels(LANDMARK_SIZE, seed));
    const together = getOutput(await run(concatPixels(faces), [3, 3, LANDMARK_SIZE, LANDMARK_SIZE]), 'landmarks');
    expect(together.dims).toEqual([3, 136]);
    for (const [index, face] of faces.entries()) {
      const alone = getOutput(await run(face, [1, 3, LANDMARK_SIZE, LANDMARK_SIZE]), 'landmarks');
      expect(maxDifference(alone.data, together.data.subarray(index * 136, (index + 1) * 136))).toBeLessThanOrEqual(1e-6);
    }
  });

  it('keeps the 8-bit weights in a chain that ONNX Runtime folds', () => {
    expectFoldableWeights(landmarkBytes, 375_204);
  });

  it.skipIf(!hasSharedData).each([
    ['noise', randomPixels(3 * LANDMARK_SIZE * LANDMARK_SIZE, 7)],
    ['a smooth picture', smoothPixels(LANDMARK_SIZE, 5)],
  ])('equals an independent float32 conversion on %s', async (_, pixels) => {
    const reference = await loadModel(readFileSync(sharedPath('models/landmarks68_faceapi.onnx')));
    const dims = [1, 3, LANDMARK_SIZE, LANDMARK_SIZE];
    const expected = getOutput(await reference(pixels, dims), 'landmarks').data;
    expect(maxDifference(getOutput(await run(pixels, dims), 'landmarks').data, expected)).toBeLessThanOrEqual(1e-5);
  });

  it.skipIf(!hasSharedData)('places the landmarks where face-api.js does', { timeout: 60_000 }, async () => {
    let largest = 0;
    for (const { picture, face } of await readGoldenFaces()) {
      const box = toRegion(face.box);
      const crop = clipBox(box, picture.width, picture.height);
      const pixels = legacySquareResize(picture, crop, LANDMARK_SIZE);
      const output = getOutput(await run(pixels, [1, 3, LANDMARK_SIZE, LANDMARK_SIZE]), 'landmarks');
      const landmarks = toFaceApiLandmarks(output.data, crop, box, LANDMARK_SIZE);
      largest = Math.max(largest, maxDifference(landmarks.flat(), face.landmarks.flat()));
    }
    expect(largest).toBeLessThanOrEqual(0.01);
  });
});

describe('importFaceRecognition', () => {
  let run: RunModel;

  beforeAll(async () => {
    run = await loadModel(recognitionBytes);
  });

  it('gives 128 numbers per face, the same in a batch as alone', async () => {
    const faces = [1, 2].map((seed) => smoothPixels(RECOGNITION_SIZE, seed));
    const together = getOutput(await run(concatPixels(faces), [2, 3, RECOGNITION_SIZE, RECOGNITION_SIZE]), 'embedding');
    expect(together.dims).toEqual([2, 128]);
    for (const [index, face] of faces.entries()) {
      const alone = getOutput(await run(face, [1, 3, RECOGNITION_SIZE, RECOGNITION_SIZE]), 'embedding');
      expect(maxDifference(alone.data, together.data.subarray(index * 128, (index + 1) * 128))).toBeLessThanOrEqual(1e-6);
    }
  });

  it('keeps the 8-bit weights in a chain that ONNX Runtime folds', () => {
    expectFoldableWeights(recognitionBytes, 6_471_926);
  });

  it.skipIf(!hasSharedData)('gives the descriptors of face-api.js', { timeout: 60_000 }, async () => {
    let largest = 0;
    for (const { picture, face } of await readGoldenFaces()) {
      const pixels = legacySquareResize(picture, toRegion(face.descriptorRect), RECOGNITION_SIZE);
      const output = getOutput(await run(pixels, [1, 3, RECOGNITION_SIZE, RECOGNITION_SIZE]), 'embedding');
      largest = Math.max(largest, maxDifference(output.data, face.descriptor));
    }
    expect(largest).toBeLessThanOrEqual(1e-5);
  });
});

describe.each([
  ['landmarks', importFaceLandmark68, 'face_landmark_68'],
  ['recognition', importFaceRecognition, 'face_recognition'],
] as const)('import of damaged %s files', (_, importNetwork, name) => {
  const { manifest, shard } = readFaceApiModel(name);

  it('is deterministic and leaves its input as it was', () => {
    const original = Uint8Array.from(shard);
    expect(Buffer.compare(importNetwork({ manifest, shard }), importNetwork({ manifest, shard }))).toBe(0);
    expect(Buffer.compare(shard, original)).toBe(0);
  });

  it.each([
    ['a shard that is cut off', { manifest, shard: shard.subarray(0, shard.length - 1) }, 'MODEL_INTEGRITY', /cut off/],
    ['a shard that is too long', { manifest, shard: new Uint8Array(shard.length + 1) }, 'MODEL_INTEGRITY', /bytes of weights/],
    ['an empty manifest', { manifest: [], shard: new Uint8Array() }, 'MODEL_INTEGRITY', /is missing/],
    ['no manifest', { manifest: null, shard }, 'MODEL_INTEGRITY', /weight manifest/],
    [
      'an unknown data type',
      { manifest: [{ weights: [{ name: 'a', shape: [1], dtype: 'string' }] }], shard },
      'MODEL_UNSUPPORTED',
      /string/,
    ],
    ['an impossible shape', { manifest: [{ weights: [{ name: 'a', shape: [-1], dtype: 'float32' }] }], shard }, 'MODEL_INTEGRITY', /-1/],
    ['another network', readFaceApiModel('face_landmark_68_tiny'), 'MODEL_INTEGRITY', /is missing/],
  ])('refuses %s', (_case, files, code, message) => {
    expect(() => importNetwork(files)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

function expectFoldableWeights(bytes: Uint8Array, publishedBytes: number): void {
  const operators = inspectModel(bytes).operators.map(({ operator }) => operator);
  expect(operators).not.toContain('DequantizeLinear');
  expect(operators).not.toContain('QuantizeLinear');
  expect(bytes.length).toBeLessThanOrEqual(publishedBytes * 1.01);
}

function toRegion([x, y, width, height]: Rectangle): Region {
  return { x, y, width, height };
}

/** All faces of the six demo photographs; fails if the pictures decode to other pixels than the golden values were made from. */
async function readGoldenFaces() {
  const { images } = readGolden<FaceApiGolden>('embedded-faceapi-ssd_mobilenetv1.json');
  const pictures = await Promise.all(images.map(({ file }) => readRgba(demoPhoto(file))));
  expect(pictures.map(hashPixels)).toEqual(images.map(({ decodedSha256 }) => decodedSha256));
  return images.flatMap(({ faces }, index) => {
    const picture = pictures[index];
    return picture === undefined ? [] : faces.map((face) => ({ picture, face }));
  });
}

/** SHA-256 of the pixels as RGB. */
function hashPixels({ width, height, data }: RgbaImage): string {
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 1) {
    if (from % 4 !== 3) rgb[to++] = data[from] as number;
  }
  return createHash('sha256').update(rgb).digest('hex');
}
