/** The square crop that the 68-point network looks at, turned so that the eyes are level. */

import type { Box } from '../geometry/box.ts';

/**
 * Computes the transform from image pixels to a `size` x `size` crop around `box`, rotated by the eye line.
 * On tilted heads this is what keeps the landmarks right: the network was trained on upright faces.
 *
 * @param rightEye - x, y of the subject's right eye (image left), image pixels; likewise `leftEye`.
 * @returns Row-major 2x3 matrix.
 */
export function computeUprightCrop(
  box: Box,
  rightEye: readonly [number, number],
  leftEye: readonly [number, number],
  size: number,
): Float64Array {
  const angle = Math.atan2(leftEye[1] - rightEye[1], leftEye[0] - rightEye[0]);
  const scale = size / Math.max(box.width, box.height);
  const cosine = Math.cos(angle) * scale;
  const sine = Math.sin(angle) * scale;
  const centreX = box.x + box.width / 2;
  const centreY = box.y + box.height / 2;
  const middle = (size - 1) / 2;
  return Float64Array.of(
    cosine,
    sine,
    middle - cosine * centreX - sine * centreY,
    -sine,
    cosine,
    middle + sine * centreX - cosine * centreY,
  );
}
