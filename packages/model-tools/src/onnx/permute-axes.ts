/** Reorders the axes of constant tensors. */

import { countElements } from './onnx-tensor.ts';

/** Typed arrays that weights come in. */
export type WeightArray = Float32Array | Uint8Array;

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
export function permuteAxes<T extends WeightArray>(
  values: T,
  dims: readonly number[],
  order: readonly number[],
): { readonly values: T; readonly dims: readonly number[] } {
  const strides = dims.map((_, axis) => countElements(dims.slice(axis + 1)));
  const resultDims = order.map((axis) => dims[axis] ?? 1);
  const resultStrides = order.map((axis) => strides[axis] ?? 0);
  const result = values.slice() as T;
  const position = resultDims.map(() => 0);
  for (let target = 0, source = 0; target < result.length; target += 1) {
    result[target] = values[source] ?? 0;
    source = advance(position, source, resultDims, resultStrides);
  }
  return { values: result, dims: resultDims };
}

/** Moves `position` (written) to the next element in row-major order and returns the source index that belongs to it. */
function advance(position: number[], source: number, dims: readonly number[], strides: readonly number[]): number {
  let next = source;
  for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
    const stride = strides[axis] ?? 0;
    const index = (position[axis] ?? 0) + 1;
    if (index < (dims[axis] ?? 1)) {
      position[axis] = index;
      return next + stride;
    }
    position[axis] = 0;
    next -= (index - 1) * stride;
  }
  return next;
}
