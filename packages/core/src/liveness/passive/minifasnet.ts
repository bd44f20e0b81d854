/**
 * MiniFASNet, the passive liveness networks of Silent-Face: which part of the picture they look at, and how their answer is read.
 *
 * @see minivision-ai, "Silent-Face-Anti-Spoofing", 2020: the patch is larger than the face, because the frame of a screen or the edge of a print
 * tells more than the skin does.
 */

import type { Box } from '../../geometry/box.ts';
import type { Size } from '../../image/fit.ts';

/** Whole pixels of the image, from `left` to `right` and `top` to `bottom`, both included. */
export interface PatchEdges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * The part of the image that the network looks at: the box enlarged about its centre, by less where the image is not large enough, pushed inside
 * where it would leave it, its edges cut to whole pixels. Exactly as the authors do it: the network was trained on such patches.
 *
 * @param box - Of the detector, image pixels; it may reach beyond the image.
 * @param scale - Sides of the patch in sides of the box.
 */
export function computePatchEdges(box: Box, image: Size, scale: number): PatchEdges {
  const [lastX, lastY] = [image.width - 1, image.height - 1];
  const fitting = Math.min(lastY / box.height, lastX / box.width, scale);
  const [left, right] = pushInside(box.x + box.width / 2, box.width * fitting, lastX);
  const [top, bottom] = pushInside(box.y + box.height / 2, box.height * fitting, lastY);
  return { left: Math.trunc(left), top: Math.trunc(top), right: Math.trunc(right), bottom: Math.trunc(bottom) };
}

function pushInside(centre: number, length: number, last: number): [number, number] {
  let [low, high] = [centre - length / 2, centre + length / 2];
  if (low < 0) [low, high] = [0, high - low];
  if (high > last) [low, high] = [Math.max(0, low - (high - last)), last];
  return [low, high];
}

/**
 * The transform that stretches the patch to the input of the network: half-pixel centres, the aspect is not kept.
 *
 * @returns Row-major 2x3 matrix from image pixels to patch pixels.
 */
export function computePatchTransform({ left, top, right, bottom }: PatchEdges, input: Size): Float64Array {
  const scaleX = input.width / (right - left + 1);
  const scaleY = input.height / (bottom - top + 1);
  return Float64Array.of(scaleX, 0, (0.5 - left) * scaleX - 0.5, 0, scaleY, (0.5 - top) * scaleY - 0.5);
}

/**
 * Probability of the class `liveClass`, by softmax.
 *
 * @param logits - One per class.
 */
export function computeLiveScore(logits: Float32Array, liveClass: number): number {
  const highest = logits.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
  const sum = logits.reduce((total, value) => total + Math.exp(value - highest), 0);
  return Math.exp((logits[liveClass] as number) - highest) / sum;
}
