import { readdirSync, readFileSync } from 'node:fs';
import { asHostTensor, createCpuPreprocessor, type HostTensor, type InputSpec } from '@isoface/core';
import { hasSharedData, readRgba, sharedPath } from '@isoface/testkit/node';
import { describe, expect, it } from 'vitest';
import { buildStarterModels } from '../src/build-starter.ts';
import { collectActivationRanges } from '../src/quantize/collect-activation-ranges.ts';
import { quantizeToInt8 } from '../src/quantize/quantize-to-int8.ts';
import { toFloat16 } from '../src/quantize/to-float16.ts';
import { toFloat16Stored } from '../src/quantize/to-float16-stored.ts';
import { faceApiDir, humanDir } from './original-packages.ts';
import { ortBackend } from './ort-backend.ts';
import { getOutput, loadModel, type RunModel } from './run-model.ts';

/** Photos of as many people: the first ones calibrate, the others judge. */
const PHOTOS = { calibration: 4, heldOut: 2 };

/** A network with the part of a 250x250 LFW photo that it is shown: side and centre, pixels of the photo. */
interface Case {
  readonly name: string;
  readonly load: () => Uint8Array;
  readonly output: string;
  readonly size: number;
  readonly side: number;
  readonly centre: readonly [x: number, y: number];
  readonly channelOrder: 'RGB' | 'BGR';
  /** Lowest cosine to the float32 output, for each form; int8 leaves room for other processors than the one it was found on. */
  readonly minCosine: { readonly stored: number; readonly half: number; readonly int8: number };
}

let starterModels: ReturnType<typeof buildStarterModels> | undefined;
function starter(name: string): () => Uint8Array {
  return () => {
    starterModels ??= buildStarterModels({ faceApiDir, humanDir });
    return starterModels.find((model) => model.name === name)?.bytes as Uint8Array;
  };
}
function shared(name: string): () => Uint8Array {
  return () => readFileSync(sharedPath('models', name));
}

const CASES: readonly Case[] = [
  {
    name: 'dlib ResNet',
    load: starter('face-recognition.onnx'),
    output: 'embedding',
    size: 150,
    side: 140,
    centre: [125, 125],
    channelOrder: 'RGB',
    minCosine: { stored: 0.9999, half: 0.9999, int8: 0.995 },
  },
  {
    name: '68 landmarks',
    load: starter('face-landmark-68.onnx'),
    output: 'landmarks',
    size: 112,
    side: 120,
    centre: [125, 130],
    channelOrder: 'RGB',
    minCosine: { stored: 0.9999, half: 0.9999, int8: 0.999 },
  },
  {
    name: 'BlazeFace',
    load: starter('blazeface.onnx'),
    output: 'regressors',
    size: 256,
    side: 250,
    centre: [125, 125],
    channelOrder: 'RGB',
    minCosine: { stored: 1, half: 0.9999, int8: 0.9 },
  },
  {
    name: 'YuNet',
    load: shared('yunet_n_dynamic.onnx'),
    output: 'cls_32',
    size: 192,
    side: 250,
    centre: [125, 125],
    channelOrder: 'BGR',
    minCosine: { stored: 0.9999, half: 0.9999, int8: 0.99 },
  },
  {
    name: 'retail-0095',
    load: shared('face_reid_retail_0095_256d.onnx'),
    output: 'embedding',
    size: 112,
    side: 127,
    centre: [125, 118],
    channelOrder: 'BGR',
    minCosine: { stored: 1, half: 0.9999, int8: 0.6 },
  },
  {
    name: 'MiniFASNet V2',
    load: shared('minifasnet_v2_2.7_80x80.onnx'),
    output: 'logits',
    size: 80,
    side: 250,
    centre: [125, 125],
    channelOrder: 'BGR',
    minCosine: { stored: 0.9999, half: 0.9999, int8: 0.9 },
  },
];

describe.skipIf(!hasSharedData)('real networks made smaller', () => {
  it.each(CASES)('$name', async (testCase) => {
    const { load, output, minCosine } = testCase;
    const original = load();
    const inputs = await readInputs(testCase);
    const calibration = inputs.slice(0, PHOTOS.calibration);
    const heldOut = inputs.slice(PHOTOS.calibration);
    const exact = await loadModel(original);
    const measure = async (bytes: Uint8Array): Promise<number> => measureCosine(exact, await loadModel(bytes), heldOut, output);

    const stored = toFloat16Stored(original);
    expect(await measure(stored.bytes)).toBeGreaterThanOrEqual(minCosine.stored - 1e-6);
    expect(stored.bytes.length).toBeLessThanOrEqual(original.length);
    const half = toFloat16(original);
    expect(await measure(half.bytes)).toBeGreaterThanOrEqual(minCosine.half);
    const ranges = await collectActivationRanges(original, { backend: ortBackend, inputs: calibration });
    const int8 = quantizeToInt8(original, ranges);
    expect(await measure(int8.bytes)).toBeGreaterThanOrEqual(minCosine.int8);
    expect(int8.report.quantizedNodes).toBeGreaterThan(20);
  });
});

async function readInputs({ size, side, centre, channelOrder }: Case): Promise<HostTensor[]> {
  const root = sharedPath('data/lfw/images');
  const people = readdirSync(root).slice(0, PHOTOS.calibration + PHOTOS.heldOut);
  const input: InputSpec = {
    name: 'input',
    width: size,
    height: size,
    batch: 'dynamic',
    layout: 'NCHW',
    channelOrder,
    mean: [0, 0, 0],
    scale: [1, 1, 1],
  };
  const scale = size / side;
  const transform = Float64Array.of(scale, 0, (side / 2 - centre[0]) * scale, 0, scale, (side / 2 - centre[1]) * scale);
  const preprocessor = createCpuPreprocessor();
  return Promise.all(
    people.map(async (person) => {
      const [photo = ''] = readdirSync(sharedPath('data/lfw/images', person));
      const tensor = await preprocessor.warp(await readRgba(sharedPath('data/lfw/images', person, photo)), [transform], input);
      if (tensor.location !== 'host') throw new Error('expected a tensor in ordinary memory');
      const copy = asHostTensor(tensor.data.slice(), tensor.dims);
      tensor.dispose();
      return copy;
    }),
  );
}

/** Lowest cosine between the outputs of two models over the inputs. */
async function measureCosine(exact: RunModel, rounded: RunModel, inputs: readonly HostTensor[], output: string): Promise<number> {
  const cosines: number[] = [];
  for (const { data, dims } of inputs) {
    const a = getOutput(await exact(data, dims), output).data;
    const b = getOutput(await rounded(data, dims), output).data;
    const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, index) => sum + value * (y[index] ?? Number.NaN), 0);
    cosines.push(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
  }
  return Math.min(...cosines);
}
