/** Non-maximum suppression: of boxes that overlap, the one with the best score stays. */

import { computeIou } from '../geometry/box.ts';

/**
 * Greedy hard NMS.
 *
 * @param boxes - x, y, width, height; shape [N, 4].
 * @param scores - Shape [N].
 * @param maxIou - A box is dropped if its intersection over union with a kept one is larger.
 * @returns Indices of the kept boxes, best score first; equal scores keep their input order.
 */
export function nonMaximumSuppression(boxes: ArrayLike<number>, scores: ArrayLike<number>, maxIou: number): number[] {
  const order = Array.from({ length: scores.length }, (_, index) => index).sort(
    (a, b) => (scores[b] as number) - (scores[a] as number) || a - b,
  );
  const kept: number[] = [];
  for (const candidate of order) {
    if (kept.every((index) => computeIou(boxes, index, candidate) <= maxIou)) kept.push(candidate);
  }
  return kept;
}
