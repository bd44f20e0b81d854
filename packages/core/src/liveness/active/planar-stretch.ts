/** Whether points were squeezed, as those of a picture are that is tilted or turned. */

/**
 * How much an affine map that takes points where they went squeezes one direction against the other.
 *
 * @param before - x, y of at least three points, shape [N, 2], any unit.
 * @param after - The same points later.
 * @returns Smaller singular value of the map by the larger one, in [0, 1]: 1 for points that were only moved, rotated and scaled, the cosine of the angle
 * for a picture that was tilted out of the plane of the camera; `undefined` where there is no such map.
 */
export function computePlanarStretch(before: Float32Array, after: Float32Array): number | undefined {
  const count = before.length / 2;
  if (count < 3 || after.length !== before.length) return undefined;
  const mean = (points: Float32Array, axis: number): number =>
    points.reduce((sum, value, i) => (i % 2 === axis ? sum + value / count : sum), 0);
  const [meanX, meanY, meanU, meanV] = [mean(before, 0), mean(before, 1), mean(after, 0), mean(after, 1)];
  let [xx, xy, yy, ux, uy, vx, vy] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < before.length; i += 2) {
    const [x, y] = [(before[i] as number) - meanX, (before[i + 1] as number) - meanY];
    const [u, v] = [(after[i] as number) - meanU, (after[i + 1] as number) - meanV];
    xx += x * x;
    xy += x * y;
    yy += y * y;
    ux += u * x;
    uy += u * y;
    vx += v * x;
    vy += v * y;
  }
  const area = xx * yy - xy * xy;
  const [a, b] = [(ux * yy - uy * xy) / area, (uy * xx - ux * xy) / area];
  const [c, d] = [(vx * yy - vy * xy) / area, (vy * xx - vx * xy) / area];
  // Of the singular values s >= t the sum of squares and the product are known.
  const squares = a * a + b * b + c * c + d * d;
  const product = Math.abs(a * d - b * c);
  const larger = Math.sqrt((squares + Math.sqrt(Math.max(0, squares * squares - 4 * product * product))) / 2);
  const stretch = product / (larger * larger);
  return Number.isFinite(stretch) && area > 1e-6 * (xx + yy) ** 2 ? stretch : undefined;
}
