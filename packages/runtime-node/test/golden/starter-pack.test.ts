/** The starter pack against golden vectors: the recommended chain, and what face-api.js itself gave. */

import { createHash } from 'node:crypto';
import {
  asHostTensor,
  type Box,
  computeEuclideanDistance,
  createCpuPreprocessor,
  createFaceEngine,
  type Embedding,
  type FaceEngine,
  type InferenceSession,
  type Preprocessor,
} from '@isoface/core';
import { faceLandmark68, faceRecognition, starterPack } from '@isoface/models';
import { createNodeModelSource, createOrtNodeBackend, createSharpImageDecoder, type NodeImageInput } from '@isoface/runtime-node';
import { clipBox, createLegacyPreprocessor, legacySquareResize, toFaceApiLandmarks } from '@isoface/testkit';
import { demoPhoto, hasSharedData, readGolden, readRgba } from '@isoface/testkit/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface ChainGolden {
  readonly images: readonly {
    readonly file: string;
    readonly faces: readonly {
      readonly score: number;
      readonly box: readonly number[];
      readonly landmarks: readonly (readonly [number, number])[];
      readonly descriptor: readonly number[];
      readonly descriptorFlipAvg: readonly number[];
    }[];
  }[];
}

interface FaceApiGolden {
  readonly images: readonly {
    readonly file: string;
    readonly decodedSha256: string;
    readonly faces: readonly {
      readonly box: readonly [number, number, number, number];
      readonly landmarks: readonly (readonly [number, number])[];
      readonly descriptorRect: readonly [number, number, number, number];
      readonly descriptor: readonly number[];
    }[];
  }[];
}

const NO_IMAGES = { images: [] };
const sha256 = async (bytes: Uint8Array): Promise<string> => createHash('sha256').update(bytes).digest('hex');

function createStarter(preprocessor: Preprocessor, flipAveraging: boolean): Promise<FaceEngine<NodeImageInput>> {
  return createFaceEngine(
    {
      // The self-test expects the shipped resize, not the legacy one.
      pack: { ...starterPack, selfTest: undefined },
      backend: createOrtNodeBackend({ executionProvider: 'cpu' }),
      preprocessor,
      decoder: createSharpImageDecoder(),
      modelSource: createNodeModelSource({ offline: true }),
      sha256,
      now: () => performance.now(),
    },
    { flipAveraging },
  );
}

describe.skipIf(!hasSharedData)('the chain gives the golden numbers when the detector input is resized as the reference did', () => {
  const { images } = hasSharedData ? readGolden<ChainGolden>('embedded-recommended-pipeline.json') : NO_IMAGES;
  let plain: FaceEngine<NodeImageInput>;
  let flipped: FaceEngine<NodeImageInput>;
  beforeAll(async () => {
    plain = await createStarter(createLegacyPreprocessor(), false);
    flipped = await createStarter(createLegacyPreprocessor(), true);
  });
  afterAll(async () => {
    await plain?.dispose();
    await flipped?.dispose();
  });

  it.each(images)('$file', async ({ file, faces }) => {
    const analysis = await plain.analyze(demoPhoto(file));
    const averaged = await flipped.analyze(demoPhoto(file));
    expect(analysis.faces).toHaveLength(faces.length);
    for (const [i, expected] of faces.entries()) {
      const face = analysis.faces[i];
      const { x = 0, y = 0, width = 0, height = 0 } = face?.box ?? {};
      // The golden file prints three decimals.
      expectClose([x, y, width, height], expected.box, 0.01);
      expectClose(
        face?.landmarks68?.flatMap((point) => [point.x, point.y]),
        expected.landmarks.flat(),
        0.05,
      );
      expect(distance(face?.embedding?.vector, expected.descriptor)).toBeLessThan(0.02);
      expect(distance(averaged.faces[i]?.embedding?.vector, expected.descriptorFlipAvg)).toBeLessThan(0.02);
    }
  });
});

describe.skipIf(!hasSharedData)('the shipped resize stays close to the reference chain', () => {
  const { images } = hasSharedData ? readGolden<ChainGolden>('embedded-recommended-pipeline.json') : NO_IMAGES;
  let engine: FaceEngine<NodeImageInput>;
  beforeAll(async () => {
    engine = await createStarter(createCpuPreprocessor(), false);
  });
  afterAll(() => engine?.dispose());

  it.each(images)('$file: same faces, and each is itself by the classic threshold 0.6', async ({ file, faces }) => {
    const analysis = await engine.analyze(demoPhoto(file));
    expect(analysis.faces).toHaveLength(faces.length);
    const centre = (box: readonly number[]): number => (box[0] as number) + (box[2] as number) / 2;
    for (const expected of faces) {
      const near = analysis.faces.find(({ box }) => Math.abs(box.x + box.width / 2 - centre(expected.box)) < 30);
      expect(distance(near?.embedding?.vector, expected.descriptor)).toBeLessThan(0.6);
    }
  });
});

