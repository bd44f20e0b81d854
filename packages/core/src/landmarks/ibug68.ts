/** The 68-point annotation of iBUG 300-W and what is derived from it. */

import { invertAffine, transformPoints } from '../geometry/similarity-transform.ts';

/** Landmarks per face. */
export const IBUG68_COUNT = 68;

/**
 * Maps the output of a 68-point network back to the image.
 *
 * @param output - 68 x, y pairs relative to the crop, in [0, 1].
 * @param cropTransform - From image to crop pixels.
 * @param size - Side of the crop, pixels.
 * @returns Image pixels, shape [68, 2].
 */
export function decodeIbug68(output: Float32Array, cropTransform: Float64Array, size: number): Float32Array {
  // Relative coordinates are of the edges; the matrix counts from pixel centres.
  const cropPoints = Float64Array.from(output, (value) => value * size - 0.5);
  return transformPoints(invertAffine(cropTransform), cropPoints);
}

/**
 * The five common landmarks out of the 68: eyes as means of their six points, nose tip 30, mouth corners 48 and 54.
 *
 * @returns Right eye, left eye, nose tip, right mouth corner, left mouth corner; shape [5, 2].
 */
export function toFiveLandmarks(landmarks68: ArrayLike<number>): Float32Array {
  const at = (index: number): [number, number] => [landmarks68[index * 2] as number, landmarks68[index * 2 + 1] as number];
  const mean = (from: number, to: number): [number, number] => {
    let x = 0;
    let y = 0;
    for (let i = from; i < to; i++) {
      x += at(i)[0] / (to - from);
      y += at(i)[1] / (to - from);
    }
    return [x, y];
  };
  return Float32Array.from([...mean(36, 42), ...mean(42, 48), ...at(30), ...at(48), ...at(54)]);
}
