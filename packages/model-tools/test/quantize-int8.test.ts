import { asHostTensor } from '@isoface/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { inspectModel } from '../src/onnx/inspect-model.ts';
import { OnnxGraphBuilder } from '../src/onnx/onnx-graph-builder.ts';
import { readTensor } from '../src/onnx/onnx-tensor.ts';
import { readOnnx } from '../src/onnx/read-onnx.ts';
import { writeOnnx } from '../src/onnx/write-onnx.ts';
import type { ActivationRanges } from '../src/quantize/activation-ranges.ts';
import { collectActivationRanges } from '../src/quantize/collect-activation-ranges.ts';
import { findSensitiveNodes } from '../src/quantize/find-sensitive-nodes.ts';
import { quantizeToInt8 } from '../src/quantize/quantize-to-int8.ts';
import { quantizeBias, quantizeWeights } from '../src/quantize/quantize-weights.ts';
import { ortBackend } from './ort-backend.ts';
import { getOutput, loadModel, maxDifference } from './run-model.ts';
import { randomPixels } from './seeded-pixels.ts';

describe('quantizeWeights', () => {
  const weights = { dims: [2, 1, 2], values: Float32Array.of(1, -0.5, 100, 25) };

  it('has one scale per channel, or one in all', () => {
    const perChannel = quantizeWeights(weights, { axis: 0, perChannel: true, limit: 127 });
    expect([...perChannel.values]).toEqual([127, -64, 127, 32]);
    expect([...perChannel.scales]).toEqual([Math.fround(1 / 127), Math.fround(100 / 127)]);
    const perTensor = quantizeWeights(weights, { axis: 0, perChannel: false, limit: 127 });
    expect([...perTensor.values]).toEqual([1, -1, 127, 32]);
    expect(perTensor.scales).toHaveLength(1);
  });

  it('keeps products of two within 16 bits at 7 bits', () => {
    const { values } = quantizeWeights(weights, { axis: 0, perChannel: true, limit: 64 });
    expect(Math.max(...values.map(Math.abs)) * 255 * 2).toBeLessThan(2 ** 15);
  });

  it('coarsens a channel whose bias would not fit', () => {
    const { scales } = quantizeWeights(
      { dims: [1, 1], values: Float32Array.of(1e-12) },
      { axis: 0, perChannel: true, limit: 127, bias: { values: Float32Array.of(1000), inputScale: 1e-3 } },
    );
    const [integer] = quantizeBias(Float32Array.of(1000), Float32Array.of((scales[0] ?? 0) * 1e-3));
    expect((integer ?? 0) * (scales[0] ?? 0) * 1e-3).toBeCloseTo(1000, 3);
  });

  it('stands a channel of zeros', () => {
    const { values, scales } = quantizeWeights({ dims: [1, 2], values: new Float32Array(2) }, { axis: 0, perChannel: true, limit: 127 });
    expect([...values, ...scales]).toEqual([0, 0, 1]);
  });
});

/** One value channel, 4 x 4, into the node under test and a last convolution, which stays float32. */
function modelWith(addNodes: (graph: OnnxGraphBuilder, x: string) => string, channels = 2): Uint8Array {
  const graph = new OnnxGraphBuilder('test');
  const result = addNodes(graph, graph.input('x', ['N', 2, 4, 4]));
  const last = graph.initializer([1, channels, 1, 1], { type: 'float32', values: new Float32Array(channels).fill(0.5) });
  graph.node('Conv', [result, last], { output: 'y', name: 'last' });
  graph.output('y', ['N', 1, '?', '?']);
  return graph.build();
}

function constant(graph: OnnxGraphBuilder, dims: readonly number[], seed: number): string {
  const count = dims.reduce((product, size) => product * size, 1);
  return graph.initializer(dims, { type: 'float32', values: randomPixels(count, seed).map((value) => value / 127.5 - 1) });
}

/** The convolution that makes the values of the other nodes 8 bits wide. */
function conv(graph: OnnxGraphBuilder, x: string, seed = 1): string {
  const attributes = { pads: { ints: [1, 1, 1, 1] } };
  return graph.node('Conv', [x, constant(graph, [2, 2, 3, 3], seed), constant(graph, [2], seed + 1)], { attributes, name: `conv${seed}` });
}

const DIMS = [1, 2, 4, 4];
const EXAMPLES = [1, 2, 3, 4].map((seed) =>
  asHostTensor(
    randomPixels(32, seed).map((value) => value / 127.5 - 1),
    DIMS,
  ),
);

