import { asHostTensor, computeFit, decodeBlazeface, nonMaximumSuppression, type Size } from '@isoface/core';
import { legacySquareResize } from '@isoface/testkit';
import { demoPhoto, hasSharedData, readGolden, readRgba } from '@isoface/testkit/node';
import { describe, expect, it } from 'vitest';
import { inspectModel } from '../src/onnx/inspect-model.ts';
import { importBlazeface } from '../src/tfjs/import-blazeface.ts';
import { importTfjsGraphModel } from '../src/tfjs/import-graph-model.ts';
import { readHumanModel } from './original-packages.ts';
import { getOutput, loadModel, type ModelOutput, maxDifference } from './run-model.ts';
import { concatPixels, smoothPixels } from './seeded-pixels.ts';

interface HumanGolden {
  readonly images: readonly {
    readonly file: string;
    readonly faces: readonly {
      readonly score: number;
      readonly box: readonly [number, number, number, number];
      readonly keypoints: readonly (readonly [number, number])[];
      readonly crop: readonly [number, number, number, number];
      readonly antispoof: number;
      readonly liveness: readonly [number, number];
    }[];
  }[];
}

interface FoundFace {
  readonly score: number;
  readonly box: readonly number[];
  readonly keypoints: readonly number[];
}

const BLAZEFACE_SIZE = 256;
const BLAZEFACE_MIN_SCORE = 0.5;
const BLAZEFACE_MAX_IOU = 0.3;
const blazefaceBytes = importBlazeface(readHumanModel('blazeface'));

describe('importBlazeface', () => {
  it('gives 896 rows per picture, the same in a batch as alone', async () => {
    const run = await loadModel(blazefaceBytes);
    const pictures = [1, 2].map((seed) => smoothPixels(BLAZEFACE_SIZE, seed));
    const together = await run(concatPixels(pictures), [2, 3, BLAZEFACE_SIZE, BLAZEFACE_SIZE]);
    expect(getOutput(together, 'scores').dims).toEqual([2, 896, 1]);
    expect(getOutput(together, 'regressors').dims).toEqual([2, 896, 16]);
    for (const [index, picture] of pictures.entries()) {
      const alone = await run(picture, [1, 3, BLAZEFACE_SIZE, BLAZEFACE_SIZE]);
      for (const name of ['scores', 'regressors']) {
        const { data } = getOutput(alone, name);
        const expected = getOutput(together, name).data.subarray(index * data.length, (index + 1) * data.length);
        expect(maxDifference(data, expected)).toBeLessThanOrEqual(1e-4);
      }
    }
  });

  it('stores its weights in half precision', () => {
    const operators = inspectModel(blazefaceBytes).operators.map(({ operator }) => operator);
    expect(operators).not.toContain('DequantizeLinear');
    expect(operators).not.toContain('Sigmoid');
    expect(blazefaceBytes.length).toBeLessThanOrEqual(291_087 * 1.01);
  });

  it('is deterministic', () => {
    expect(Buffer.compare(importBlazeface(readHumanModel('blazeface')), blazefaceBytes)).toBe(0);
  });

  it.skipIf(!hasSharedData)('finds the faces that the original finds', { timeout: 60_000 }, async () => {
    const run = await loadModel(blazefaceBytes);
    for (const { file, faces } of readGolden<HumanGolden>('embedded-human-blazeface-liveness.json').images) {
      const picture = await readRgba(demoPhoto(file));
      const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
      const pixels = legacySquareResize(picture, whole, BLAZEFACE_SIZE).map((value) => value / 127.5 - 1);
      const found = toFaces(await run(pixels, [1, 3, BLAZEFACE_SIZE, BLAZEFACE_SIZE]), picture);
      const expected = faces.toSorted((a, b) => b.score - a.score);
      expect(found.map(({ score }) => score)).toHaveLength(expected.length);
      expect(maxDifference(pick(found, 'score'), pick(expected, 'score'))).toBeLessThanOrEqual(1e-5);
      expect(maxDifference(pick(found, 'box'), pick(expected, 'box'))).toBeLessThanOrEqual(0.01);
      expect(maxDifference(pick(found, 'keypoints'), pick(expected, 'keypoints'))).toBeLessThanOrEqual(0.01);
    }
  });
});

