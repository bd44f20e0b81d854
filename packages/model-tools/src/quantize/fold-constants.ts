/** Computes what depends on constants alone, so that weights in compact storage become plain float32 constants. */

import { fromFloat16Array } from '../onnx/float16.ts';
import type { GraphProto, NodeProto, TensorProto } from '../onnx/generated/onnx_pb.ts';
import { createTensor, ELEMENT_TYPE_NUMBERS, readTensor, type TensorValues } from '../onnx/onnx-tensor.ts';
import { permuteAxes } from '../onnx/permute-axes.ts';
import { combineBroadcast, type FloatArray } from './broadcast.ts';
import { dropUnusedConstants } from './graph-edges.ts';
import { readInt, readInts } from './node-attributes.ts';

interface Constant {
  readonly dims: readonly number[];
  readonly content: TensorValues;
}

type Fold = (node: NodeProto, inputs: readonly Constant[]) => Constant | undefined;

/** What is folded. Whatever a rule gives up on (`undefined`) stays a node. */
const FOLDS: ReadonlyMap<string, Fold> = new Map<string, Fold>([
  ['Identity', (_, [input]) => input],
  ['Cast', (node, [input]) => (readInt(node, 'to', 0) === ELEMENT_TYPE_NUMBERS.float32 && input ? widen(input) : undefined)],
  ['Add', arithmetic((x, y) => x + y)],
  ['Sub', arithmetic((x, y) => x - y)],
  ['Mul', arithmetic((x, y) => x * y)],
  ['Div', arithmetic((x, y) => x / y)],
  ['Reshape', (_, [input, shape]) => reshape(input, shape)],
  ['Transpose', (node, [input]) => (input === undefined ? undefined : transpose(input, readInts(node, 'perm')))],
  ['DequantizeLinear', (node, inputs) => dequantize(readInt(node, 'axis', 1), inputs)],
]);

const READABLE_TYPES: ReadonlySet<number> = new Set(Object.values(ELEMENT_TYPE_NUMBERS));

/** Folds in place: nodes that read only constants are replaced by their results, and constants that nobody reads are dropped. */
export function foldConstants(graph: GraphProto): void {
  const known = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  // Decoded once each: a weight may be read by several nodes, and decoding costs.
  const decoded = new Map<string, Constant>();
  const added: TensorProto[] = [];
  const define = (tensor: TensorProto): void => {
    known.set(tensor.name, tensor);
    added.push(tensor);
  };
  const read = (name: string): Constant => {
    const earlier = decoded.get(name);
    if (earlier !== undefined) return earlier;
    const constant = readTensor(known.get(name) as TensorProto);
    decoded.set(name, constant);
    return constant;
  };
  graph.node = graph.node.filter((node) => {
    const [output] = node.output;
    if (output === undefined || node.output.length !== 1) return true;
    const tensor = readConstantNode(node);
    if (tensor !== undefined) {
      tensor.name = output;
      define(tensor);
      return false;
    }
    const fold = node.domain === '' ? FOLDS.get(node.opType) : undefined;
    if (fold === undefined || node.input.length === 0 || !node.input.every((name) => isReadable(known.get(name)))) return true;
    const result = fold(node, node.input.map(read));
    if (result === undefined) return true;
    define(createTensor(output, result.dims, result.content));
    decoded.set(output, result);
    return false;
  });
  graph.initializer = [...graph.initializer, ...added];
  dropUnusedConstants(graph);
}

function isReadable(tensor: TensorProto | undefined): boolean {
  return tensor !== undefined && READABLE_TYPES.has(tensor.dataType);
}

function readConstantNode(node: NodeProto): TensorProto | undefined {
  if (node.opType !== 'Constant' || node.domain !== '') return undefined;
  return node.attribute.find(({ name }) => name === 'value')?.t;
}

function arithmetic(combine: (x: number, y: number) => number): Fold {
  return (_, [a, b]) => {
    if (a?.content.type !== 'float32' || b?.content.type !== 'float32') return undefined;
    const { dims, values } = combineBroadcast(toFloatArray(a.dims, a.content.values), toFloatArray(b.dims, b.content.values), combine);
    return float32(dims, values);
  };
}

function widen({ dims, content }: Constant): Constant | undefined {
  if (content.type === 'float16') return float32(dims, fromFloat16Array(content.values));
  return float32(dims, content.type === 'float32' ? content.values : Float32Array.from(content.values));
}

function reshape(input: Constant | undefined, shape: Constant | undefined): Constant | undefined {
  if (input === undefined || shape?.content.type !== 'int64') return undefined;
  const wanted = shape.content.values.map((size, axis) => (size === 0 ? (input.dims[axis] ?? 0) : size));
  const known = wanted.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const dims = wanted.map((size) => (size === -1 ? input.content.values.length / known : size));
  return { dims, content: input.content };
}

function transpose(
  { dims, content }: Constant,
  perm: readonly number[] = dims.map((_, axis) => dims.length - 1 - axis),
): Constant | undefined {
  if (content.type !== 'float32') return undefined;
  const permuted = permuteAxes(content.values, dims, perm);
  return float32(permuted.dims, permuted.values);
}

function dequantize(axis: number, [input, scale, zeroPoint]: readonly Constant[]): Constant | undefined {
  if (input === undefined || scale?.content.type !== 'float32' || input.content.type === 'float16') return undefined;
  // Per axis the factors lie along that dimension, which broadcasting reaches with ones behind it.
  const position = axis < 0 ? axis + input.dims.length : axis;
  const factorDims = scale.content.values.length === 1 ? [] : [scale.content.values.length, ...input.dims.slice(position + 1).map(() => 1)];
  const zeros = zeroPoint === undefined ? new Float32Array(scale.content.values.length) : Float32Array.from(zeroPoint.content.values);
  const centred = combineBroadcast(
    toFloatArray(input.dims, Float32Array.from(input.content.values)),
    toFloatArray(factorDims, zeros),
    (x, y) => x - y,
  );
  const { dims, values } = combineBroadcast(centred, toFloatArray(factorDims, scale.content.values), (x, y) => x * y);
  return float32(dims, values);
}

function toFloatArray(dims: readonly number[], values: Float32Array): FloatArray {
  return { dims, values };
}

function float32(dims: readonly number[], values: Float32Array): Constant {
  return { dims, content: { type: 'float32', values } };
}
