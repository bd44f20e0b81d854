/** Where local binary patterns look: points on a circle around a pixel, as offsets and bilinear weights. */

/** For each point four pixels and their weights. */
export interface CircularSamples {
  /** Added to the index of the centre pixel, shape [N, 4]: top left, top right, bottom left, bottom right. */
  readonly offsets: Int32Array;
  /** In the same order, shape [N, 4]; they add up to 1 but for rounding. */
  readonly weights: Float32Array;
}

/**
 * Computes the sample points of the circular neighbourhood. Point n lies at `radius * (cos, -sin)(2πn / neighbours)`: the first to the right,
 * the others counter-clockwise in the picture.
 *
 * Rounding is that of OpenCV's `elbp_`: coordinates, fractions and weights are rounded to 32-bit floats after each operation. It matters: on
 * a plain area a point between pixels equals its centre but for rounding, which then decides its bit. With radius 1 and 8 neighbours plain
 * areas have all bits at 131 of the 256 levels of brightness, and one of seven other patterns at the rest.
 *
 * @param stride - Pixels from one row to the next.
 */
export function computeCircularSamples(radius: number, neighbours: number, stride: number): CircularSamples {
  const offsets = new Int32Array(neighbours * 4);
  const weights = new Float32Array(neighbours * 4);
  for (let n = 0; n < neighbours; n++) {
    const angle = (2 * Math.PI * n) / neighbours;
    const x = Math.fround(radius * Math.cos(angle));
    const y = Math.fround(-radius * Math.sin(angle));
    const [left, top, right, bottom] = [Math.floor(x), Math.floor(y), Math.ceil(x), Math.ceil(y)];
    offsets.set([top * stride + left, top * stride + right, bottom * stride + left, bottom * stride + right], n * 4);
    const shareX = Math.fround(x - left);
    const shareY = Math.fround(y - top);
    const restX = Math.fround(1 - shareX);
    const restY = Math.fround(1 - shareY);
    weights.set([restX * restY, shareX * restY, restX * shareY, shareX * shareY], n * 4);
  }
  return { offsets, weights };
}
