/** Constants of an OpenVINO IR: float tensors in the `.bin` file. */

import { FaceError } from '@isoface/core';
import { parseInteger } from '../json-fields.ts';
import { addCompactFloat32, addFloat16 } from '../onnx/add-weights.ts';
import { fromFloat16Array } from '../onnx/float16.ts';
import type { OnnxGraphBuilder } from '../onnx/onnx-graph-builder.ts';
import { countElements } from '../onnx/onnx-tensor.ts';
import { type IrLayer, integerList } from './parse-ir.ts';

/** A constant as stored; `float16` holds bit patterns. */
export interface IrConstant {
  readonly dims: readonly number[];
  readonly content:
    | { readonly type: 'float32'; readonly values: Float32Array }
    | { readonly type: 'float16'; readonly values: Uint16Array };
}

const ELEMENT_BYTES: Readonly<Record<string, number>> = { f32: 4, f16: 2 };

/**
 * Reads the values of a `Const` layer.
 *
 * @throws {FaceError} `MODEL_UNSUPPORTED` for element types other than f16 and f32; `MODEL_INTEGRITY` if `bin` is too short
 */
export function readIrConstant(layer: IrLayer, bin: Uint8Array): IrConstant {
  const elementType = layer.data['element_type'] ?? '';
  const elementBytes = ELEMENT_BYTES[elementType];
  if (elementBytes === undefined) {
    const message = `The importer does not know constants of type "${elementType}" (layer "${layer.name}").`;
    throw new FaceError('MODEL_UNSUPPORTED', message, { layer: layer.name });
  }
  const dims = integerList(layer, 'shape');
  const bytes = cut(layer, bin, countElements(dims) * elementBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length / elementBytes;
  if (elementType === 'f32') {
    return { dims, content: { type: 'float32', values: new Float32Array(count).map((_, index) => view.getFloat32(index * 4, true)) } };
  }
  return { dims, content: { type: 'float16', values: new Uint16Array(count).map((_, index) => view.getUint16(index * 2, true)) } };
}

/** The first value of a constant. */
export function readFirstValue({ content }: IrConstant): number {
  const [first = 0] = content.type === 'float16' ? fromFloat16Array(content.values.subarray(0, 1)) : content.values;
  return first;
}

/** Adds a constant to a graph as float32 value, in the width it is stored in, with other dimensions if wanted. */
export function addIrConstant(graph: OnnxGraphBuilder, { dims, content }: IrConstant, reshaped: readonly number[] = dims): string {
  return content.type === 'float16' ? addFloat16(graph, reshaped, content.values) : addCompactFloat32(graph, reshaped, content.values);
}

function cut(layer: IrLayer, bin: Uint8Array, expected: number): Uint8Array {
  const offset = parseInteger(layer.data['offset'], `offset of layer "${layer.name}"`);
  const size = parseInteger(layer.data['size'], `size of layer "${layer.name}"`);
  if (offset >= 0 && size === expected && offset + size <= bin.length) return bin.subarray(offset, offset + size);
  const message = `The constant "${layer.name}" is ${expected} bytes at ${offset}, which does not fit its size ${size} and ${bin.length} bytes of weights.`;
  throw new FaceError('MODEL_INTEGRITY', message, { layer: layer.name });
}
