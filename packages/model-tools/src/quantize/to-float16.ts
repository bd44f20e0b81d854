/** Arithmetic in half precision. */

import type { NodeProto, TensorProto } from '../onnx/generated/onnx_pb.ts';
import { writeOnnx } from '../onnx/write-onnx.ts';
import type { ActivationRanges } from './activation-ranges.ts';
import { foldBatchNormalization } from './fold-batch-normalization.ts';
import { foldConstants } from './fold-constants.ts';
import { dropUnusedConstants, labelNode, listNames, takeName } from './graph-edges.ts';
import { type GraphSurvey, surveyGraph } from './graph-survey.ts';
import { readSimpleModel } from './prepare-model.ts';
import type { LeftAloneNode, QuantizedModel } from './quantization-report.ts';
import { createCast, narrow, TOO_LARGE } from './to-float16-stored.ts';

/** Options of {@link toFloat16}. */
export interface ToFloat16Options {
  /** Measured ranges: nodes that read or give values beyond half precision are left alone. @defaultValue none is checked */
  readonly ranges?: ActivationRanges | undefined;
}

/**
 * Operators that compute in half precision. The others sum many values or take powers, which leaves its range or loses its digits, or are
 * not known to have such a form everywhere.
 */
const HALF_OPERATORS: ReadonlySet<string> = new Set([
  'Abs',
  'Add',
  'AveragePool',
  'BatchNormalization',
  'Clip',
  'Concat',
  'Conv',
  'ConvTranspose',
  'DepthToSpace',
  'Div',
  'Elu',
  'Flatten',
  'Gather',
  'Gemm',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'HardSigmoid',
  'HardSwish',
  'Identity',
  'LeakyRelu',
  'MatMul',
  'MaxPool',
  'Mul',
  'Neg',
  'PRelu',
  'Pad',
  'Relu',
  'Reshape',
  'Resize',
  'Sigmoid',
  'Slice',
  'Split',
  'Squeeze',
  'Sub',
  'Tanh',
  'Transpose',
  'Unsqueeze',
]);

/** Operators of which only the first input takes half precision; the rest are sizes and factors. */
const FIRST_INPUT_ONLY: ReadonlySet<string> = new Set(['Resize']);

/** Largest finite half. */
const LARGEST_HALF = 65504;

/**
 * Converts weights and arithmetic to half precision; input and outputs stay float32, with a `Cast` at each border. For accelerators with
 * half-precision arithmetic (WebGPU with `shader-f16`, CUDA); most processors compute such models in float32 with conversions in between.
 *
 * @param model - ONNX model with one float32 input
 * @throws {FaceError} `MODEL_INTEGRITY` if the bytes are no model; `MODEL_UNSUPPORTED` if it has several inputs or graphs inside nodes
 */
export function toFloat16(model: Uint8Array, { ranges }: ToFloat16Options = {}): QuantizedModel {
  const read = readSimpleModel(model);
  const { graph } = read;
  foldConstants(graph);
  foldBatchNormalization(graph);
  const survey = surveyGraph(graph);
  const halves = new Map<string, TensorProto | undefined>();
  const names = listNames(graph);
  const narrowed = (name: string): TensorProto | undefined => {
    const tensor = survey.constants.get(name);
    if (tensor !== undefined && !halves.has(name)) halves.set(name, narrow(tensor, takeName(names, `${name}_float16`)));
    return halves.get(name);
  };
  const leftAlone: LeftAloneNode[] = [];
  const chosen = new Set<NodeProto>();
  for (const node of graph.node) {
    if (!survey.isFloat(node.output[0] ?? '')) continue;
    const reason = refuse(node, survey, ranges, narrowed);
    if (reason === undefined) chosen.add(node);
    else leftAlone.push({ node: labelNode(node), operator: node.opType, reason });
  }

  const nodes: NodeProto[] = [];
  const usedHalves = new Set<string>();
  // Where the two forms of a value are found: as its node gives it, or behind a conversion that is added when first needed.
  const found = { float16: new Map<string, string>(), float32: new Map<string, string>() };
  const provide = (value: string, type: 'float16' | 'float32'): string => {
    const there = found[type].get(value);
    const other = found[type === 'float16' ? 'float32' : 'float16'].get(value);
    if (there !== undefined || other === undefined) return there ?? value;
    const converted = takeName(names, `${value}_${type}`);
    nodes.push(createCast(other, converted, type));
    found[type].set(value, converted);
    return converted;
  };
  for (const { name } of graph.input) found.float32.set(name, name);
  for (const node of graph.node) {
    const isHalf = chosen.has(node);
    node.input = node.input.map((input, index) => {
      if (!survey.isFloat(input)) return input;
      const isNarrowed = isHalf && takesHalf(node, index);
      if (!survey.constants.has(input)) return provide(input, isNarrowed ? 'float16' : 'float32');
      if (!isNarrowed) return input;
      usedHalves.add(input);
      return narrowed(input)?.name ?? input;
    });
    nodes.push(node);
    node.output = node.output.map((output) => {
      if (!survey.isFloat(output)) return output;
      const name = isHalf && survey.outputs.has(output) ? takeName(names, `${output}_float16`) : output;
      found[isHalf ? 'float16' : 'float32'].set(output, name);
      return name;
    });
  }
  for (const { name } of graph.output) {
    const half = found.float16.get(name);
    if (half !== undefined && half !== name && found.float32.get(name) !== name) nodes.push(createCast(half, name, 'float32'));
  }
  graph.node = nodes;
  graph.initializer.push(...[...usedHalves].flatMap((name) => halves.get(name) ?? []));
  graph.valueInfo = [];
  dropUnusedConstants(graph);
  const bytes = writeOnnx(read);
  return { bytes, report: { quantizedNodes: chosen.size, leftAlone, bytesBefore: model.length, bytesAfter: bytes.length } };
}

function takesHalf({ opType }: NodeProto, index: number): boolean {
  return index === 0 || !FIRST_INPUT_ONLY.has(opType);
}

function refuse(
  node: NodeProto,
  { constants, isFloat }: GraphSurvey,
  ranges: ActivationRanges | undefined,
  narrowed: (name: string) => TensorProto | undefined,
): string | undefined {
  if (node.domain !== '' || !HALF_OPERATORS.has(node.opType)) return 'the operator stays in float32 here';
  const weights = node.input.filter((input, index) => takesHalf(node, index) && isFloat(input) && constants.has(input));
  if (weights.some((name) => narrowed(name) === undefined)) return TOO_LARGE;
  const values = [...node.input, ...node.output];
  const tooLarge = values.find((value) => ranges?.get(value)?.some((end) => Math.abs(end) > LARGEST_HALF));
  return tooLarge === undefined ? undefined : `the value "${tooLarge}" is too large for half precision`;
}
