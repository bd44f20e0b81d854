/** What the planner asks about a graph. */

import { TensorProto_DataType as DataType, type GraphProto, type NodeProto, type TensorProto } from '../onnx/generated/onnx_pb.ts';
import { findEdges, type GraphEdges } from './graph-edges.ts';
import { inferValueTypes } from './value-types.ts';

/** Facts about a graph that is not changed any more. */
export interface GraphSurvey extends GraphEdges {
  readonly constants: ReadonlyMap<string, TensorProto>;
  /** Whether a value is float32. */
  isFloat(value: string): boolean;
}

/** Cut values off at an end of the range that is stored, so that the integers need no step of their own. */
export const CLAMP_OPERATORS: ReadonlySet<string> = new Set(['Clip', 'Relu']);

/** Collects the facts. */
export function surveyGraph(graph: GraphProto): GraphSurvey {
  const types = inferValueTypes(graph);
  return {
    ...findEdges(graph),
    constants: new Map(graph.initializer.map((tensor) => [tensor.name, tensor])),
    isFloat: (value) => types.get(value) === DataType.FLOAT,
  };
}

/** The float32 values that a node reads and that are no constants, each once. */
export function listActivations(node: NodeProto, { constants, isFloat }: GraphSurvey): string[] {
  return [...new Set(node.input)].filter((input) => isFloat(input) && !constants.has(input));
}

/** The value in which the result of a node is stored: behind the clamp that alone reads it, where there is one. */
export function findStoredResult(node: NodeProto, { consumers, outputs }: GraphSurvey): string {
  const [result = ''] = node.output;
  const [reader, ...others] = consumers.get(result) ?? [];
  const isClamped = reader !== undefined && others.length === 0 && !outputs.has(result) && CLAMP_OPERATORS.has(reader.opType);
  return isClamped ? (reader.output[0] ?? result) : result;
}
