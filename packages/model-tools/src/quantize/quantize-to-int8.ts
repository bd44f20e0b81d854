/** Static quantization of a model to 8-bit integers. */

import { create } from '@bufbuild/protobuf';
import { FaceError } from '@isoface/core';
import { type GraphProto, type NodeProto, NodeProtoSchema } from '../onnx/generated/onnx_pb.ts';
import { createAttribute } from '../onnx/onnx-attribute.ts';
import { createTensor, readTensor, type TensorValues } from '../onnx/onnx-tensor.ts';
import { writeOnnx } from '../onnx/write-onnx.ts';
import type { ActivationRanges } from './activation-ranges.ts';
import type { FloatArray } from './broadcast.ts';
import { dropUnusedConstants, labelNode, listNames, takeName } from './graph-edges.ts';
import { countChannelsAt, type Int8Plan, planInt8 } from './int8-plan.ts';
import { computeUint8Scale, type Uint8Scale } from './int8-scale.ts';
import { prepareModel } from './prepare-model.ts';
import type { QuantizedModel } from './quantization-report.ts';
import { quantizeBias, quantizeWeights } from './quantize-weights.ts';
import { storeAsFloat16 } from './to-float16-stored.ts';

/** Options of {@link quantizeToInt8}. */
export interface QuantizeToInt8Options {
  /** One weight scale per output channel instead of one per node. @defaultValue true */
  readonly perChannel?: boolean | undefined;
  /** Nodes to leave alone, by name, or by the name of their first output where they have none. @defaultValue none */
  readonly skip?: readonly string[] | undefined;
  /**
   * Bits of a weight. With 7 the sum of two products fits 16 bits. With 8 it does not, and the kernels for x64 processors with AVX2 and without
   * VNNI cut large sums off: a model that is slightly more exact on one machine may be wrong on another.
   * @defaultValue 7
   */
  readonly weightBits?: 7 | 8 | undefined;
}

const WEIGHT_LIMITS = { 7: 64, 8: 127 } as const;

/**
 * Stores weights and activations of convolutions and matrix products, and what lies between them, as 8-bit integers. The model is written
 * with `QuantizeLinear` and `DequantizeLinear` around the nodes, which runtimes fuse to integer kernels: int8 weights, symmetric; uint8
 * activations, which are what the kernels for x64 take; int32 biases. Weights of nodes that are left alone are stored in half precision. Inputs
 * and outputs stay float32; convolutions whose results are outputs are left alone.
 *
 * @param model - ONNX model with one float32 input
 * @param ranges - what `collectActivationRanges` found on the same bytes
 * @throws {FaceError} `MODEL_INTEGRITY` if the bytes are no model; `MODEL_UNSUPPORTED` if it cannot be quantized; `INVALID_OPTION` if `skip`
 * names a node that does not exist
 */
export function quantizeToInt8(model: Uint8Array, ranges: ActivationRanges, options: QuantizeToInt8Options = {}): QuantizedModel {
  const { perChannel = true, skip = [], weightBits = 7 } = options;
  const prepared = prepareModel(model);
  const { graph } = prepared;
  assertNodesExist(graph, skip);
  const plan = planInt8(graph, { skip: new Set(skip), hasRange: (value) => ranges.has(value) });
  writePlan(graph, plan, { ranges, perChannel, limit: WEIGHT_LIMITS[weightBits] });
  // Unfolding compact weights must not make the rest of the file larger than it was.
  storeAsFloat16(graph);
  const bytes = writeOnnx(prepared);
  return {
    bytes,
    report: {
      quantizedNodes: plan.weighted.size + plan.arithmetic.size + plan.layout.size,
      leftAlone: plan.leftAlone,
      bytesBefore: model.length,
      bytesAfter: bytes.length,
    },
  };
}

function assertNodesExist(graph: GraphProto, skip: readonly string[]): void {
  const labels = new Set(graph.node.map(labelNode));
  const unknown = skip.find((label) => !labels.has(label));
  if (unknown === undefined) return;
  throw new FaceError('INVALID_OPTION', `Expected "skip" to name nodes of the model, got "${unknown}", which it does not have.`, {
    option: 'skip',
    node: unknown,
  });
}

interface WriteSettings {
  readonly ranges: ActivationRanges;
  readonly perChannel: boolean;
  readonly limit: number;
}

