/** Imports OpenVINO networks. */

import { FaceError } from '@isoface/core';
import { sortByDependency } from '../graph-order.ts';
import { OnnxGraphBuilder } from '../onnx/onnx-graph-builder.ts';
import { countElements } from '../onnx/onnx-tensor.ts';
import { readIrConstant } from './ir-constants.ts';
import { IR_OPERATORS, type IrContext, type IrValue } from './ir-operators.ts';
import { type IrLayer, integerList, type OpenVinoIrFiles, parseIr, requireLayer } from './parse-ir.ts';

/**
 * Converts an OpenVINO IR of version 10 or 11 with one input and one output to ONNX. Half-precision constants stay so in the file;
 * all arithmetic is float32.
 *
 * Input `input` float32 [N, C, H, W] in whatever channel order and range the network was made for. Output `embedding` [N, D]:
 * what the network gives, flattened.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if the files are damaged; `MODEL_UNSUPPORTED` for operations that are not known
 */
export function importOpenVinoIr({ xml, bin }: OpenVinoIrFiles): Uint8Array {
  const { name, layers } = parseIr(xml);
  const graph = new OnnxGraphBuilder(name);
  const values = new Map<string, IrValue>();
  const context: IrContext = { graph, input: (layer, index) => requireInput(layer, index, values) };
  const [parameter, result] = [findSingle(layers, 'Parameter'), findSingle(layers, 'Result')];
  for (const id of sortByDependency([parameter.id, ...result.inputs], (current) => requireLayer(layers, current).inputs)) {
    values.set(id, importLayer(requireLayer(layers, id), context, bin));
  }
  addResult(result, context);
  return graph.build();
}

function importLayer(layer: IrLayer, context: IrContext, bin: Uint8Array): IrValue {
  if (layer.type === 'Parameter') return { computed: addParameter(layer, context.graph) };
  if (layer.type === 'Const') return { constant: readIrConstant(layer, bin) };
  const importOperator = IR_OPERATORS.get(layer.type);
  if (importOperator !== undefined) return importOperator(layer, context);
  throw new FaceError('MODEL_UNSUPPORTED', `The importer does not know the operation ${layer.type} of layer "${layer.name}".`, {
    operator: layer.type,
    layer: layer.name,
  });
}

function addParameter(layer: IrLayer, graph: OnnxGraphBuilder): string {
  const [batch, ...rest] = integerList(layer, 'shape');
  if ((batch === 1 || batch === -1) && rest.length > 0 && rest.every((dim) => dim > 0)) return graph.input('input', ['N', ...rest]);
  throw new FaceError('MODEL_UNSUPPORTED', `Expected an input [1, …] of known size, got [${layer.data['shape']}].`, { layer: layer.name });
}

function addResult(layer: IrLayer, context: IrContext): void {
  const value = context.input(layer, 0);
  if ('constant' in value) throw new FaceError('MODEL_UNSUPPORTED', 'The output of the network is a constant.', { layer: layer.name });
  const dimension = countElements(layer.inputDims.slice(1));
  context.graph.output(context.graph.node('Flatten', [value.computed], { output: 'embedding' }), ['N', dimension]);
}

function requireInput(layer: IrLayer, index: number, values: ReadonlyMap<string, IrValue>): IrValue {
  const value = values.get(layer.inputs[index] ?? '');
  if (value !== undefined) return value;
  throw new FaceError('MODEL_INTEGRITY', `Layer "${layer.name}" (${layer.type}) has no input ${index}.`, { layer: layer.name });
}

function findSingle(layers: ReadonlyMap<string, IrLayer>, type: 'Parameter' | 'Result'): IrLayer {
  const [layer, ...others] = Array.from(layers.values()).filter((candidate) => candidate.type === type);
  if (layer !== undefined && others.length === 0) return layer;
  const count = layer === undefined ? 0 : others.length + 1;
  throw new FaceError('MODEL_UNSUPPORTED', `Expected a network with one ${type}, got ${count}.`, { type, count });
}
