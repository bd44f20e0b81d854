/** Half-precision storage of weights. */

import { create } from '@bufbuild/protobuf';
import { toRoundedFloat16Array } from '../onnx/float16.ts';
import { type GraphProto, type NodeProto, NodeProtoSchema, type TensorProto } from '../onnx/generated/onnx_pb.ts';
import { createAttribute } from '../onnx/onnx-attribute.ts';
import { countElements, createTensor, ELEMENT_TYPE_NUMBERS, readTensor, tensorDims } from '../onnx/onnx-tensor.ts';
import { writeOnnx } from '../onnx/write-onnx.ts';
import { findEdges, labelNode, listNames, takeName } from './graph-edges.ts';
import { readSimpleModel } from './prepare-model.ts';
import type { LeftAloneNode, QuantizedModel } from './quantization-report.ts';

/** Below this many values a `Cast` node takes more room than half-width storage saves. */
const MIN_VALUES = 32;

/** Operators whose float32 parameters a runtime looks at when it decides what to fuse: they stay as they are. */
const QUANTIZERS: ReadonlySet<string> = new Set(['DequantizeLinear', 'QuantizeLinear']);

/**
 * Stores the float32 weights of a model in half precision, rounded to nearest, ties to even, with a `Cast` back to float32 that runtimes
 * compute once, when the model is loaded: about half the bytes, the arithmetic unchanged. Weights already stored in fewer bits, and those
 * with values that half precision cannot hold, stay as they are.
 *
 * @param model - ONNX model with one float32 input
 * @throws {FaceError} `MODEL_INTEGRITY` if the bytes are no model; `MODEL_UNSUPPORTED` if it has several inputs or graphs inside nodes
 */
export function toFloat16Stored(model: Uint8Array): QuantizedModel {
  const read = readSimpleModel(model);
  moveConstantNodes(read.graph);
  const stored = storeAsFloat16(read.graph);
  const bytes = writeOnnx(read);
  return { bytes, report: { ...stored, bytesBefore: model.length, bytesAfter: bytes.length } };
}

/** Narrows the float32 constants of a graph in place, where that saves anything. */
export function storeAsFloat16(graph: GraphProto): Pick<QuantizedModel['report'], 'quantizedNodes' | 'leftAlone'> {
  const { consumers } = findEdges(graph);
  const names = listNames(graph);
  const casts: NodeProto[] = [];
  const narrowed = new Set<string>();
  const leftAlone: LeftAloneNode[] = [];
  graph.initializer = graph.initializer.map((tensor) => {
    const readers = consumers.get(tensor.name) ?? [];
    if (!isLargeFloat32(tensor) || readers.some(({ opType }) => QUANTIZERS.has(opType))) return tensor;
    const halves = narrow(tensor, takeName(names, `${tensor.name}_float16`));
    if (halves === undefined) {
      leftAlone.push(...readers.map((node) => ({ node: labelNode(node), operator: node.opType, reason: TOO_LARGE })));
      return tensor;
    }
    casts.push(createCast(halves.name, tensor.name, 'float32'));
    narrowed.add(tensor.name);
    return halves;
  });
  const quantizedNodes = graph.node.filter(({ input }) => input.some((name) => narrowed.has(name))).length;
  graph.node = [...casts, ...graph.node];
  return { quantizedNodes, leftAlone };
}

/** Why a node stays float32 whose weights do not fit. */
export const TOO_LARGE = 'a weight is too large for half precision';

/** A node that converts between float32 and half precision. */
export function createCast(input: string, output: string, type: 'float32' | 'float16'): NodeProto {
  const attribute = [createAttribute('to', { int: ELEMENT_TYPE_NUMBERS[type] })];
  return create(NodeProtoSchema, { opType: 'Cast', input: [input], output: [output], attribute });
}

/** The float32 tensor in half precision, under another name; `undefined` where a value does not fit. */
export function narrow(tensor: TensorProto, name: string): TensorProto | undefined {
  const { dims, content } = readTensor(tensor);
  const halves = content.type === 'float32' ? toRoundedFloat16Array(content.values) : undefined;
  return halves && createTensor(name, dims, { type: 'float16', values: halves });
}

function isLargeFloat32(tensor: TensorProto): boolean {
  return tensor.dataType === ELEMENT_TYPE_NUMBERS.float32 && countElements(tensorDims(tensor)) >= MIN_VALUES;
}

/** Weights that an exporter wrote as nodes become ordinary constants. */
function moveConstantNodes(graph: GraphProto): void {
  graph.node = graph.node.filter((node) => {
    const tensor = node.opType === 'Constant' ? node.attribute.find(({ name }) => name === 'value')?.t : undefined;
    const [output] = node.output;
    if (tensor === undefined || output === undefined || !isLargeFloat32(tensor)) return true;
    tensor.name = output;
    graph.initializer.push(tensor);
    return false;
  });
}
