/**
 * Constants in compact storage. The nodes that widen them read only constants, so ONNX Runtime computes them once, when a session is
 * created. `DequantizeLinear` is not used on purpose: it is not folded, and in front of a `MatMul` it makes the runtime quantise
 * activations as well.
 */

import { toExactFloat16Array } from './float16.ts';
import type { OnnxGraphBuilder } from './onnx-graph-builder.ts';
import { ELEMENT_TYPE_NUMBERS } from './onnx-tensor.ts';

/** Below this many values a `Cast` node takes more room than half-width storage saves. */
const MIN_FLOAT16_VALUES = 32;

/** 8-bit weights: value = (values - zeroPoint) * scale. */
export interface Uint8Weights {
  readonly values: Uint8Array;
  /** Integer in 0..255. */
  readonly zeroPoint: number;
  /** One factor, or one per index of the first dimension. */
  readonly scale: Float32Array;
}

/** Adds a float32 constant as it is. */
export function addFloat32(graph: OnnxGraphBuilder, dims: readonly number[], values: Float32Array): string {
  return graph.initializer(dims, { type: 'float32', values });
}

/** Adds a float32 constant, in half width where that loses nothing. */
export function addCompactFloat32(graph: OnnxGraphBuilder, dims: readonly number[], values: Float32Array): string {
  const halves = values.length < MIN_FLOAT16_VALUES ? undefined : toExactFloat16Array(values);
  return halves === undefined ? addFloat32(graph, dims, values) : addFloat16(graph, dims, halves);
}

/** Adds half-precision bit patterns, widened to float32 for use. */
export function addFloat16(graph: OnnxGraphBuilder, dims: readonly number[], bits: Uint16Array): string {
  return castToFloat32(graph, graph.initializer(dims, { type: 'float16', values: bits }));
}

/** Adds 8-bit weights, dequantised to float32 for use. */
export function addUint8(graph: OnnxGraphBuilder, dims: readonly number[], { values, zeroPoint, scale }: Uint8Weights): string {
  const quantized = castToFloat32(graph, graph.initializer(dims, { type: 'uint8', values }));
  const centred = graph.node('Sub', [quantized, addFloat32(graph, [], Float32Array.of(zeroPoint))]);
  const scaleDims = scale.length === 1 ? [] : dims.map((_, axis) => (axis === 0 ? scale.length : 1));
  return graph.node('Mul', [centred, addFloat32(graph, scaleDims, scale)]);
}

function castToFloat32(graph: OnnxGraphBuilder, value: string): string {
  return graph.node('Cast', [value], { attributes: { to: { int: ELEMENT_TYPE_NUMBERS.float32 } } });
}
