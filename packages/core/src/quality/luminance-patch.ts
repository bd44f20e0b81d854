/** The aligned luminance of a face on a small square: what quality is measured on, and what tells one face from another in a video. */

import { tryEstimateSimilarity } from '../geometry/similarity-transform.ts';
import type { InputSpec } from '../ports/model-manifest.ts';

/** Eyes, nose and mouth corners on a patch of side 1: the face from brows to chin. */
const PATCH_POINTS = [0.3125, 0.34375, 0.6875, 0.34375, 0.5, 0.546875, 0.34375, 0.75, 0.65625, 0.75];

/** How a preprocessor cuts patches of a side, pixels: plain RGB, 0..255. */
export function patchSpec(side: number): InputSpec {
  return {
    name: 'patch',
    width: side,
    height: side,
    batch: 'dynamic',
    layout: 'NCHW',
    channelOrder: 'RGB',
    mean: [0, 0, 0],
    scale: [1, 1, 1],
  };
}

/**
 * Computes the transform from image to patch.
 *
 * @param landmarks - Right eye, left eye, nose tip, mouth corners, shape [5, 2], image pixels.
 * @returns Row-major 2x3 matrix, or `undefined` if the landmarks coincide or are not finite.
 */
export function alignPatch(landmarks: ArrayLike<number>, side: number): Float64Array | undefined {
  return tryEstimateSimilarity(
    landmarks,
    PATCH_POINTS.map((value) => value * side),
  );
}

/** Luminance (BT.601, 0..255) of RGB planes, shape [3, S, S]; shape [S, S]. */
export function toLuminance(rgb: Float32Array): Float32Array {
  const plane = rgb.length / 3;
  const luminance = new Float32Array(plane);
  for (let i = 0; i < plane; i++) {
    luminance[i] = 0.299 * (rgb[i] as number) + 0.587 * (rgb[i + plane] as number) + 0.114 * (rgb[i + 2 * plane] as number);
  }
  return luminance;
}
