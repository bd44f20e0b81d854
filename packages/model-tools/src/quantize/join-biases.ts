/** Writes a convolution or a matrix product and the bias added to it as one node, as the 8-bit kernels want them. */

import { TensorProto_DataType as DataType, type GraphProto, type NodeProto, type TensorProto } from '../onnx/generated/onnx_pb.ts';
import { countElements, createTensor, readTensor, tensorDims } from '../onnx/onnx-tensor.ts';
import { dropUnusedConstants, findEdges, type GraphEdges, listNames, takeName } from './graph-edges.ts';

/**
 * Joins in place every `Conv` without bias, and every `MatMul` of a flattened value (which becomes a `Gemm`), that has constant weights, with
 * the `Add` of one constant per output channel that alone reads it.
 */
export function joinBiases(graph: GraphProto): void {
  const edges = findEdges(graph);
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const names = listNames(graph);
  const joined = new Set<NodeProto>();
  for (const node of graph.node) {
    const channels = countChannels(node, constants, edges);
    const add = channels === undefined ? undefined : findAdd(node, edges);
    const bias = add && constants.get(add.input.find((name) => name !== node.output[0]) ?? '');
    if (add === undefined || channels === undefined || !isPerChannel(bias, channels, node.opType === 'Conv')) continue;
    const name = takeName(names, `${bias.name}_flat`);
    const { content } = readTensor(bias);
    graph.initializer.push(createTensor(name, [channels], content));
    if (node.opType === 'MatMul') node.opType = 'Gemm';
    node.input = [...node.input.slice(0, 2), name];
    node.output = add.output;
    joined.add(add);
  }
  graph.node = graph.node.filter((node) => !joined.has(node));
  dropUnusedConstants(graph);
}

/** Output channels of a node that can take a bias; `undefined` for all other nodes. */
function countChannels(node: NodeProto, constants: ReadonlyMap<string, TensorProto>, { producers }: GraphEdges): number | undefined {
  const [input = '', weight = '', bias = ''] = node.input;
  const tensor = constants.get(weight);
  if (node.domain !== '' || bias !== '' || tensor?.dataType !== DataType.FLOAT) return undefined;
  const dims = tensorDims(tensor);
  if (node.opType === 'Conv') return dims[0];
  // Only behind `Flatten` is the value known to be a matrix.
  return node.opType === 'MatMul' && dims.length === 2 && producers.get(input)?.opType === 'Flatten' ? dims[1] : undefined;
}

function findAdd(node: NodeProto, { consumers, outputs }: GraphEdges): NodeProto | undefined {
  const [result = ''] = node.output;
  const [reader, ...others] = consumers.get(result) ?? [];
  const isSole = reader?.opType === 'Add' && reader.domain === '' && others.length === 0 && !outputs.has(result);
  return isSole ? reader : undefined;
}

/** Channels are the second of four dimensions behind a convolution, the last one behind a matrix product. */
function isPerChannel(tensor: TensorProto | undefined, channels: number, isConvolution: boolean): tensor is TensorProto {
  if (tensor?.dataType !== DataType.FLOAT) return false;
  const dims = tensorDims(tensor);
  const at = dims.length - (isConvolution ? 3 : 1);
  return countElements(dims) === channels && dims[at] === channels;
}
