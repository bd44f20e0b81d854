/** Imports TensorFlow.js graph models of pictures. */

import { FaceError } from '@isoface/core';
import { sortByDependency } from '../graph-order.ts';
import { parseArray, parseInteger, parseObject } from '../json-fields.ts';
import { addNormalization, type PixelNormalization } from '../onnx/add-normalization.ts';
import { OnnxGraphBuilder } from '../onnx/onnx-graph-builder.ts';
import { type Activation, GRAPH_OPERATORS, type OperatorContext } from './graph-operators.ts';
import { type GraphNode, parseGraphModel, requireNode, type TfjsGraphModelFiles } from './parse-graph-model.ts';
import { readTfjsWeights, requireWeight, type TfjsWeights } from './tfjs-weights.ts';

/** What a graph model does not say itself. */
export interface TfjsGraphModelOptions {
  /** Name of the ONNX graph. */
  readonly name: string;
  /** What the caller of the original does to pixels before the model sees them. @defaultValue left to the caller of the ONNX model too */
  readonly normalization?: PixelNormalization | undefined;
  /** Outputs of the ONNX model: one node, or several joined along the first axis after the batch. */
  readonly outputs: readonly { readonly name: string; readonly nodes: readonly [string, ...string[]] }[];
}

/**
 * Converts a graph model with one picture as input to ONNX. Weights are stored in half precision where that loses nothing.
 *
 * Input `input` float32 [N, C, H, W] in the channel order of the original: pixels 0..255 with `normalization`, else what the original takes.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if the files are damaged; `MODEL_UNSUPPORTED` for operations that are not known
 */
export function importTfjsGraphModel(
  { model, weights: shard }: TfjsGraphModelFiles,
  { name, normalization, outputs }: TfjsGraphModelOptions,
): Uint8Array {
  const { nodes, weightsManifest } = parseGraphModel(model);
  const weights = readTfjsWeights(weightsManifest, shard);
  const graph = new OnnxGraphBuilder(name);
  const activations = new Map<string, Activation>();
  const context = createContext({ graph, nodes, weights, activations });
  const roots = outputs.flatMap((output) => output.nodes);
  for (const nodeName of sortByDependency(roots, (current) => requireNode(nodes, current).inputs)) {
    const node = requireNode(nodes, nodeName);
    if (node.operator === 'Const') continue;
    activations.set(nodeName, node.operator === 'Placeholder' ? addInput(graph, node, normalization) : importNode(node, context));
  }
  for (const output of outputs) addOutput(graph, output, activations);
  return graph.build();
}

function importNode(node: GraphNode, context: OperatorContext): Activation {
  const importOperator = GRAPH_OPERATORS.get(node.operator);
  if (importOperator !== undefined) return importOperator(node, context);
  throw new FaceError('MODEL_UNSUPPORTED', `The importer does not know the operation ${node.operator} of "${node.name}".`, {
    operator: node.operator,
    node: node.name,
  });
}

function addInput(graph: OnnxGraphBuilder, node: GraphNode, normalization: PixelNormalization | undefined): Activation {
  const shape = parseObject(parseObject(node.attributes['shape'], 'the shape of the input')['shape'], 'the shape of the input');
  const dims = parseArray(shape['dim'], 'the shape of the input');
  const sizes = dims.map((dim) => parseInteger(parseObject(dim, 'a dimension')['size'], 'a dimension of the input'));
  const [, height = 0, width = 0, channels = 0] = sizes;
  if (sizes.length !== 4 || Math.min(height, width, channels) < 1) {
    throw new FaceError('MODEL_UNSUPPORTED', `Expected an input [N, H, W, C] of known size, got [${sizes.join(', ')}].`);
  }
  const input = graph.input('input', ['N', channels, height, width]);
  const name = normalization === undefined ? input : addNormalization(graph, input, normalization);
  return { name, shape: [height, width, channels] };
}

function addOutput(
  graph: OnnxGraphBuilder,
  { name, nodes }: TfjsGraphModelOptions['outputs'][number],
  activations: ReadonlyMap<string, Activation>,
): void {
  const parts = nodes.flatMap((node) => activations.get(node) ?? []);
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const inputs = parts.map((part) => part.name);
  const [first] = parts;
  if (first === undefined || parts.length !== nodes.length || first.shape.length === 3) {
    throw new FaceError('MODEL_UNSUPPORTED', `The output "${name}" must be made of computed, flattened values.`, { output: name });
  }
  if (parts.length > 1) graph.node('Concat', inputs, { output: name, attributes: { axis: { int: 1 } } });
  else graph.node('Identity', inputs, { output: name });
  graph.output(name, ['N', rows, ...first.shape.slice(1)]);
}

function createContext({
  graph,
  nodes,
  weights,
  activations,
}: {
  graph: OnnxGraphBuilder;
  nodes: ReadonlyMap<string, GraphNode>;
  weights: TfjsWeights;
  activations: ReadonlyMap<string, Activation>;
}): OperatorContext {
  const inputName = (node: GraphNode, index: number): string => node.inputs[index] ?? '';
  return {
    graph,
    isConstant: (node, index) => nodes.get(inputName(node, index))?.operator === 'Const',
    activation(node, index) {
      const value = activations.get(inputName(node, index));
      if (value !== undefined) return value;
      throw wrongInput(node, index, 'a computed value');
    },
    constant(node, index) {
      const source = nodes.get(inputName(node, index));
      if (source?.operator === 'Const') return requireWeight(weights, source.name);
      throw wrongInput(node, index, 'a constant');
    },
  };
}

function wrongInput(node: GraphNode, index: number, expected: string): FaceError {
  return new FaceError('MODEL_UNSUPPORTED', `${node.operator} "${node.name}" needs ${expected} as input ${index}.`, {
    operator: node.operator,
    node: node.name,
  });
}
