/** Overlap of two single boxes. */

import { type Box, computeIou } from '../geometry/box.ts';

/** Intersection over union of two boxes; in [0, 1]. */
export function computeOverlap(a: Box, b: Box): number {
  return computeIou([a.x, a.y, a.width, a.height, b.x, b.y, b.width, b.height], 0, 1);
}