describe.skipIf(!hasSharedData)('what face-api.js stored stays valid', () => {
  const goldens = ['ssd_mobilenetv1', 'tiny_face_detector_416', 'tiny_face_detector_608'];
  const cases = hasSharedData
    ? goldens.flatMap((name) => readGolden<FaceApiGolden>(`embedded-faceapi-${name}.json`).images.map((image) => ({ name, ...image })))
    : [];
  let landmarker: InferenceSession;
  let embedder: InferenceSession;
  let engine: FaceEngine<NodeImageInput>;
  beforeAll(async () => {
    const source = createNodeModelSource({ offline: true });
    const backend = createOrtNodeBackend({ executionProvider: 'cpu' });
    landmarker = await backend.createSession(await source.load(faceLandmark68), { name: 'landmarks' });
    embedder = await backend.createSession(await source.load(faceRecognition), { name: 'embedder' });
    engine = await createStarter(createCpuPreprocessor(), false);
  });
  afterAll(async () => {
    await Promise.all([landmarker?.dispose(), embedder?.dispose(), engine?.dispose()]);
  });

  it.each(cases)('$name $file: the same networks give the same landmarks and descriptors', async ({ file, decodedSha256, faces }) => {
    const image = await readRgba(demoPhoto(file));
    const rgb = Uint8Array.from(
      { length: image.width * image.height * 3 },
      (_, i) => image.data[Math.floor(i / 3) * 4 + (i % 3)] as number,
    );
    // Identical pixels: the strict limits hold only then.
    expect(await sha256(rgb)).toBe(decodedSha256);
    for (const { box: packed, landmarks, descriptorRect, descriptor } of faces) {
      const box = toRegion(packed);
      const crop = clipBox(box, image.width, image.height);
      const { landmarks: output } = await landmarker.run({ input: asHostTensor(legacySquareResize(image, crop, 112), [1, 3, 112, 112]) });
      const found = toFaceApiLandmarks(output?.data ?? new Float32Array(), crop, box, 112);
      expectClose(found.flat(), landmarks.flat(), 0.01);
      const chip = legacySquareResize(image, toRegion(descriptorRect), 150);
      const { embedding } = await embedder.run({ input: asHostTensor(chip, [1, 3, 150, 150]) });
      expectClose(Array.from(embedding?.data ?? []), descriptor, 1e-5);
    }
  });

  const stored = cases.filter(({ name }) => name === 'ssd_mobilenetv1');

  /** face-api.js never turns its crop: a strongly tilted head was stored tilted, and has to be enrolled again. */
  const MAX_TILT_DEGREES = 25;

  it.each(stored)('$file: stored descriptors of upright heads verify against the photo at FMR 1e-3', async ({ file, faces }) => {
    const analysis = await engine.analyze(demoPhoto(file));
    const compared = faces.filter(({ box, landmarks }) => {
      const found = analysis.faces.some((face) => overlaps(face.box, toRegion(box)));
      return found && tiltOf(landmarks) < MAX_TILT_DEGREES;
    });
    expect(compared.length).toBeGreaterThan(0);
    for (const { box, descriptor } of compared) {
      const face = analysis.faces.find((found) => overlaps(found.box, toRegion(box)));
      const result = await engine.verify(engine.importEmbedding(descriptor, 'face-api.js'), face?.embedding as Embedding, { fmr: 1e-3 });
      expect(result).toMatchObject({ status: 'compared', match: true });
    }
  });
});

/** Angle of the line through the outer eye corners, degrees. */
function tiltOf(landmarks: readonly (readonly [number, number])[]): number {
  const [right = [0, 0], left = [1, 0]] = [landmarks[36], landmarks[45]];
  return Math.abs((Math.atan2(left[1] - right[1], left[0] - right[0]) * 180) / Math.PI);
}

function overlaps(a: Box, b: Box): boolean {
  const centreX = a.x + a.width / 2;
  const centreY = a.y + a.height / 2;
  return Math.abs(centreX - b.x - b.width / 2) < b.width / 2 && Math.abs(centreY - b.y - b.height / 2) < b.height / 2;
}

function toRegion([x, y, width, height]: readonly [number, number, number, number]): {
  x: number;
  y: number;
  width: number;
  height: number;
} {
  return { x, y, width, height };
}

function distance(vector: Float32Array | undefined, golden: readonly number[]): number {
  return computeEuclideanDistance(vector ?? new Float32Array(golden.length), Float32Array.from(golden));
}

function expectClose(got: readonly number[] | undefined, expected: readonly number[], tolerance: number): void {
  expect(got).toHaveLength(expected.length);
  const worst = Math.max(...expected.map((value, i) => Math.abs(value - (got?.[i] as number))));
  expect(worst).toBeLessThanOrEqual(tolerance);
}
