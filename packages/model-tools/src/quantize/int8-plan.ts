/** Decides which nodes of a graph compute with 8-bit integers and which values are stored so. Nothing is changed here. */

import { TensorProto_DataType as DataType, type GraphProto, type NodeProto, type TensorProto } from '../onnx/generated/onnx_pb.ts';
import { countElements, tensorDims } from '../onnx/onnx-tensor.ts';
import { labelNode } from './graph-edges.ts';
import { CLAMP_OPERATORS, findStoredResult, type GraphSurvey, listActivations, surveyGraph } from './graph-survey.ts';
import { readFloat, readInt, readText } from './node-attributes.ts';
import type { LeftAloneNode } from './quantization-report.ts';

/** The decisions. */
export interface Int8Plan {
  /** Nodes with 8-bit weights: `Conv`, `Gemm`, `MatMul`. */
  readonly weighted: ReadonlySet<NodeProto>;
  /** Nodes that compute with 8-bit values and have no weights. */
  readonly arithmetic: ReadonlySet<NodeProto>;
  /** Nodes that only move or choose values, by their result: it has the scale of what they read. */
  readonly layout: ReadonlyMap<string, NodeProto>;
  /** Values that are stored as 8-bit integers with a range of their own. */
  readonly values: ReadonlySet<string>;
  readonly leftAlone: readonly LeftAloneNode[];
}

/** Options of {@link planInt8}. */
export interface Int8PlanOptions {
  /** Labels of the nodes to leave alone. */
  readonly skip: ReadonlySet<string>;
  /** Whether the range of a value is known. */
  readonly hasRange: (value: string) => boolean;
}

const WEIGHTED_OPERATORS: ReadonlySet<string> = new Set(['Conv', 'Gemm', 'MatMul']);
const ARITHMETIC_OPERATORS: ReadonlySet<string> = new Set([
  'Add',
  'AveragePool',
  'Concat',
  'GlobalAveragePool',
  'LeakyRelu',
  'Mul',
  'Sigmoid',
]);
const LAYOUT_OPERATORS: ReadonlySet<string> = new Set([
  'Flatten',
  'MaxPool',
  'Pad',
  'Reshape',
  'Resize',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
]);

/** Plans the quantization of a prepared graph. */
export function planInt8(graph: GraphProto, { skip, hasRange }: Int8PlanOptions): Int8Plan {
  const survey = surveyGraph(graph);
  const reasons = new Map<NodeProto, string>();
  const refuse = (node: NodeProto, check: () => string | undefined): boolean => {
    const missing = [...listActivations(node, survey), findStoredResult(node, survey)].find((value) => !hasRange(value));
    const reason =
      (skip.has(labelNode(node)) ? 'asked to' : check()) ?? (missing === undefined ? undefined : `no range was measured for "${missing}"`);
    if (reason !== undefined) reasons.set(node, reason);
    return reason !== undefined;
  };
  const inner = findInner(graph, survey);
  const weighted = new Set(
    graph.node.filter((node) => isOne(WEIGHTED_OPERATORS, node, survey) && !refuse(node, () => refuseWeights(node, inner, survey))),
  );
  const wanted = findWanted(graph, weighted, skip, survey);
  const arithmetic = new Set<NodeProto>();
  const layout = new Map<string, NodeProto>();
  const values = new Set<string>();
  for (const node of graph.node) {
    const [input = ''] = node.input;
    const [output = ''] = node.output;
    if (isOne(LAYOUT_OPERATORS, node, survey)) {
      const isMoved = (values.has(input) || layout.has(input)) && wanted.has(output) && !skip.has(labelNode(node));
      if (isMoved && isPlainLayout(node, survey)) layout.set(output, node);
      continue;
    }
    const isArithmetic = isOne(ARITHMETIC_OPERATORS, node, survey);
    const isIsland = !wanted.has(output) || !listActivations(node, survey).some((value) => values.has(value) || layout.has(value));
    if (isArithmetic && !refuse(node, () => refuseArithmetic(node, isIsland, survey))) arithmetic.add(node);
    if (!weighted.has(node) && !arithmetic.has(node)) continue;
    for (const value of listActivations(node, survey)) if (!layout.has(value)) values.add(value);
    const result = findStoredResult(node, survey);
    // Integer matrix products give float32 at no extra cost, which is more exact where no integers are wanted.
    if (node.opType === 'Conv' || wanted.has(result)) values.add(result);
  }
  return { weighted, arithmetic, layout, values, leftAlone: listLeftAlone(graph, weighted, arithmetic, reasons, survey) };
}

function isOne(operators: ReadonlySet<string>, node: NodeProto, { isFloat }: GraphSurvey): boolean {
  return node.domain === '' && operators.has(node.opType) && isFloat(node.output[0] ?? '');
}

