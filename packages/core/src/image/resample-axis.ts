/** The weights of a one-dimensional resize; both axes of a resize are computed so. */

/** For each output position the run of source positions that contribute, and their weights, which sum to 1. */
export interface AxisTaps {
  /** First source index per output position; -1 where the output lies outside the source. */
  readonly first: Int32Array;
  /** Number of source positions per output position. */
  readonly count: Int32Array;
  /** Weights, `stride` places reserved per output position. */
  readonly weights: Float32Array;
  readonly stride: number;
}

/** From this many source pixels per output pixel on, the resize averages areas instead of interpolating between two pixels. */
const AREA_FROM_SCALE = 2;

/**
 * Computes taps for output pixels `0 … outputSize - 1`, whose centres lie at `origin + (i + 0.5) * scale` in source edge coordinates.
 *
 * Up to 2 source pixels per output pixel: bilinear with half-pixel centres, the source's edge pixels repeated.
 * Above: the mean of the covered source interval, partly covered pixels by their share.
 */
export function computeAxisTaps(sourceSize: number, outputSize: number, scale: number, origin: number): AxisTaps {
  const stride = scale > AREA_FROM_SCALE ? Math.ceil(scale) + 2 : 2;
  const first = new Int32Array(outputSize).fill(-1);
  const count = new Int32Array(outputSize);
  const weights = new Float32Array(outputSize * stride);
  for (let i = 0; i < outputSize; i++) {
    const centre = origin + (i + 0.5) * scale;
    if (!(centre >= 0 && centre <= sourceSize)) continue;
    if (scale > AREA_FROM_SCALE) {
      const from = Math.max(0, centre - scale / 2);
      const to = Math.min(sourceSize, centre + scale / 2);
      const start = Math.floor(from);
      const end = Math.min(sourceSize, Math.ceil(to - 1e-9));
      first[i] = start;
      count[i] = end - start;
      for (let s = start; s < end; s++) weights[i * stride + s - start] = (Math.min(to, s + 1) - Math.max(from, s)) / (to - from);
    } else {
      const position = Math.min(Math.max(centre - 0.5, 0), sourceSize - 1);
      const start = Math.floor(position);
      const fraction = position - start;
      first[i] = start;
      count[i] = fraction > 0 ? 2 : 1;
      weights[i * stride] = 1 - fraction;
      weights[i * stride + 1] = fraction;
    }
  }
  return { first, count, weights, stride };
}
