/** The 468-point face mesh of MediaPipe and what is derived from it. */

import { invertAffine } from '../geometry/similarity-transform.ts';
import type { Pose } from '../quality/estimate-pose.ts';

/** Points per face. */
export const MESH468_COUNT = 468;

/** Side of the crop in whose pixels the network answers. */
const NETWORK_SIDE = 192;

/**
 * Maps the output of the mesh network back to the image.
 *
 * @param output - 468 x, y, z triples in 192ths of the crop's side; z smaller = nearer.
 * @param cropTransform - From image to crop pixels: a similarity, row-major 2x3.
 * @param size - Side of the crop, pixels.
 * @returns x, y in image pixels and z in the same unit, relative to the middle of the head; shape [468, 3].
 * @throws {FaceError} `DEGENERATE_LANDMARKS` if the transform has no inverse.
 */
export function decodeMesh468(output: Float32Array, cropTransform: Float64Array, size: number): Float32Array {
  const unit = size / NETWORK_SIDE;
  const [a, b, tx, c, d, ty] = invertAffine(cropTransform) as unknown as readonly [number, number, number, number, number, number];
  const depth = Math.hypot(a, c) * unit;
  const mesh = new Float32Array(output.length);
  for (let i = 0; i < output.length; i += 3) {
    // The network counts from the edges of the crop, the matrix from the centres of pixels.
    const x = (output[i] as number) * unit - 0.5;
    const y = (output[i + 1] as number) * unit - 0.5;
    mesh[i] = a * x + b * y + tx;
    mesh[i + 1] = c * x + d * y + ty;
    mesh[i + 2] = (output[i + 2] as number) * depth;
  }
  return mesh;
}
