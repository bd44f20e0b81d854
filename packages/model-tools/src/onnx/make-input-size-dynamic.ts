/** Frees a detector that was exported for one image size from that size. */

import { FaceError } from '@isoface/core';
import type { GraphProto, NodeProto, TensorProto, ValueInfoProto } from './generated/onnx_pb.ts';
import { createTensor, readTensor } from './onnx-tensor.ts';
import { createValueInfo, readDimensions } from './onnx-value-info.ts';
import { readOnnx } from './read-onnx.ts';
import { writeOnnx } from './write-onnx.ts';

/** Operators whose result follows the size of their input without being told a size. */
const SIZE_FREE_OPERATORS: ReadonlySet<string> = new Set([
  'Add',
  'AveragePool',
  'BatchNormalization',
  'Clip',
  'Concat',
  'Conv',
  'Identity',
  'LeakyRelu',
  'MaxPool',
  'Mul',
  'PRelu',
  'Relu',
  'Reshape',
  'Resize',
  'Sigmoid',
  'Transpose',
]);

/** Index of the input of `Resize` that asks for a size in pixels instead of a factor. */
const RESIZE_SIZES_INPUT = 3;

/**
 * Makes batch, height and width of a fully convolutional model free. Written for the YuNet release of 2023, whose twelve outputs
 * `[1, rows, channels]` come from a `Reshape` to `[1, -1, channels]`; names and order of the outputs stay as they are.
 *
 * @param bytes - ONNX model with one input `[1, C, H, W]`
 * @returns ONNX model with the input `[N, C, height, width]` and outputs `[N, <name>_rows, channels]`
 * @throws {FaceError} `MODEL_INTEGRITY` if the bytes are not an ONNX model; `MODEL_UNSUPPORTED` if the graph depends on its size
 */
export function makeInputSizeDynamic(bytes: Uint8Array): Uint8Array {
  const model = readOnnx(bytes);
  const { graph } = model;
  for (const node of graph.node) checkOperator(node);
  const shapes = new Set(graph.node.flatMap((node) => (node.opType === 'Reshape' ? node.input.slice(1, 2) : [])));
  const input = freeInput(findInput(graph));
  graph.initializer = freeShapes(graph.initializer, shapes);
  graph.input = [input];
  graph.output = graph.output.map(freeOutput);
  // Shapes of intermediate values were recorded for the old size and are not needed.
  graph.valueInfo = [];
  return writeOnnx(model);
}

function checkOperator(node: NodeProto): void {
  const label = node.name === '' ? node.output.join(', ') : node.name;
  if (node.domain !== '' || !SIZE_FREE_OPERATORS.has(node.opType)) {
    throw unsupported(`the operator ${node.opType} (${label}) is not known to work for every size`, { operator: node.opType });
  }
  if (node.opType === 'Resize' && node.input[RESIZE_SIZES_INPUT]) {
    throw unsupported(`the operator Resize (${label}) asks for a size in pixels`, { operator: 'Resize' });
  }
}

function findInput(graph: GraphProto): ValueInfoProto {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const [input, ...others] = graph.input.filter(({ name }) => !constants.has(name));
  if (input !== undefined && others.length === 0) return input;
  throw unsupported('exactly one input is expected');
}

function freeInput(input: ValueInfoProto): ValueInfoProto {
  const dims = readDimensions(input);
  const [, channels] = dims;
  if (dims.length === 4 && channels !== undefined) return createValueInfo(input.name, ['N', channels, 'height', 'width']);
  throw unsupported(`the input must be [1, C, H, W], got [${dims.join(', ')}]`);
}

function freeOutput(output: ValueInfoProto): ValueInfoProto {
  const dims = readDimensions(output);
  const channels = dims[2];
  if (dims.length === 3 && channels !== undefined) return createValueInfo(output.name, ['N', `${output.name}_rows`, channels]);
  throw unsupported(`output "${output.name}" must be [1, rows, channels], got [${dims.join(', ')}]`);
}

function freeShapes(initializers: readonly TensorProto[], shapes: ReadonlySet<string>): TensorProto[] {
  const constants = new Set(initializers.map(({ name }) => name));
  for (const shape of shapes) {
    if (!constants.has(shape)) throw unsupported(`the shape "${shape}" of a Reshape is computed`);
  }
  return initializers.map((tensor) => (shapes.has(tensor.name) ? freeShape(tensor) : tensor));
}

/** A leading 0 tells `Reshape` to keep the batch of its input. */
function freeShape(tensor: TensorProto): TensorProto {
  const { dims, content } = readTensor(tensor);
  const [batch, ...rest] = content.type === 'int64' ? content.values : [];
  if (batch === 0) return tensor;
  if (batch === 1 && rest.includes(-1)) return createTensor(tensor.name, dims, { type: 'int64', values: [0, ...rest] });
  throw unsupported(`the shape "${tensor.name}" of a Reshape fixes a size`);
}

function unsupported(reason: string, details: Record<string, unknown> = {}): FaceError {
  return new FaceError('MODEL_UNSUPPORTED', `This model cannot be freed from its input size: ${reason}.`, details);
}
