/** Reads ONNX bytes from any source: nothing about them is trusted. */

import { fromBinary } from '@bufbuild/protobuf';
import { FaceError } from '@isoface/core';
import {
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type SparseTensorProto,
} from './generated/onnx_pb.ts';
import { checkTensor } from './onnx-tensor.ts';

/** A model that is known to hold a graph. Fields that this package does not know are kept for {@link writeOnnx}. */
export type OnnxModel = ModelProto & { graph: GraphProto };

/**
 * Decodes an ONNX model. Byte fields of the result are views into `bytes`.
 *
 * @param bytes - a complete ONNX file
 * @throws {FaceError} `MODEL_INTEGRITY` if the bytes are not a complete ONNX model; `MODEL_UNSUPPORTED` if weights lie in another file
 */
export function readOnnx(bytes: Uint8Array): OnnxModel {
  const model = decode(bytes);
  if (!hasGraph(model) || model.irVersion <= 0n || model.opsetImport.length === 0 || model.graph.output.length === 0) {
    throw notOnnx(bytes.length, 'graph, outputs or operator set are missing');
  }
  checkNodes(model.functions.flatMap((body) => body.node));
  checkAttributes(model.functions.flatMap((body) => body.attributeProto));
  checkGraph(model.graph);
  return model;
}

function decode(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw notOnnx(bytes.length, 'they are damaged or cut off', cause);
  }
}

function hasGraph(model: ModelProto): model is OnnxModel {
  return model.graph !== undefined;
}

function notOnnx(length: number, reason: string, cause?: unknown): FaceError {
  const message = `Expected an ONNX model, got ${length} bytes that are not one: ${reason}.`;
  return new FaceError('MODEL_INTEGRITY', message, { bytes: length }, { cause });
}

function checkGraph(graph: GraphProto): void {
  for (const tensor of graph.initializer) checkTensor(tensor);
  for (const tensor of graph.sparseInitializer) checkSparseTensor(tensor);
  checkNodes(graph.node);
}

function checkNodes(nodes: readonly NodeProto[]): void {
  for (const node of nodes) checkAttributes(node.attribute);
}

function checkAttributes(attributes: readonly AttributeProto[]): void {
  for (const attribute of attributes) {
    if (attribute.t) checkTensor(attribute.t);
    for (const tensor of attribute.tensors) checkTensor(tensor);
    if (attribute.sparseTensor) checkSparseTensor(attribute.sparseTensor);
    for (const tensor of attribute.sparseTensors) checkSparseTensor(tensor);
    if (attribute.g) checkGraph(attribute.g);
    for (const graph of attribute.graphs) checkGraph(graph);
  }
}

function checkSparseTensor(tensor: SparseTensorProto): void {
  if (tensor.values) checkTensor(tensor.values);
  if (tensor.indices) checkTensor(tensor.indices);
}
