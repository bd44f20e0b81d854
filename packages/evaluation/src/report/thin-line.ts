/** Lines with no more points than can be seen. */

/** A place in the picture. */
export type PixelPoint = readonly [x: number, y: number];

/** Nobody sees a tenth of a pixel. */
const TOLERANCE_PX = 0.1;
/** Of points closer together than this, one is enough; the search for corners takes far longer than this comparison. */
const SAME_PX = TOLERANCE_PX / 4;

/**
 * Leaves out points of a line (Ramer, Douglas and Peucker): those left form a line that stays within a tenth of a pixel of all points,
 * or within as little more as `maxPoints` needs.
 *
 * @param maxPoints - at least 2; the first and the last point always stay.
 */
export function thinLine(points: readonly PixelPoint[], maxPoints = 600): readonly PixelPoint[] {
  let kept = keepCorners(dropRepeated(points), TOLERANCE_PX - 2 * SAME_PX);
  for (let tolerance = TOLERANCE_PX * 2; kept.length > Math.max(2, maxPoints); tolerance *= 2) kept = keepCorners(kept, tolerance);
  return kept;
}

function dropRepeated(points: readonly PixelPoint[]): readonly PixelPoint[] {
  let [keptX, keptY] = [Infinity, Infinity];
  return points.filter((point, i) => {
    if (i < points.length - 1 && Math.abs(point[0] - keptX) < SAME_PX && Math.abs(point[1] - keptY) < SAME_PX) return false;
    [keptX, keptY] = point;
    return true;
  });
}

function keepCorners(points: readonly PixelPoint[], tolerance: number): readonly PixelPoint[] {
  const xs = Float64Array.from(points, (point) => point[0]);
  const ys = Float64Array.from(points, (point) => point[1]);
  const isKept = new Uint8Array(points.length);
  isKept[0] = 1;
  isKept[points.length - 1] = 1;
  const ranges: [number, number][] = [[0, points.length - 1]];
  for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
    const [first, last] = range;
    const { index, distance } = findFarthest(xs, ys, first, last);
    if (distance <= tolerance) continue;
    isKept[index] = 1;
    ranges.push([first, index], [index, last]);
  }
  return points.filter((_, i) => isKept[i] === 1);
}

/** The point between two others that is farthest from the segment between them. */
function findFarthest(xs: Float64Array, ys: Float64Array, first: number, last: number): { index: number; distance: number } {
  const [x0, y0] = [xs[first] ?? 0, ys[first] ?? 0];
  const [dx, dy] = [(xs[last] ?? 0) - x0, (ys[last] ?? 0) - y0];
  const square = dx * dx + dy * dy;
  let index = first;
  let farthest = 0;
  for (let i = first + 1; i < last; i++) {
    const [x, y] = [(xs[i] ?? 0) - x0, (ys[i] ?? 0) - y0];
    const along = square === 0 ? 0 : Math.min(1, Math.max(0, (x * dx + y * dy) / square));
    const [awayX, awayY] = [x - along * dx, y - along * dy];
    const away = awayX * awayX + awayY * awayY;
    if (away > farthest) [index, farthest] = [i, away];
  }
  return { index, distance: Math.sqrt(farthest) };
}
