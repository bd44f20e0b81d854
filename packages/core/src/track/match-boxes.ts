/** Which detection shows which known face. */

import { type Box, computeIou } from '../geometry/box.ts';

/**
 * Pairs boxes of known faces with boxes of detections, the best overlap first; each box is used at most once.
 *
 * @param minIou - Pairs that overlap by less are not made.
 * @returns For each known box the index of its detection, or -1. Of equal overlaps the earlier known box and the earlier detection win.
 */
export function matchBoxes(known: readonly Box[], detected: readonly Box[], minIou: number): number[] {
  const packed = [...known, ...detected].flatMap(({ x, y, width, height }) => [x, y, width, height]);
  const pairs: { readonly iou: number; readonly from: number; readonly to: number }[] = [];
  for (let from = 0; from < known.length; from++) {
    for (let to = 0; to < detected.length; to++) {
      const iou = computeIou(packed, from, known.length + to);
      if (iou > 0 && iou >= minIou) pairs.push({ iou, from, to });
    }
  }
  pairs.sort((a, b) => b.iou - a.iou || a.from - b.from || a.to - b.to);
  const matches = known.map(() => -1);
  const isTaken = detected.map(() => false);
  for (const { from, to } of pairs) {
    if (matches[from] !== -1 || isTaken[to]) continue;
    matches[from] = to;
    isTaken[to] = true;
  }
  return matches;
}
