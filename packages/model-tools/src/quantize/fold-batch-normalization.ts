/** Makes a batch normalisation part of the convolution before it: with 8-bit values the two can no longer be fused by a runtime. */

import { TensorProto_DataType as DataType, type GraphProto, type NodeProto } from '../onnx/generated/onnx_pb.ts';
import { createTensor, readTensor } from '../onnx/onnx-tensor.ts';
import { dropUnusedConstants, findEdges, listNames, takeName } from './graph-edges.ts';
import { readFloat } from './node-attributes.ts';

/** Default of the operator. */
const EPSILON = 1e-5;

/** Folds in place every `BatchNormalization` that alone reads the result of a `Conv` with constant weights. */
export function foldBatchNormalization(graph: GraphProto): void {
  const { producers, consumers, outputs } = findEdges(graph);
  const constants = readFloatConstants(graph);
  const names = listNames(graph);
  const folded = new Set<NodeProto>();
  for (const node of graph.node) {
    if (node.opType !== 'BatchNormalization' || node.domain !== '') continue;
    const [source = '', ...rest] = node.input;
    const conv = producers.get(source);
    if (conv?.opType !== 'Conv' || conv.domain !== '' || outputs.has(source) || consumers.get(source)?.length !== 1) continue;
    const weight = constants.get(conv.input[1] ?? '');
    const bias = conv.input[2] ? constants.get(conv.input[2]) : { dims: [], values: undefined };
    const [scale, shift, mean, variance] = rest.map((name) => constants.get(name)?.values);
    if (!weight || !bias || !scale || !shift || !mean || !variance) continue;
    const epsilon = readFloat(node, 'epsilon', EPSILON);
    const factors = scale.map((value, channel) => value / Math.sqrt((variance[channel] ?? 0) + epsilon));
    const perChannel = weight.values.length / factors.length;
    const weights = weight.values.map((value, index) => value * (factors[Math.floor(index / perChannel)] ?? 0));
    const biases = shift.map((value, channel) => value + ((bias.values?.[channel] ?? 0) - (mean[channel] ?? 0)) * (factors[channel] ?? 0));
    const weightName = takeName(names, `${conv.input[1]}_folded`);
    const biasName = takeName(names, `${weightName}_bias`);
    graph.initializer.push(
      createTensor(weightName, weight.dims, { type: 'float32', values: weights }),
      createTensor(biasName, [biases.length], { type: 'float32', values: biases }),
    );
    conv.input = [conv.input[0] ?? '', weightName, biasName];
    conv.output = node.output.slice(0, 1);
    folded.add(node);
  }
  graph.node = graph.node.filter((node) => !folded.has(node));
  dropUnusedConstants(graph);
}

function readFloatConstants(graph: GraphProto): Map<string, { readonly dims: readonly number[]; readonly values: Float32Array }> {
  return new Map(
    graph.initializer.flatMap((tensor) => {
      if (tensor.dataType !== DataType.FLOAT) return [];
      const { dims, content } = readTensor(tensor);
      return content.type === 'float32' ? [[tensor.name, { dims, values: content.values }] as const] : [];
    }),
  );
}