describe('importTfjsGraphModel', () => {
  it.skipIf(!hasSharedData).each([
    { name: 'antispoof', size: 128, rows: 1 },
    { name: 'liveness', size: 32, rows: 2 },
  ] as const)('gives the numbers of the original $name network', { timeout: 60_000 }, async ({ name, size, rows }) => {
    const files = readHumanModel(name);
    const bytes = importTfjsGraphModel(files, {
      name,
      normalization: { mean: [0], divisor: 255 },
      outputs: [{ name: 'output', nodes: ['Identity'] }],
    });
    const run = await loadModel(bytes);
    for (const { file, faces } of readGolden<HumanGolden>('embedded-human-blazeface-liveness.json').images) {
      const picture = await readRgba(demoPhoto(file));
      for (const face of faces) {
        const [x, y, width, height] = face.crop;
        const pixels = legacySquareResize(picture, { x, y, width, height }, size);
        const { data, dims } = getOutput(await run(pixels, [1, 3, size, size]), 'output');
        expect(dims).toEqual([1, rows]);
        expect(maxDifference(data, [face[name]].flat())).toBeLessThanOrEqual(2e-6);
      }
    }
  });

  it.each([
    ['an operation it does not know', graphOf({ op: 'Cumsum' }), 'MODEL_UNSUPPORTED', /Cumsum of "y"/],
    ['a missing node', graphOf({ op: 'Relu', input: ['z'] }), 'MODEL_INTEGRITY', /no node named "z"/],
    ['a cycle', graphOf({ op: 'Relu', input: ['y'] }), 'MODEL_INTEGRITY', /cycle/],
    ['a missing weight', graphOf({ op: 'Mul', input: ['x', 'w'] }), 'MODEL_INTEGRITY', /weight "w" is missing/],
    ['a constant where a computed value is needed', graphOf({ op: 'Relu', input: ['w'] }), 'MODEL_UNSUPPORTED', /computed value/],
    ['no topology', {}, 'MODEL_INTEGRITY', /modelTopology/],
    ['an output that is a picture', graphOf({ op: 'Relu', input: ['x'] }), 'MODEL_UNSUPPORTED', /flattened/],
  ])('refuses %s', (_, model, code, message) => {
    const options = { name: 'test', normalization: { mean: [0], divisor: 1 }, outputs: [{ name: 'out', nodes: ['y'] as [string] }] };
    expect(() => importTfjsGraphModel({ model, weights: new Uint8Array() }, options)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it("keeps TensorFlow's padding, order of channels and broadcasting", async () => {
    const bytes = importTfjsGraphModel(flattenedProduct(), {
      name: 'test',
      normalization: { mean: [1, 2], divisor: 2 },
      outputs: [{ name: 'out', nodes: ['flat'] }],
    });
    const run = await loadModel(bytes);
    // [N, 2, 1, 2]: channel 0 is (3, 5), channel 1 is (4, 8).
    const { data, dims } = getOutput(await run(Float32Array.of(3, 5, 4, 8), [1, 2, 1, 2]), 'out');
    expect(dims).toEqual([1, 4]);
    // Normalised pixels in NHWC order are (1, 1), (2, 3); each channel is multiplied by its factor.
    expect(Array.from(data)).toEqual([10, 100, 20, 300]);
  });
});

/** Faces in picture pixels, best first, with the limits of the original. */
function toFaces(outputs: Readonly<Record<string, ModelOutput>>, picture: Size): FoundFace[] {
  const input = { width: BLAZEFACE_SIZE, height: BLAZEFACE_SIZE };
  const [scores, regressors] = [getOutput(outputs, 'scores'), getOutput(outputs, 'regressors')];
  const candidates = decodeBlazeface(
    { scores: asHostTensor(scores.data, scores.dims), regressors: asHostTensor(regressors.data, regressors.dims) },
    input,
    BLAZEFACE_MIN_SCORE,
  );
  // The decoder leaves out what is empty or not finite; here that would be a fault of the conversion. A score of 0.5 is a logit of 0.
  expect(candidates.count).toBe(scores.data.filter((logit) => !(logit < 0)).length);
  const { scaleX, scaleY, originX, originY } = computeFit(picture, input, { mode: 'letterbox' });
  return nonMaximumSuppression(candidates.boxes, candidates.scores, BLAZEFACE_MAX_IOU).map((i) => {
    const [x = 0, y = 0, width = 0, height = 0] = candidates.boxes.subarray(i * 4, (i + 1) * 4);
    const points = candidates.points.subarray(i * candidates.pointsPerFace * 2, (i + 1) * candidates.pointsPerFace * 2);
    return {
      score: candidates.scores[i] as number,
      box: [x * scaleX + originX, y * scaleY + originY, width * scaleX, height * scaleY],
      keypoints: Array.from(points, (value, k) => (k % 2 === 0 ? value * scaleX + originX : value * scaleY + originY)),
    };
  });
}

function pick<K extends 'score' | 'box' | 'keypoints'>(faces: readonly Readonly<Record<K, Numbers>>[], key: K): number[] {
  return faces.flatMap((face) => [face[key]].flat(2) as number[]);
}

type Numbers = number | readonly (number | readonly number[])[];

/** A graph with the picture `x`, the constant `w` (without a weight) and the node `y`. */
function graphOf(node: { op: string; input?: string[]; attr?: unknown }): unknown {
  return {
    modelTopology: { node: [placeholder([1, 4, 4, 1]), { name: 'w', op: 'Const' }, { name: 'y', ...node }] },
    weightsManifest: [{ weights: [] }],
  };
}

function placeholder(sizes: readonly number[]): unknown {
  return { name: 'x', op: 'Placeholder', attr: { shape: { shape: { dim: sizes.map((size) => ({ size: String(size) })) } } } };
}

/** reshape(x * [10, 100], [1, -1]) on a picture of one row, two columns and two channels. */
function flattenedProduct(): { model: unknown; weights: Uint8Array } {
  const model = {
    modelTopology: {
      node: [
        { name: 'flat', op: 'Reshape', input: ['scaled', 'shape', '^x'] },
        { name: 'shape', op: 'Const' },
        { name: 'factors', op: 'Const' },
        { name: 'scaled', op: 'Mul', input: ['x:0', 'factors'] },
        placeholder([-1, 1, 2, 2]),
      ],
    },
    weightsManifest: [
      {
        weights: [
          { name: 'factors', shape: [2], dtype: 'float32' },
          { name: 'shape', shape: [2], dtype: 'int32' },
        ],
      },
    ],
  };
  const weights = new Uint8Array(16);
  const view = new DataView(weights.buffer);
  view.setFloat32(0, 10, true);
  view.setFloat32(4, 100, true);
  view.setInt32(8, 1, true);
  view.setInt32(12, -1, true);
  return { model, weights };
}