/** Rewrites the graph in place. */
function writePlan(graph: GraphProto, plan: Int8Plan, { ranges, perChannel, limit }: WriteSettings): void {
  const names = listNames(graph);
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const scales = new Map<string, Uint8Scale>();
  const readable = new Map<string, string>();
  const outputs = new Set(graph.output.map(({ name }) => name));
  const nodes: NodeProto[] = [];
  const sharedWeights = new Map<string, { readonly name: string; readonly scales: Float32Array }>();

  const addConstant = (wanted: string, dims: readonly number[], content: TensorValues): string => {
    const name = takeName(names, wanted);
    graph.initializer.push(createTensor(name, dims, content));
    return name;
  };
  const addPair = (value: string, source: string, target: string, { scale, zeroPoint }: Uint8Scale): void => {
    const scaleName = addConstant(`${value}_scale`, [], { type: 'float32', values: Float32Array.of(scale) });
    const zeroName = addConstant(`${value}_zero_point`, [], { type: 'uint8', values: Uint8Array.of(zeroPoint) });
    const integers = takeName(names, `${value}_integers`);
    nodes.push(
      createNode('QuantizeLinear', [source, scaleName, zeroName], integers),
      createNode('DequantizeLinear', [integers, scaleName, zeroName], target),
    );
  };
  /** Stores a value that exists under the name `source`; who reads it afterwards reads what came back from 8 bits. */
  const store = (value: string, source: string, scale: Uint8Scale): void => {
    scales.set(value, scale);
    const target = outputs.has(value) ? value : takeName(names, `${value}_dequantized`);
    addPair(value, source, target, scale);
    readable.set(value, target);
  };
  const addDequantized = (content: TensorValues, dims: readonly number[], name: string, factors: Float32Array, axis: number): string => {
    const isPerChannel = factors.length > 1;
    const values = addConstant(`${name}_integers`, dims, content);
    const scale = addConstant(`${name}_scale`, isPerChannel ? [factors.length] : [], { type: 'float32', values: factors });
    const zeros = isPerChannel ? [factors.length] : [];
    const zeroPoint =
      content.type === 'int8' ? [addConstant(`${name}_zero_point`, zeros, { type: 'int8', values: new Int8Array(factors.length) })] : [];
    const output = takeName(names, `${name}_dequantized`);
    nodes.push(createNode('DequantizeLinear', [values, scale, ...zeroPoint], output, isPerChannel ? axis : undefined));
    return output;
  };
  const readConstant = (name: string): FloatArray => {
    const tensor = constants.get(name);
    const { dims, content } = tensor === undefined ? { dims: [], content: undefined } : readTensor(tensor);
    if (content?.type === 'float32') return { dims, values: content.values };
    throw new FaceError('MODEL_INTEGRITY', `Expected float32 weights "${name}".`, { tensor: name });
  };
  const quantizeConstants = (node: NodeProto): void => {
    const [input = '', weight = '', bias = ''] = node.input;
    const inputScale = scales.get(input)?.scale ?? 1;
    const axis = countChannelsAt(node);
    const biasValues = bias === '' ? undefined : readConstant(bias).values;
    const key = JSON.stringify([weight, axis, bias, bias === '' ? 0 : inputScale]);
    let stored = sharedWeights.get(key);
    if (stored === undefined) {
      const quantized = quantizeWeights(readConstant(weight), {
        axis,
        perChannel,
        limit,
        bias: biasValues && { values: biasValues, inputScale },
      });
      const name = addDequantized({ type: 'int8', values: quantized.values }, quantized.dims, weight, quantized.scales, axis);
      stored = { name, scales: quantized.scales };
      sharedWeights.set(key, stored);
    }
    node.input[1] = stored.name;
    if (biasValues === undefined) return;
    const units = stored.scales.map((scale) => scale * inputScale);
    const integers = quantizeBias(biasValues, units);
    node.input[2] = addDequantized({ type: 'int32', values: integers }, [integers.length], bias, units, 0);
  };

  const rangeOf = (value: string): Uint8Scale => computeUint8Scale(ranges.get(value) ?? [0, 0]);
  for (const { name } of graph.input) if (plan.values.has(name)) store(name, name, rangeOf(name));
  for (const node of graph.node) {
    if (plan.weighted.has(node)) quantizeConstants(node);
    const [moved = ''] = node.input;
    node.input = node.input.map((input) => readable.get(input) ?? input);
    nodes.push(node);
    for (const [index, output] of node.output.entries()) {
      const scale = plan.values.has(output) ? rangeOf(output) : plan.layout.get(output) === node ? scales.get(moved) : undefined;
      if (scale === undefined) continue;
      // An output of the graph keeps its name for what comes back from 8 bits.
      const source = outputs.has(output) ? takeName(names, `${output}_float`) : output;
      node.output[index] = source;
      store(output, source, scale);
    }
  }
  graph.node = nodes;
  // Shapes and types of intermediate values may be stated for values that do not exist any more.
  graph.valueInfo = [];
  dropUnusedConstants(graph);
}

function createNode(opType: string, input: readonly string[], output: string, axis?: number): NodeProto {
  const attribute = axis === undefined ? [] : [createAttribute('axis', { int: axis })];
  return create(NodeProtoSchema, { opType, input: [...input], output: [output], attribute });
}
