/** OpenVINO operations as ONNX nodes. */

import { FaceError } from '@isoface/core';
import type { AttributeValue } from '../onnx/onnx-attribute.ts';
import type { OnnxGraphBuilder } from '../onnx/onnx-graph-builder.ts';
import { countElements } from '../onnx/onnx-tensor.ts';
import { addIrConstant, type IrConstant, readFirstValue } from './ir-constants.ts';
import { type IrLayer, integerList } from './parse-ir.ts';

/** A value of the network: a constant that has not been added to the graph yet, or the name of a computed value. */
export type IrValue = { readonly constant: IrConstant } | { readonly computed: string };

/** What an operation can ask for while it is imported. */
export interface IrContext {
  readonly graph: OnnxGraphBuilder;
  /** The value at this position of the inputs. @throws {FaceError} `MODEL_INTEGRITY` if there is none */
  input(layer: IrLayer, index: number): IrValue;
}

type ImportLayer = (layer: IrLayer, context: IrContext) => IrValue;

/** The operations that are understood; `Parameter`, `Const` and `Result` are handled by the importer. */
export const IR_OPERATORS: ReadonlyMap<string, ImportLayer> = new Map([
  ['Convert', importConvert],
  ['Convolution', importConvolution],
  ['GroupConvolution', importGroupConvolution],
  ['AvgPool', importAveragePool],
  ['PReLU', importPRelu],
  ['ReLU', (layer, context) => importElementwise(layer, context, { operator: 'Relu', arity: 1 })],
  ['Sigmoid', (layer, context) => importElementwise(layer, context, { operator: 'Sigmoid', arity: 1 })],
  ['Add', (layer, context) => importElementwise(layer, context, { operator: 'Add', arity: 2 })],
  ['Multiply', (layer, context) => importElementwise(layer, context, { operator: 'Mul', arity: 2 })],
]);

/** Everything is computed in float32, so conversions between float widths have nothing to do. */
function importConvert(layer: IrLayer, context: IrContext): IrValue {
  const type = layer.data['destination_type'] ?? '';
  if (type === 'f32' || type === 'f16') return context.input(layer, 0);
  throw unsupported(layer, `the destination type "${type}"`);
}

function importElementwise(
  layer: IrLayer,
  context: IrContext,
  { operator, arity }: { readonly operator: string; readonly arity: number },
): IrValue {
  const inputs = Array.from({ length: arity }, (_, index) => name(layer, context, index));
  return addNode(layer, context, { operator, inputs });
}

/**
 * Slopes of one value per channel lie on axis 1 in OpenVINO; ONNX aligns trailing axes.
 *
 * A single slope becomes `LeakyRelu`, which gives the same bits: ONNX Runtime computes it inside the convolution before it, while `PRelu` is a
 * pass of its own over values that must be brought into another order first. A network that consists of them takes less than half the time.
 */
function importPRelu(layer: IrLayer, context: IrContext): IrValue {
  const slope = constant(layer, context, 1);
  if (countElements(slope.dims) === 1) {
    const attributes = { alpha: { float: readFirstValue(slope) } };
    return addNode(layer, context, { operator: 'LeakyRelu', inputs: [name(layer, context, 0)], attributes });
  }
  const [channels = 1] = slope.dims;
  const isPerChannel = slope.dims.length === 1;
  const dims = isPerChannel ? [channels, ...layer.inputDims.slice(2).map(() => 1)] : slope.dims;
  return addNode(layer, context, { operator: 'PRelu', inputs: [name(layer, context, 0), addIrConstant(context.graph, slope, dims)] });
}

function importConvolution(layer: IrLayer, context: IrContext): IrValue {
  const filters = constant(layer, context, 1);
  const attributes = { ...layOut(layer, filters.dims.slice(2)), dilations: { ints: integerList(layer, 'dilations') } };
  const inputs = [name(layer, context, 0), addIrConstant(context.graph, filters)];
  return addNode(layer, context, { operator: 'Conv', inputs, attributes });
}

/** Filters [groups, outputs, inputs, kh, kw] are [groups * outputs, inputs, kh, kw] in ONNX. */
function importGroupConvolution(layer: IrLayer, context: IrContext): IrValue {
  const filters = constant(layer, context, 1);
  const [groups = 1, outputs = 1, ...rest] = filters.dims;
  const attributes = {
    ...layOut(layer, rest.slice(1)),
    dilations: { ints: integerList(layer, 'dilations') },
    group: { int: groups },
  };
  const inputs = [name(layer, context, 0), addIrConstant(context.graph, filters, [groups * outputs, ...rest])];
  return addNode(layer, context, { operator: 'Conv', inputs, attributes });
}

function importAveragePool(layer: IrLayer, context: IrContext): IrValue {
  const attributes = {
    ...layOut(layer, integerList(layer, 'kernel')),
    count_include_pad: { int: layer.data['exclude-pad'] === 'true' ? 0 : 1 },
    ceil_mode: { int: layer.data['rounding_type'] === 'ceil' ? 1 : 0 },
  };
  return addNode(layer, context, { operator: 'AveragePool', inputs: [name(layer, context, 0)], attributes });
}

function layOut(layer: IrLayer, kernel: readonly number[]): Record<string, AttributeValue> {
  const attributes = { kernel_shape: { ints: kernel }, strides: { ints: integerList(layer, 'strides') } };
  const padding = layer.data['auto_pad'] ?? 'explicit';
  switch (padding) {
    case 'explicit':
      return { ...attributes, pads: { ints: [...integerList(layer, 'pads_begin'), ...integerList(layer, 'pads_end')] } };
    case 'same_upper':
    case 'same_lower':
    case 'valid':
      return { ...attributes, auto_pad: { string: padding.toUpperCase() } };
    default:
      throw unsupported(layer, `the padding "${padding}"`);
  }
}

function addNode(
  layer: IrLayer,
  { graph }: IrContext,
  { operator, inputs, attributes }: { operator: string; inputs: readonly string[]; attributes?: Readonly<Record<string, AttributeValue>> },
): IrValue {
  return { computed: graph.node(operator, inputs, { attributes, name: layer.name }) };
}

function name(layer: IrLayer, context: IrContext, index: number): string {
  const value = context.input(layer, index);
  return 'computed' in value ? value.computed : addIrConstant(context.graph, value.constant);
}

function constant(layer: IrLayer, context: IrContext, index: number): IrConstant {
  const value = context.input(layer, index);
  if ('constant' in value) return value.constant;
  throw unsupported(layer, `a computed value as input ${index}`);
}

function unsupported(layer: IrLayer, what: string): FaceError {
  return new FaceError('MODEL_UNSUPPORTED', `${layer.type} "${layer.name}" uses ${what}, which the importer does not know.`, {
    operator: layer.type,
    layer: layer.name,
  });
}
