import { describe, expect, it } from 'vitest';
import { fromFloat16Array, toRoundedFloat16Array } from '../src/onnx/float16.ts';
import { inspectModel } from '../src/onnx/inspect-model.ts';
import { OnnxGraphBuilder } from '../src/onnx/onnx-graph-builder.ts';
import { readTensor } from '../src/onnx/onnx-tensor.ts';
import { readOnnx } from '../src/onnx/read-onnx.ts';
import { toFloat16 } from '../src/quantize/to-float16.ts';
import { toFloat16Stored } from '../src/quantize/to-float16-stored.ts';
import { getOutput, loadModel, maxDifference } from './run-model.ts';
import { randomPixels } from './seeded-pixels.ts';

const WEIGHTS = randomPixels(64, 7).map((value) => value / 127.5 - 1);

/** y = relu(x W), 8 values to 8. */
function layer(
  weights: Float32Array = WEIGHTS,
  addMore: (graph: OnnxGraphBuilder, value: string) => string = (_, value) => value,
): Uint8Array {
  const graph = new OnnxGraphBuilder('layer');
  const weight = graph.initializer([8, 8], { type: 'float32', values: weights });
  const product = graph.node('MatMul', [graph.input('x', ['N', 8]), weight], { name: 'product' });
  graph.node('Relu', [addMore(graph, product)], { output: 'y', name: 'relu' });
  graph.output('y', ['N', 8]);
  return graph.build();
}

const INPUT = randomPixels(8, 3).map((value) => value / 255);

async function compute(bytes: Uint8Array): Promise<Float32Array> {
  return getOutput(await (await loadModel(bytes))(INPUT, [1, 8]), 'y').data;
}

describe('toFloat16Stored', () => {
  it('computes what the rounded weights give in float32, bit for bit', async () => {
    const rounded = fromFloat16Array(toRoundedFloat16Array(WEIGHTS) as Uint16Array);
    const { bytes, report } = toFloat16Stored(layer());
    expect(await compute(bytes)).toEqual(await compute(layer(rounded)));
    expect(report).toEqual({ quantizedNodes: 1, leftAlone: [], bytesBefore: layer().length, bytesAfter: bytes.length });
    const [stored] = readOnnx(bytes).graph.initializer;
    expect(stored && readTensor(stored).content.type).toBe('float16');
  });

  it('leaves weights alone that half precision cannot hold', async () => {
    const huge = layer(WEIGHTS.map((value, index) => (index === 5 ? 70_000 : value)));
    const { bytes, report } = toFloat16Stored(huge);
    expect(report.leftAlone).toEqual([{ node: 'product', operator: 'MatMul', reason: expect.stringContaining('too large') }]);
    expect(await compute(bytes)).toEqual(await compute(huge));
  });

  it('leaves a handful of values alone: a node costs more than they save', () => {
    const graph = new OnnxGraphBuilder('small');
    const factor = graph.initializer([2], { type: 'float32', values: Float32Array.of(0.1, 0.2) });
    graph.node('Mul', [graph.input('x', [2]), factor], { output: 'y' });
    graph.output('y', [2]);
    const { bytes } = toFloat16Stored(graph.build());
    expect(inspectModel(bytes).operators).toEqual([{ operator: 'Mul', count: 1 }]);
  });

  it('changes nothing the second time', () => {
    const { bytes } = toFloat16Stored(layer());
    expect(Buffer.compare(toFloat16Stored(bytes).bytes, bytes)).toBe(0);
  });
});

describe('toFloat16', () => {
  it('computes in half precision between float32 inputs and outputs', async () => {
    const { bytes, report } = toFloat16(layer());
    const { inputs, outputs } = inspectModel(bytes);
    expect([...inputs, ...outputs].map(({ name, elementType }) => [name, elementType])).toEqual([
      ['x', 'float'],
      ['y', 'float'],
    ]);
    expect(report).toMatchObject({ quantizedNodes: 2, leftAlone: [] });
    // Eight products of numbers up to 1, each rounded to 11 bits.
    expect(maxDifference(await compute(bytes), await compute(layer()))).toBeLessThanOrEqual(8 * 2 ** -10);
  });

  it('leaves nodes in float32 that need it and converts around them', async () => {
    const model = layer(WEIGHTS, (graph, value) => graph.node('Exp', [value], { name: 'power' }));
    const { bytes, report } = toFloat16(model);
    expect(report.leftAlone).toEqual([{ node: 'power', operator: 'Exp', reason: expect.any(String) }]);
    expect(readOnnx(bytes).graph.node.map(({ opType }) => opType)).toEqual(['Cast', 'MatMul', 'Cast', 'Exp', 'Cast', 'Relu', 'Cast']);
    // The error of the exponent times the result, which is at most e^8 here but about e^2 for these weights.
    expect(maxDifference(await compute(bytes), await compute(model))).toBeLessThanOrEqual(0.2);
  });

  it('leaves nodes alone whose weights or measured values are too large', () => {
    const huge = layer(WEIGHTS.map((value, index) => (index === 5 ? 70_000 : value)));
    expect(toFloat16(huge).report.leftAlone).toMatchObject([{ node: 'product', reason: expect.stringContaining('weight') }]);
    const ranges = new Map([['x', [0, 1e5] as const]]);
    expect(toFloat16(layer(), { ranges }).report.leftAlone).toMatchObject([{ node: 'product', reason: expect.stringContaining('"x"') }]);
  });

  it('does not touch values that are no floats', async () => {
    const model = layer(WEIGHTS, (graph, value) => graph.node('Reshape', [value, graph.node('Shape', [value])]));
    const { bytes, report } = toFloat16(model);
    expect(report.quantizedNodes).toBe(3);
    expect(maxDifference(await compute(bytes), await compute(model))).toBeLessThanOrEqual(8 * 2 ** -10);
  });

  it.each([toFloat16, toFloat16Stored])('refuses several inputs and truncated models: %o', (convert) => {
    const graph = new OnnxGraphBuilder('two');
    graph.node('Add', [graph.input('a', [1]), graph.input('b', [1])], { output: 'y' });
    graph.output('y', [1]);
    expect(() => convert(graph.build())).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }));
    expect(() => convert(layer().slice(0, 100))).toThrow(expect.objectContaining({ code: 'MODEL_INTEGRITY' }));
  });
});