async function calibrate(bytes: Uint8Array): Promise<ActivationRanges> {
  return collectActivationRanges(bytes, { backend: ortBackend, inputs: EXAMPLES, method: 'minMax' });
}

/** Relative difference of the outputs over the examples. */
async function measureError(before: Uint8Array, after: Uint8Array): Promise<number> {
  const [exact, rounded] = [await loadModel(before), await loadModel(after)];
  let difference = 0;
  let magnitude = 0;
  for (const { data, dims } of EXAMPLES) {
    const expected = getOutput(await exact(data, dims), 'y').data;
    const actual = getOutput(await rounded(data, dims), 'y').data;
    expect(actual).toHaveLength(expected.length);
    for (const [index, value] of expected.entries()) {
      difference += (value - (actual[index] ?? Number.NaN)) ** 2;
      magnitude += value ** 2;
    }
  }
  return Math.sqrt(difference / magnitude);
}

describe('quantizeToInt8', () => {
  const twice = modelWith((graph, x) => graph.node('Relu', [conv(graph, conv(graph, x), 3)]));

  it('gives the numbers that 8-bit arithmetic gives by hand', async () => {
    const graph = new OnnxGraphBuilder('hand');
    const weight = graph.initializer([1, 1, 1], { type: 'float32', values: Float32Array.of(-2) });
    const inner = graph.node('Conv', [graph.input('x', [1, 1, 3]), weight], { name: 'first' });
    const one = graph.initializer([1, 1, 1], { type: 'float32', values: Float32Array.of(1) });
    graph.node('Conv', [inner, one], { output: 'y', name: 'last' });
    graph.output('y', [1, 1, 3]);
    // Steps of 1 for the input and of 2 for the result.
    const ranges: ActivationRanges = new Map([
      ['x', [-100, 155]],
      [inner, [-310, 200]],
    ]);
    const { bytes } = quantizeToInt8(graph.build(), ranges, { weightBits: 8 });
    const run = await loadModel(bytes);
    const { data } = getOutput(await run(Float32Array.of(3.4, -7.6, 500), [1, 1, 3]), 'y');
    // 3.4 -> 3 -> -6; -7.6 -> -8 -> 16; 500 is cut off at 155 -> -310.
    expect(maxDifference(data, [-6, 16, -310])).toBeLessThanOrEqual(1e-3);
  });

  it.each<[string, (graph: OnnxGraphBuilder, x: string) => string, readonly string[], number?]>([
    ['Conv', (graph, x) => conv(graph, x), ['Conv']],
    ['Conv and Relu', (graph, x) => graph.node('Relu', [conv(graph, x)]), ['Conv', 'Relu']],
    ['Clip', (graph, x) => graph.node('Clip', [conv(graph, x), scalar(graph, 0), scalar(graph, 1)]), ['Clip']],
    ['Add', (graph, x) => graph.node('Add', [conv(graph, x), conv(graph, x, 5)]), ['Add']],
    ['Mul', (graph, x) => graph.node('Mul', [conv(graph, x), graph.node('Sigmoid', [conv(graph, x, 5)])]), ['Mul', 'Sigmoid']],
    ['LeakyRelu', (graph, x) => graph.node('LeakyRelu', [conv(graph, x)]), ['LeakyRelu']],
    ['Concat', (graph, x) => graph.node('Concat', [conv(graph, x), x], { attributes: { axis: { int: 1 } } }), ['Concat'], 4],
    ['MaxPool', (graph, x) => graph.node('MaxPool', [conv(graph, x)], { attributes: { kernel_shape: { ints: [2, 2] } } }), ['MaxPool']],
    [
      'AveragePool',
      (graph, x) => graph.node('AveragePool', [conv(graph, x)], { attributes: { kernel_shape: { ints: [2, 2] } } }),
      ['AveragePool'],
    ],
    ['GlobalAveragePool', (graph, x) => graph.node('GlobalAveragePool', [conv(graph, x)]), ['GlobalAveragePool']],
    ['Pad', (graph, x) => graph.node('Pad', [conv(graph, x), int64(graph, [0, 0, 0, 0, 0, 0, 1, 1])]), ['Pad']],
    ['Transpose', (graph, x) => graph.node('Transpose', [conv(graph, x)], { attributes: { perm: { ints: [0, 1, 3, 2] } } }), ['Transpose']],
  ])('keeps %s within 3 % of its result', async (_, addNodes, operators, channels = 2) => {
    const bytes = modelWith((graph, x) => conv8(graph, addNodes(graph, x), channels));
    const { bytes: quantized, report } = quantizeToInt8(bytes, await calibrate(bytes));
    const graph = readOnnx(quantized).graph;
    const dequantized = new Set(graph.node.filter(({ opType }) => opType === 'DequantizeLinear').flatMap(({ output }) => output));
    // What the node reads came back from 8 bits, so that a runtime may compute it there.
    for (const operator of operators) {
      const node = graph.node.find(({ opType }) => opType === operator);
      const clamped = operator === 'Relu' || operator === 'Clip';
      if (!clamped) expect(node?.input.some((input) => dequantized.has(input))).toBe(true);
    }
    expect(report.leftAlone).toEqual([{ node: 'last', operator: 'Conv', reason: expect.stringContaining('output') }]);
    // Weights are rounded by up to one part in 128, values by one in 512, in three layers; the errors add up at random.
    expect(await measureError(bytes, quantized)).toBeLessThanOrEqual(0.03);
  });

  it.each([
    ['Gemm', 0],
    ['Gemm', 1],
    ['MatMul', 0],
  ])('keeps %s (transB %i) close, with float32 results', async (operator, transB) => {
    const graph = new OnnxGraphBuilder('test');
    const flat = graph.node('Flatten', [graph.node('Relu', [conv(graph, graph.input('x', ['N', 2, 4, 4]))])]);
    const weight = constant(graph, transB === 1 ? [5, 32] : [32, 5], 9);
    const bias = constant(graph, [5], 11);
    if (operator === 'Gemm') graph.node('Gemm', [flat, weight, bias], { output: 'y', attributes: { transB: { int: transB } } });
    else graph.node('Add', [graph.node('MatMul', [flat, weight]), bias], { output: 'y' });
    graph.output('y', ['N', 5]);
    const bytes = graph.build();
    const { bytes: quantized, report } = quantizeToInt8(bytes, await calibrate(bytes));
    expect(report.leftAlone).toEqual([]);
    expect(await measureError(bytes, quantized)).toBeLessThanOrEqual(0.03);
  });

  it('folds batch normalisation and biases into the convolution', async () => {
    const bytes = modelWith((graph, x) => {
      const positive = graph.initializer([2], { type: 'float32', values: Float32Array.of(0.5, 2) });
      const [scale, shift, mean] = [21, 22, 23].map((seed) => constant(graph, [2], seed)) as [string, string, string];
      const normalized = graph.node('BatchNormalization', [conv(graph, x), scale, shift, mean, positive]);
      const plain = graph.node('Conv', [normalized, constant(graph, [2, 2, 1, 1], 24)], { name: 'plain' });
      return conv(graph, graph.node('Add', [plain, constant(graph, [1, 2, 1, 1], 25)]), 3);
    });
    const { bytes: quantized } = quantizeToInt8(bytes, await calibrate(bytes));
    const operators = inspectModel(quantized).operators.map(({ operator }) => operator);
    expect(operators).not.toContain('BatchNormalization');
    expect(operators).not.toContain('Add');
    expect(await measureError(bytes, quantized)).toBeLessThanOrEqual(0.03);
  });

  it('computes exactly what it did where every node is skipped', async () => {
    const skip = ['conv1', 'conv3', 'last'];
    const { bytes, report } = quantizeToInt8(twice, await calibrate(twice), { skip });
    expect(report.quantizedNodes).toBe(0);
    // Weights that stay are stored in half precision.
    expect(await measureError(twice, bytes)).toBeLessThanOrEqual(1e-3);
  });

  it('leaves alone what it is asked to and says so', async () => {
    const { report } = quantizeToInt8(twice, await calibrate(twice), { skip: ['conv3'] });
    expect(report.leftAlone).toContainEqual({ node: 'conv3', operator: 'Conv', reason: 'asked to' });
    expect(report.quantizedNodes).toBe(1);
  });

  it('is deterministic and keeps names and types of inputs and outputs', async () => {
    const ranges = await calibrate(twice);
    const { bytes } = quantizeToInt8(twice, ranges);
    expect(Buffer.compare(quantizeToInt8(twice, ranges).bytes, bytes)).toBe(0);
    const before = inspectModel(twice);
    const after = inspectModel(bytes);
    expect([after.inputs, after.outputs]).toEqual([before.inputs, before.outputs]);
  });

  it('writes int8 weights, one scale per channel or one in all', async () => {
    const ranges = await calibrate(twice);
    for (const perChannel of [true, false]) {
      const { initializer } = readOnnx(quantizeToInt8(twice, ranges, { perChannel }).bytes).graph;
      const weights = initializer.filter(({ dataType, dims }) => dataType === 3 && dims.length === 4).map((tensor) => readTensor(tensor));
      expect(weights).toHaveLength(2);
      const scales = initializer.filter(({ name, dims }) => name.endsWith('_scale') && dims.length === 1);
      // Weights and biases of two nodes.
      expect(scales).toHaveLength(perChannel ? 4 : 0);
    }
  });

  it.each([
    ['a node that does not exist', () => twice, { skip: ['conv9'] }, 'INVALID_OPTION', /"conv9"/],
    ['a truncated model', () => twice.slice(0, 200), {}, 'MODEL_INTEGRITY', /ONNX/],
    ['an old operator set', () => withOpset(twice, 9), {}, 'MODEL_UNSUPPORTED', /operator set/],
    ['weights in another file', () => withExternalData(twice), {}, 'MODEL_UNSUPPORTED', /another file/],
  ])('refuses %s', (_, bytes, options, code, message) => {
    expect(() => quantizeToInt8(bytes(), new Map(), options)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('leaves everything alone without ranges and names the first that is missing', () => {
    const { report } = quantizeToInt8(twice, new Map());
    expect(report.quantizedNodes).toBe(0);
    expect(report.leftAlone[0]).toMatchObject({ node: 'conv1', reason: expect.stringContaining('"x"') });
  });
});

describe('findSensitiveNodes', () => {
  /** The weights of `wide` differ so much that one scale for all of them loses the small ones, which make the result. */
  const bytes = modelWith((graph, x) => {
    const wide = graph.initializer([2, 2, 1, 1], { type: 'float32', values: Float32Array.of(900, 0, 0, 1) });
    const spread = graph.node('Conv', [conv(graph, x), wide], { name: 'wide' });
    const even = graph.initializer([2, 2, 1, 1], { type: 'float32', values: Float32Array.of(0.001, 1, 0, 1) });
    return conv(graph, graph.node('Conv', [spread, even], { name: 'even' }), 3);
  });
  let ranges: ActivationRanges;

  beforeAll(async () => {
    ranges = await calibrate(bytes);
  });

  it('finds the layer that 8 bits do not suit', async () => {
    const options = { backend: ortBackend, inputs: EXAMPLES, perChannel: false, count: 1 };
    expect(await findSensitiveNodes(bytes, ranges, options)).toEqual(['wide']);
  });

  it('finds none where the error is small enough already', async () => {
    expect(await findSensitiveNodes(bytes, ranges, { backend: ortBackend, inputs: EXAMPLES, maxError: 10 })).toEqual([]);
  });

  it('lowers the error of the whole, with at most a quarter of the nodes', async () => {
    const chain = modelWith((graph, x) => [1, 3, 5, 7].reduce((value, seed) => conv(graph, value, seed), x));
    const measured = await calibrate(chain);
    const seen: number[] = [];
    const onProgress = (done: number, total: number): void => void seen.push(done / total);
    const skip = await findSensitiveNodes(chain, measured, { backend: ortBackend, inputs: EXAMPLES, maxError: 0, onProgress });
    expect(skip).toHaveLength(1);
    expect(seen).toEqual([0.25, 0.5, 0.75, 1]);
    const all = await measureError(chain, quantizeToInt8(chain, measured).bytes);
    const some = await measureError(chain, quantizeToInt8(chain, measured, { skip }).bytes);
    expect(some).toBeLessThan(all);
  });

  it('needs inputs', async () => {
    await expect(findSensitiveNodes(bytes, ranges, { backend: ortBackend, inputs: [] })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

function conv8(graph: OnnxGraphBuilder, x: string, channels: number): string {
  return graph.node('Conv', [x, constant(graph, [2, channels, 1, 1], 31)], { name: 'after' });
}

function scalar(graph: OnnxGraphBuilder, value: number): string {
  return graph.initializer([], { type: 'float32', values: Float32Array.of(value) });
}

function int64(graph: OnnxGraphBuilder, list: readonly number[]): string {
  return graph.initializer([list.length], { type: 'int64', values: list });
}

function withOpset(bytes: Uint8Array, version: number): Uint8Array {
  const model = readOnnx(bytes);
  for (const opset of model.opsetImport) opset.version = BigInt(version);
  return writeOnnx(model);
}

function withExternalData(bytes: Uint8Array): Uint8Array {
  const model = readOnnx(bytes);
  for (const tensor of model.graph.initializer) tensor.dataLocation = 1;
  return writeOnnx(model);
}