/** Values that some node with weights depends on; the others lead to the outputs alone. */
function findInner(graph: GraphProto, survey: GraphSurvey): ReadonlySet<string> {
  const inner = new Set<string>();
  for (const node of [...graph.node].reverse()) {
    if (isOne(WEIGHTED_OPERATORS, node, survey) || node.output.some((output) => inner.has(output))) {
      for (const input of node.input) inner.add(input);
    }
  }
  return inner;
}

/** Values that some integer node reads, itself or behind nodes that can pass integers on. */
function findWanted(
  graph: GraphProto,
  weighted: ReadonlySet<NodeProto>,
  skip: ReadonlySet<string>,
  survey: GraphSurvey,
): ReadonlySet<string> {
  const wanted = new Set<string>();
  const passing = new Set([...ARITHMETIC_OPERATORS, ...LAYOUT_OPERATORS, ...CLAMP_OPERATORS]);
  for (const node of [...graph.node].reverse()) {
    const passesOn = isOne(passing, node, survey) && wanted.has(node.output[0] ?? '') && !skip.has(labelNode(node));
    if (weighted.has(node) || passesOn) for (const value of listActivations(node, survey)) wanted.add(value);
  }
  return wanted;
}

function refuseWeights(node: NodeProto, inner: ReadonlySet<string>, { constants }: GraphSurvey): string | undefined {
  const [input = '', weight = '', bias = ''] = node.input;
  const tensor = constants.get(weight);
  if (constants.has(input) || !isFloatTensor(tensor)) return 'its weights are computed';
  // Where one output holds large and small numbers, such as scores, 256 levels for all of them cost more than the last layer gains.
  if (node.opType === 'Conv' && !inner.has(node.output[0] ?? '')) return 'its result is an output, which 8 bits would make coarse';
  const dims = tensorDims(tensor);
  if (node.opType !== 'Conv' && dims.length !== 2) return `its weights have ${dims.length} dimensions instead of 2`;
  if (node.opType === 'Gemm') {
    const isPlain = readInt(node, 'transA', 0) === 0 && readFloat(node, 'alpha', 1) === 1 && readFloat(node, 'beta', 1) === 1;
    if (!isPlain) return 'it scales or transposes what it reads';
  }
  if (bias === '') return undefined;
  const channels = dims[countChannelsAt(node)];
  const biasTensor = constants.get(bias);
  return isFloatTensor(biasTensor) && countElements(tensorDims(biasTensor)) === channels ? undefined : 'its bias is computed or shared';
}

/** Dimension of the weights that counts the output channels. */
export function countChannelsAt(node: NodeProto): 0 | 1 {
  return node.opType === 'Conv' || (node.opType === 'Gemm' && readInt(node, 'transB', 0) === 1) ? 0 : 1;
}

function isFloatTensor(tensor: TensorProto | undefined): tensor is TensorProto {
  return tensor?.dataType === DataType.FLOAT;
}

function refuseArithmetic(node: NodeProto, isIsland: boolean, survey: GraphSurvey): string | undefined {
  if (node.input.some((input) => survey.constants.has(input))) return 'it reads a constant';
  return isIsland ? 'no integer node is on both sides' : undefined;
}

/** Whether the node gives only values that it read, or 0. */
function isPlainLayout(node: NodeProto, { constants }: GraphSurvey): boolean {
  switch (node.opType) {
    case 'MaxPool':
      return node.output.length === 1;
    case 'Resize':
      return readText(node, 'mode', 'nearest') === 'nearest';
    case 'Pad': {
      const value = constants.get(node.input[2] ?? '');
      return readText(node, 'mode', 'constant') === 'constant' && (!node.input[2] || isZero(value));
    }
    default:
      return true;
  }
}

function isZero(tensor: TensorProto | undefined): boolean {
  return isFloatTensor(tensor) && tensor.floatData.every((value) => value === 0) && tensor.rawData.every((byte) => byte === 0);
}

function listLeftAlone(
  graph: GraphProto,
  weighted: ReadonlySet<NodeProto>,
  arithmetic: ReadonlySet<NodeProto>,
  reasons: ReadonlyMap<NodeProto, string>,
  { isFloat }: GraphSurvey,
): LeftAloneNode[] {
  return graph.node
    .filter((node) => isFloat(node.output[0] ?? '') && !weighted.has(node) && !arithmetic.has(node))
    .filter(({ opType }) => !LAYOUT_OPERATORS.has(opType) && !CLAMP_OPERATORS.has(opType))
    .map((node) => ({
      node: labelNode(node),
      operator: node.opType,
      reason: reasons.get(node) ?? 'the operator has no 8-bit form here',
    }));
}
