/** Reorders the axes of constant tensors. */

import { countElements } from './onnx-tensor.ts';

/** A tensor with its axes in another order. */
export interface PermutedTensor<T> {
  readonly values: T;
  readonly dims: readonly number[];
}

/**
 * Copies a row-major tensor with its axes in another order.
 *
 * @param dims - dimensions of `values`
 * @param order - for each axis of the result, the axis of `values` it comes from
 * @returns the permuted values and their dimensions
 *
 * @example
 * permuteAxes(filters, [3, 3, 16, 32], [3, 2, 0, 1]); // HWIO -> OIHW, dims [32, 16, 3, 3]
 */
export function permuteAxes(values: Float32Array, dims: readonly number[], order: readonly number[]): PermutedTensor<Float32Array>;
export function permuteAxes(values: Uint8Array, dims: readonly number[], order: readonly number[]): PermutedTensor<Uint8Array>;
export function permuteAxes(
  values: Float32Array | Uint8Array,
  dims: readonly number[],
  order: readonly number[],
): PermutedTensor<Float32Array | Uint8Array> {
  const strides = dims.map((_, axis) => countElements(dims.slice(axis + 1)));
  const resultDims = order.map((axis) => dims[axis] ?? 1);
  const resultStrides = order.map((axis) => strides[axis] ?? 0);
  const result = values instanceof Float32Array ? new Float32Array(values.length) : new Uint8Array(values.length);
  const position = resultDims.map(() => 0);
  for (let target = 0, source = 0; target < result.length; target += 1) {
    result[target] = values[source] ?? 0;
    source += advance(position, resultDims, resultStrides);
  }
  return { values: result, dims: resultDims };
}

/** Moves `position` (written) to the next element in row-major order and returns how far the source index moves with it. */
function advance(position: number[], dims: readonly number[], strides: readonly number[]): number {
  let distance = 0;
  for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
    const stride = strides[axis] ?? 0;
    const index = (position[axis] ?? 0) + 1;
    if (index < (dims[axis] ?? 1)) {
      position[axis] = index;
      return distance + stride;
    }
    position[axis] = 0;
    distance -= (index - 1) * stride;
  }
  return distance;
}
