import { readFileSync } from 'node:fs';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { inspectModel } from '../src/onnx/inspect-model.ts';
import { makeInputSizeDynamic } from '../src/onnx/make-input-size-dynamic.ts';
import { OnnxGraphBuilder } from '../src/onnx/onnx-graph-builder.ts';
import { readOnnx } from '../src/onnx/read-onnx.ts';
import { getOutput, loadModel, maxDifference, type RunModel } from './run-model.ts';
import { concatPixels, randomPixels } from './seeded-pixels.ts';

describe.skipIf(!hasSharedData)('makeInputSizeDynamic on the YuNet release', () => {
  let original: Uint8Array;
  let converted: Uint8Array;
  let run: RunModel;
  let outputNames: readonly string[];

  beforeAll(async () => {
    original = readFileSync(sharedPath('models/yunet_2023mar_opencv.onnx'));
    converted = makeInputSizeDynamic(original);
    run = await loadModel(converted);
    outputNames = inspectModel(original).outputs.map(({ name }) => name);
  });

  it('keeps the names and the order of the outputs', () => {
    const { inputs, outputs } = inspectModel(converted);
    expect(outputs.map(({ name }) => name)).toEqual(outputNames);
    expect(inputs.map(({ name, dims }) => ({ name, dims }))).toEqual([{ name: 'input', dims: ['N', 3, 'height', 'width'] }]);
    expect(readOnnx(converted).graph.valueInfo).toEqual([]);
  });

  it('is deterministic', () => {
    expect(Buffer.compare(makeInputSizeDynamic(original), converted)).toBe(0);
    expect(Buffer.compare(makeInputSizeDynamic(converted), converted)).toBe(0);
  });

  it.each([
    { reference: 'yunet_2023mar_opencv.onnx', batch: 1, height: 640, width: 640 },
    { reference: 'yunet_s_dynamic.onnx', batch: 1, height: 320, width: 320 },
    { reference: 'yunet_s_dynamic.onnx', batch: 1, height: 192, width: 256 },
    { reference: 'yunet_s_dynamic.onnx', batch: 2, height: 256, width: 192 },
  ])('gives the numbers of $reference for $batch x $height x $width', async ({ reference, batch, height, width }) => {
    const dims = [batch, 3, height, width];
    const pixels = randomPixels(batch * 3 * height * width, height);
    const expected = await (await loadModel(readFileSync(sharedPath('models', reference))))(pixels, dims);
    const actual = await run(pixels, dims);
    for (const name of outputNames) {
      expect(getOutput(actual, name).dims).toEqual(getOutput(expected, name).dims);
      expect(maxDifference(getOutput(actual, name).data, getOutput(expected, name).data)).toBeLessThanOrEqual(1e-5);
    }
  });

  it('gives a picture the same numbers in a batch as alone', async () => {
    const pictures = [1, 2, 3].map((seed) => randomPixels(3 * 64 * 96, seed));
    const together = await run(concatPixels(pictures), [3, 3, 64, 96]);
    for (const [index, picture] of pictures.entries()) {
      const alone = await run(picture, [1, 3, 64, 96]);
      for (const name of outputNames) {
        const { data } = getOutput(alone, name);
        const expected = getOutput(together, name).data.subarray(index * data.length, (index + 1) * data.length);
        expect(maxDifference(data, expected)).toBeLessThanOrEqual(1e-5);
      }
    }
  });
});

describe('makeInputSizeDynamic', () => {
  it.each([
    ['an operator that may depend on the size', modelWith((graph, x) => graph.node('Gemm', [x, x])), /operator Gemm/],
    ['a shape without a free part', modelWith((graph, x) => graph.node('Reshape', [x, shape(graph, [1, 4, 1])])), /fixes a size/],
    ['a computed shape', modelWith((graph, x) => graph.node('Reshape', [x, graph.node('Identity', [x])])), /is computed/],
    ['an output that is no list of rows', modelWith((graph, x) => graph.node('Relu', [x]), [1, 1, 2, 2]), /must be \[1, rows, channels\]/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => makeInputSizeDynamic(bytes)).toThrow(
      expect.objectContaining({ code: 'MODEL_UNSUPPORTED', message: expect.stringMatching(message) }),
    );
  });

  it('refuses a resize to a size in pixels', () => {
    const bytes = modelWith((graph, x) => graph.node('Resize', [x, x, x, shape(graph, [1, 1, 4, 4])]));
    expect(() => makeInputSizeDynamic(bytes)).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }));
  });
});

/** A model from a picture of one channel and 2x2 pixels to `y`. */
function modelWith(addNode: (graph: OnnxGraphBuilder, input: string) => string, outputDims = [1, 4, 1]): Uint8Array {
  const graph = new OnnxGraphBuilder('test');
  const result = addNode(graph, graph.input('x', [1, 1, 2, 2]));
  graph.output(result, outputDims);
  return graph.build();
}

function shape(graph: OnnxGraphBuilder, values: readonly number[]): string {
  return graph.initializer([values.length], { type: 'int64', values });
}
