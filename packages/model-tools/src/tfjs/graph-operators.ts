/**
 * TensorFlow operations as ONNX nodes. TensorFlow keeps pictures as [N, H, W, C]; here every picture is [N, C, H, W] from the input
 * on, and turned only where the model flattens it.
 */

import { FaceError } from '@isoface/core';
import { addCompactFloat32 } from '../onnx/add-weights.ts';
import type { AttributeValue } from '../onnx/onnx-attribute.ts';
import type { OnnxGraphBuilder } from '../onnx/onnx-graph-builder.ts';
import { countElements } from '../onnx/onnx-tensor.ts';
import { permuteAxes } from '../onnx/permute-axes.ts';
import { flag, type GraphNode, integerList, text, textList } from './parse-graph-model.ts';
import { dequantize, type TfjsWeight } from './tfjs-weights.ts';

/** A computed value. `shape` is TensorFlow's without the batch: [H, W, C] for pictures, which ONNX keeps as [N, C, H, W]. */
export interface Activation {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What an operation can ask for while it is imported. */
export interface OperatorContext {
  readonly graph: OnnxGraphBuilder;
  /** The computed value at this position of the inputs. @throws {FaceError} `MODEL_UNSUPPORTED` if it is a constant */
  activation(node: GraphNode, index: number): Activation;
  /** The constant at this position of the inputs. @throws {FaceError} `MODEL_UNSUPPORTED` if it is computed */
  constant(node: GraphNode, index: number): TfjsWeight;
  /** Whether the input at this position is a constant. */
  isConstant(node: GraphNode, index: number): boolean;
}

type ImportOperator = (node: GraphNode, context: OperatorContext) => Activation;

/** The operations that are understood; `Placeholder` and `Const` are handled by the graph importer. */
export const GRAPH_OPERATORS: ReadonlyMap<string, ImportOperator> = new Map([
  ['_FusedConv2D', importConvolution],
  ['DepthwiseConv2dNative', importDepthwiseConvolution],
  ['_FusedMatMul', importMatMul],
  ['Add', (node, context) => importBinary(node, context, 'Add')],
  ['AddV2', (node, context) => importBinary(node, context, 'Add')],
  ['Mul', (node, context) => importBinary(node, context, 'Mul')],
  ['Relu', (node, context) => importUnary(node, context, 'Relu')],
  ['Prelu', importPrelu],
  ['Sigmoid', (node, context) => importUnary(node, context, 'Sigmoid')],
  ['Softmax', importSoftmax],
  ['MaxPool', importMaxPool],
  ['Pad', importPad],
  ['Reshape', importReshape],
  ['Identity', (node, context) => context.activation(node, 0)],
]);

/** ONNX operators of the activations that TensorFlow fuses into convolutions and products. */
const FUSED_ACTIVATIONS: ReadonlyMap<string, string> = new Map([
  ['Relu', 'Relu'],
  ['Sigmoid', 'Sigmoid'],
]);

function importConvolution(node: GraphNode, context: OperatorContext): Activation {
  const input = context.activation(node, 0);
  const filters = context.constant(node, 1);
  const { values, dims } = permuteAxes(dequantize(filters), filters.shape, [3, 2, 0, 1]);
  const { graph } = context;
  const bias = readFusedBias(node, context);
  const window = layOut(node, input, [filters.shape[0] ?? 0, filters.shape[1] ?? 0]);
  const weights = addCompactFloat32(graph, dims, values);
  const inputs = bias ? [input.name, weights, addCompactFloat32(graph, [bias.length], bias)] : [input.name, weights];
  const convolved = { name: graph.node('Conv', inputs, { attributes: window.attributes }), shape: [...window.size, dims[0] ?? 0] };
  return addFusedActivation(node, context, convolved);
}

function importDepthwiseConvolution(node: GraphNode, context: OperatorContext): Activation {
  const input = context.activation(node, 0);
  const filters = context.constant(node, 1);
  const [height = 0, width = 0, channels = 0, multiplier = 0] = filters.shape;
  const { values } = permuteAxes(dequantize(filters), filters.shape, [2, 3, 0, 1]);
  const window = layOut(node, input, [height, width]);
  const weights = addCompactFloat32(context.graph, [channels * multiplier, 1, height, width], values);
  const attributes = { ...window.attributes, group: { int: channels } };
  const name = context.graph.node('Conv', [input.name, weights], { attributes });
  return { name, shape: [...window.size, channels * multiplier] };
}

function importMatMul(node: GraphNode, context: OperatorContext): Activation {
  if (flag(node, 'transpose_a') || flag(node, 'transpose_b')) throw unsupported(node, 'transposed factors');
  const { graph } = context;
  const matrix = context.constant(node, 1);
  const weights = addCompactFloat32(graph, matrix.shape, dequantize(matrix));
  const product = graph.node('MatMul', [context.activation(node, 0).name, weights]);
  const bias = readFusedBias(node, context);
  const sum = bias ? graph.node('Add', [product, addCompactFloat32(graph, [bias.length], bias)]) : product;
  return addFusedActivation(node, context, { name: sum, shape: matrix.shape.slice(1) });
}

function importUnary(node: GraphNode, context: OperatorContext, operator: string): Activation {
  const { name, shape } = context.activation(node, 0);
  return { name: context.graph.node(operator, [name]), shape };
}

function importPrelu(node: GraphNode, context: OperatorContext): Activation {
  return addPrelu(node, context, { value: context.activation(node, 0), slopeIndex: 1 });
}

/** Negative values times a slope of their channel, which is the input `slopeIndex` of the node. */
function addPrelu(
  node: GraphNode,
  context: OperatorContext,
  { value: { name, shape }, slopeIndex }: { readonly value: Activation; readonly slopeIndex: number },
): Activation {
  const slope = addChannelConstant(node, context, { constant: context.constant(node, slopeIndex), shape });
  return { name: context.graph.node('PRelu', [name, slope]), shape };
}

/** TensorFlow's softmax runs over the last axis, which is the channel axis of pictures. */
function importSoftmax(node: GraphNode, context: OperatorContext): Activation {
  const { name, shape } = context.activation(node, 0);
  const axis = isPicture(shape) ? 1 : -1;
  return { name: context.graph.node('Softmax', [name], { attributes: { axis: { int: axis } } }), shape };
}

function importBinary(node: GraphNode, context: OperatorContext, operator: string): Activation {
  const constantIndex = [0, 1].find((index) => context.isConstant(node, index));
  if (constantIndex !== undefined) return importBinaryWithConstant(node, context, { operator, constantIndex });
  const left = context.activation(node, 0);
  const right = context.activation(node, 1);
  if (left.shape.join() !== right.shape.join()) throw unsupported(node, `shapes [${left.shape}] and [${right.shape}]`);
  return { name: context.graph.node(operator, [left.name, right.name]), shape: left.shape };
}

function importBinaryWithConstant(
  node: GraphNode,
  context: OperatorContext,
  { operator, constantIndex }: { operator: string; constantIndex: number },
): Activation {
  const { name, shape } = context.activation(node, 1 - constantIndex);
  const value = addChannelConstant(node, context, { constant: context.constant(node, constantIndex), shape });
  return { name: context.graph.node(operator, [name, value]), shape };
}

/** One value for all, or one per channel, for values of the given shape. */
function addChannelConstant(
  node: GraphNode,
  { graph }: OperatorContext,
  { constant, shape }: { readonly constant: TfjsWeight; readonly shape: readonly number[] },
): string {
  const size = countElements(constant.shape);
  if (size !== 1 && (size !== shape.at(-1) || constant.shape.at(-1) !== size)) throw unsupported(node, `a constant [${constant.shape}]`);
  const dims = size === 1 ? [] : isPicture(shape) ? [size, 1, 1] : [size];
  return addCompactFloat32(graph, dims, dequantize(constant));
}

function importMaxPool(node: GraphNode, context: OperatorContext): Activation {
  const input = context.activation(node, 0);
  const [, height = 0, width = 0] = integerList(node, 'ksize');
  const { attributes, size } = layOut(node, input, [height, width]);
  return { name: context.graph.node('MaxPool', [input.name], { attributes }), shape: [...size, input.shape[2] ?? 0] };
}

function importPad(node: GraphNode, context: OperatorContext): Activation {
  const { name, shape } = context.activation(node, 0);
  const paddings = Array.from(dequantize(context.constant(node, 1)));
  const before = paddings.filter((_, index) => index % 2 === 0);
  const after = paddings.filter((_, index) => index % 2 === 1);
  if (before.length !== shape.length + 1 || before[0] !== 0 || after[0] !== 0) throw unsupported(node, 'this padding');
  const values = [...toOnnxOrder(before), ...toOnnxOrder(after)];
  const pads = context.graph.initializer([values.length], { type: 'int64', values });
  const padded = shape.map((dim, axis) => dim + (before[axis + 1] ?? 0) + (after[axis + 1] ?? 0));
  return { name: context.graph.node('Pad', [name, pads]), shape: padded };
}

function importReshape(node: GraphNode, context: OperatorContext): Activation {
  const input = context.activation(node, 0);
  const [batch, ...rest] = dequantize(context.constant(node, 1));
  const shape = resolveShape(rest, countElements(input.shape));
  if ((batch !== 1 && batch !== -1) || shape === undefined) throw unsupported(node, `the shape [${[batch, ...rest]}]`);
  const { graph } = context;
  const flat = graph.node('Reshape', [
    toTensorFlowOrder(graph, input),
    // A leading 0 keeps the batch of the input.
    graph.initializer([shape.length + 1], { type: 'int64', values: [0, ...shape] }),
  ]);
  if (isPicture(shape)) throw unsupported(node, 'a picture as result');
  return { name: flat, shape };
}

/** Replaces -1 by what is left; `undefined` if the elements do not fit. */
function resolveShape(shape: readonly number[], elements: number): number[] | undefined {
  const known = countElements(shape.filter((dim) => dim !== -1));
  const resolved = shape.map((dim) => (dim === -1 ? elements / known : dim));
  return countElements(resolved) === elements && resolved.every((dim) => Number.isInteger(dim)) ? resolved : undefined;
}

function toTensorFlowOrder(graph: OnnxGraphBuilder, { name, shape }: Activation): string {
  const [height, width] = shape;
  if (!isPicture(shape) || (height === 1 && width === 1)) return name;
  return graph.node('Transpose', [name], { attributes: { perm: { ints: [0, 2, 3, 1] } } });
}

/** [N, H, W, C] -> [N, C, H, W]; lists of other lengths stay. */
function toOnnxOrder(values: readonly number[]): readonly number[] {
  const [batch = 0, height = 0, width = 0, channel = 0] = values;
  return values.length === 4 ? [batch, channel, height, width] : values;
}

function isPicture(shape: readonly number[]): boolean {
  return shape.length === 3;
}

function readFusedBias(node: GraphNode, context: OperatorContext): Float32Array | undefined {
  return textList(node, 'fused_ops')[0] === 'BiasAdd' ? dequantize(context.constant(node, 2)) : undefined;
}

function addFusedActivation(node: GraphNode, context: OperatorContext, value: Activation): Activation {
  const operations = textList(node, 'fused_ops');
  const [activation, ...others] = operations.filter((operation) => operation !== 'BiasAdd');
  if (activation === undefined) return value;
  if (others.length > 0) throw unsupported(node, `the fused operations ${operations.join(', ')}`);
  // Fused operations read the inputs after the filters, in their own order.
  if (activation === 'Prelu') return addPrelu(node, context, { value, slopeIndex: 2 + operations.indexOf(activation) });
  const operator = FUSED_ACTIVATIONS.get(activation);
  if (operator === undefined) throw unsupported(node, `the fused operation ${activation}`);
  return { name: context.graph.node(operator, [value.name]), shape: value.shape };
}

/** Attributes of a convolution or pooling and the height and width of its result. */
function layOut(
  node: GraphNode,
  { shape }: Activation,
  kernel: readonly [number, number],
): { readonly attributes: Readonly<Record<string, AttributeValue>>; readonly size: readonly [number, number] } {
  const [, ...strides] = integerList(node, 'strides');
  const dilations = node.attributes['dilations'] === undefined ? [1, 1] : integerList(node, 'dilations').slice(1, 3);
  const padding = text(node, 'padding');
  if (!isPicture(shape) || (padding !== 'SAME' && padding !== 'VALID')) throw unsupported(node, `the padding ${padding}`);
  const axis = (index: 0 | 1) =>
    padAxis({ size: shape[index] ?? 0, stride: strides[index] ?? 1, extent: (kernel[index] - 1) * (dilations[index] ?? 1) + 1 }, padding);
  const [rows, columns] = [axis(0), axis(1)];
  return {
    attributes: {
      kernel_shape: { ints: kernel },
      strides: { ints: strides.slice(0, 2) },
      pads: { ints: [rows.before, columns.before, rows.after, columns.after] },
      ...(dilations.some((dilation) => dilation !== 1) && { dilations: { ints: dilations } }),
    },
    size: [rows.out, columns.out],
  };
}

/** TensorFlow's rule: `SAME` keeps ceil(size / stride) and puts the odd zero after. */
function padAxis(
  { size, stride, extent }: { size: number; stride: number; extent: number },
  padding: 'SAME' | 'VALID',
): { readonly before: number; readonly after: number; readonly out: number } {
  if (padding === 'VALID') return { before: 0, after: 0, out: Math.floor((size - extent) / stride) + 1 };
  const out = Math.ceil(size / stride);
  const total = Math.max((out - 1) * stride + extent - size, 0);
  const before = Math.floor(total / 2);
  return { before, after: total - before, out };
}

function unsupported(node: GraphNode, what: string): FaceError {
  return new FaceError('MODEL_UNSUPPORTED', `${node.operator} "${node.name}" uses ${what}, which the importer does not know.`, {
    operator: node.operator,
    node: node.name,
  });
}
