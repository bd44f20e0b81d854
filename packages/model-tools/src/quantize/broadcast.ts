/** Arithmetic on constants, with the broadcasting rule of ONNX: dimensions are aligned at the end, 1 is stretched. */

import { FaceError } from '@isoface/core';
import { countElements } from '../onnx/onnx-tensor.ts';

/** Row-major float32 values with their dimensions. */
export interface FloatArray {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

/**
 * Combines two constants element by element; every result is rounded to float32, as a runtime would.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if the dimensions do not go together
 */
export function combineBroadcast(a: FloatArray, b: FloatArray, combine: (x: number, y: number) => number): FloatArray {
  const dims = broadcastDims(a.dims, b.dims);
  const values = new Float32Array(countElements(dims));
  if (b.values.length === 1 && a.values.length === values.length) {
    const [y = 0] = b.values;
    for (let index = 0; index < values.length; index += 1) values[index] = combine(a.values[index] ?? 0, y);
    return { dims, values };
  }
  const stepsA = readSteps(a.dims, dims);
  const stepsB = readSteps(b.dims, dims);
  const position = dims.map(() => 0);
  let offsetA = 0;
  let offsetB = 0;
  for (let index = 0; index < values.length; index += 1) {
    values[index] = combine(a.values[offsetA] ?? 0, b.values[offsetB] ?? 0);
    for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
      const next = (position[axis] ?? 0) + 1;
      offsetA += stepsA[axis] ?? 0;
      offsetB += stepsB[axis] ?? 0;
      if (next < (dims[axis] ?? 0)) {
        position[axis] = next;
        break;
      }
      position[axis] = 0;
      offsetA -= next * (stepsA[axis] ?? 0);
      offsetB -= next * (stepsB[axis] ?? 0);
    }
  }
  return { dims, values };
}

function broadcastDims(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, index) => {
    const x = a[a.length - rank + index] ?? 1;
    const y = b[b.length - rank + index] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw new FaceError('MODEL_INTEGRITY', `Constants of dimensions [${a.join(', ')}] and [${b.join(', ')}] do not go together.`);
  });
}

/** How far the offset moves per step along each dimension of the result; 0 where the operand is stretched. */
function readSteps(dims: readonly number[], result: readonly number[]): number[] {
  const steps = result.map(() => 0);
  let step = 1;
  for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
    const size = dims[axis] ?? 1;
    if (size !== 1) steps[result.length - dims.length + axis] = step;
    step *= size;
  }
  return steps;
}
