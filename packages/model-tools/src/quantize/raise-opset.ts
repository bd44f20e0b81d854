/** Brings a model to the operator set that quantization needs. */

import { FaceError } from '@isoface/core';
import type { GraphProto, NodeProto } from '../onnx/generated/onnx_pb.ts';
import { createTensor } from '../onnx/onnx-tensor.ts';
import type { OnnxModel } from '../onnx/read-onnx.ts';
import { labelNode, listNames, takeName } from './graph-edges.ts';
import { readInts } from './node-attributes.ts';

/** First operator set in which `DequantizeLinear` has one factor per channel. */
const PER_CHANNEL_OPSET = 13;
/** File format version that this operator set belongs to. */
const PER_CHANNEL_IR = 7n;

/** Oldest operator set that is converted. */
const OLDEST_OPSET = 11;

/** Operators that mean something else, or are written in another way, before {@link PER_CHANNEL_OPSET}, and are not converted. */
const CHANGED_OPERATORS: ReadonlySet<string> = new Set(['Hardmax', 'LogSoftmax', 'ReduceSum', 'Softmax', 'Split']);

/** Converts in place; models of a newer operator set are left as they are. */
export function raiseOpset(model: OnnxModel): void {
  const opset = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  const version = Number(opset?.version ?? 0);
  if (opset === undefined || version >= PER_CHANNEL_OPSET) return;
  if (version < OLDEST_OPSET) {
    throw new FaceError(
      'MODEL_UNSUPPORTED',
      `Expected a model of ONNX operator set ${OLDEST_OPSET} or newer, got ${version}; export it again with operator set ${PER_CHANNEL_OPSET}.`,
      { opset: version },
    );
  }
  const names = listNames(model.graph);
  for (const node of model.graph.node) convertNode(model.graph, node, names, version);
  opset.version = BigInt(PER_CHANNEL_OPSET);
  if (model.irVersion < PER_CHANNEL_IR) model.irVersion = PER_CHANNEL_IR;
}

function convertNode(graph: GraphProto, node: NodeProto, names: Set<string>, version: number): void {
  if (node.domain !== '') return;
  if (CHANGED_OPERATORS.has(node.opType)) {
    throw new FaceError(
      'MODEL_UNSUPPORTED',
      `The operator ${node.opType} (${labelNode(node)}) of operator set ${version} cannot be converted; export the model with operator set ${PER_CHANNEL_OPSET}.`,
      { operator: node.opType, opset: version },
    );
  }
  if (node.opType !== 'Squeeze' && node.opType !== 'Unsqueeze') return;
  const axes = readInts(node, 'axes');
  if (axes === undefined) return;
  const name = takeName(names, `${node.output[0]}_axes`);
  graph.initializer.push(createTensor(name, [axes.length], { type: 'int64', values: axes }));
  node.input = [...node.input.slice(0, 1), name];
  node.attribute = node.attribute.filter((attribute) => attribute.name !== 'axes');
}
