/** Bounding boxes. */

/** An axis-aligned box in pixels; origin top-left, x right, y down. It may reach beyond the image. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Intersection over union of box `i` and box `j` of packed boxes `[N, 4]` (x, y, width, height); in [0, 1]. */
export function computeIou(boxes: ArrayLike<number>, i: number, j: number): number {
  const a = i * 4;
  const b = j * 4;
  const [ax, ay, aw, ah] = [boxes[a] as number, boxes[a + 1] as number, boxes[a + 2] as number, boxes[a + 3] as number];
  const [bx, by, bw, bh] = [boxes[b] as number, boxes[b + 1] as number, boxes[b + 2] as number, boxes[b + 3] as number];
  const width = Math.min(ax + aw, bx + bw) - Math.max(ax, bx);
  const height = Math.min(ay + ah, by + bh) - Math.max(ay, by);
  if (!(width > 0 && height > 0)) return 0;
  const intersection = width * height;
  const union = aw * ah + bw * bh - intersection;
  return union > 0 ? Math.min(1, intersection / union) : 0;
}
