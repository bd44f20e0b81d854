/** Says what an ONNX file holds, without running it. */

import type { ModelProto, ValueInfoProto } from './generated/onnx_pb.ts';
import { TensorProto_DataType as DataType } from './generated/onnx_pb.ts';
import { countElements, tensorDims } from './onnx-tensor.ts';
import { type Dimension, readDimensions } from './onnx-value-info.ts';
import { type OnnxModel, readOnnx } from './read-onnx.ts';

/** Name, element type and dimensions of an input or output; a dimension is a string where it is free. */
export interface ModelValue {
  readonly name: string;
  /** ONNX name of the element type in lower case, e.g. `float`. */
  readonly elementType: string;
  readonly dims: readonly Dimension[];
}

/** What {@link inspectModel} finds. */
export interface ModelSummary {
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelValue[];
  /** How often each operator occurs in the main graph, most frequent first; operators of other domains as `domain.Operator`. */
  readonly operators: readonly { readonly operator: string; readonly count: number }[];
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly irVersion: number;
  /** Values in all constants of the main graph. */
  readonly parameterCount: number;
  readonly producer: { readonly name: string; readonly version: string };
  readonly bytes: number;
}

/**
 * Summarises an ONNX model.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if the bytes are not an ONNX model; `MODEL_UNSUPPORTED` if weights lie in another file
 */
export function inspectModel(bytes: Uint8Array): ModelSummary {
  const model = readOnnx(bytes);
  const { graph } = model;
  const constants = new Set(graph.initializer.map(({ name }) => name));
  return {
    inputs: graph.input.filter(({ name }) => !constants.has(name)).map(toModelValue),
    outputs: graph.output.map(toModelValue),
    operators: countOperators(model),
    opsets: readOpsets(model),
    irVersion: Number(model.irVersion),
    parameterCount: graph.initializer.reduce((sum, tensor) => sum + countElements(tensorDims(tensor)), 0),
    producer: { name: model.producerName, version: model.producerVersion },
    bytes: bytes.length,
  };
}

function toModelValue(value: ValueInfoProto): ModelValue {
  const elementType = DataType[value.type?.tensorType?.elemType ?? DataType.UNDEFINED] ?? 'UNDEFINED';
  return { name: value.name, elementType: elementType.toLowerCase(), dims: readDimensions(value) };
}

function readOpsets(model: ModelProto): ModelSummary['opsets'] {
  return model.opsetImport.map(({ domain, version }) => ({ domain: domain === '' ? 'ai.onnx' : domain, version: Number(version) }));
}

function countOperators({ graph }: OnnxModel): ModelSummary['operators'] {
  const counts = new Map<string, number>();
  for (const { domain, opType } of graph.node) {
    const operator = domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`;
    counts.set(operator, (counts.get(operator) ?? 0) + 1);
  }
  const entries = Array.from(counts, ([operator, count]) => ({ operator, count }));
  return entries.sort((a, b) => b.count - a.count || (a.operator < b.operator ? -1 : 1));
}
