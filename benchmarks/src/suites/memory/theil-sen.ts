/** A line through points of which some may be far off. */

import { createRandom } from '@isoface/core/evaluation';
import { medianOf, quantileOf } from '../../statistics.ts';

/** A point; `x` rises. */
export type Point = readonly [x: number, y: number];

/** More points do not make the slope surer, for neighbours say the same; the number of pairs grows with the square. */
const MAX_POINTS = 90;
const ROUNDS = 300;
const SEED = 20_240_601;

/**
 * Computes the median of the slopes of all pairs of points. Up to 29 % of the points may be anything.
 *
 * @returns NaN where no two points differ in x.
 * @see Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63, 1968.
 */
export function computeTheilSenSlope(points: readonly Point[]): number {
  const slopes: number[] = [];
  for (let i = 0; i < points.length; i++) {
    const [x1, y1] = points[i] as Point;
    for (let j = i + 1; j < points.length; j++) {
      const [x2, y2] = points[j] as Point;
      if (x1 !== x2) slopes.push((y2 - y1) / (x2 - x1));
    }
  }
  return medianSlope(slopes);
}

/** A slope with what it may be. */
export interface SlopeEstimate {
  readonly slope: number;
  /** 95 % interval. */
  readonly ci95: readonly [number, number];
}

/**
 * Computes the slope and a bootstrap interval. Runs of neighbouring points are drawn, not single ones: memory at one moment is much the same as a
 * moment before, and single points would make the interval too narrow.
 *
 * The same points give the same interval.
 *
 * @see Künsch, "The jackknife and the bootstrap for general stationary observations", Annals of Statistics 17(3), 1989.
 */
export function estimateSlope(points: readonly Point[]): SlopeEstimate {
  const thinned = thinOut(points);
  const { length } = thinned;
  const slope = computeTheilSenSlope(thinned);
  const block = Math.max(1, Math.ceil(Math.sqrt(length)));
  const random = createRandom(SEED);
  const slopes: number[] = [];
  for (let round = 0; round < ROUNDS && length > 2; round++) {
    const drawn: Point[] = [];
    while (drawn.length < length) {
      const from = Math.floor(random() * (length - block + 1));
      drawn.push(...thinned.slice(from, from + block));
    }
    const drawnSlope = computeTheilSenSlope(drawn.slice(0, length));
    // One block drawn again and again has no two different places only where there is one point.
    if (!Number.isNaN(drawnSlope)) slopes.push(drawnSlope);
  }
  return { slope, ci95: [quantileOf(slopes, 0.025), quantileOf(slopes, 0.975)] };
}

/** Neighbours joined to their medians until there are few enough. */
function thinOut(points: readonly Point[]): readonly Point[] {
  const size = Math.ceil(points.length / MAX_POINTS);
  if (size <= 1) return points;
  return Array.from({ length: Math.floor(points.length / size) }, (_, i): Point => {
    const group = points.slice(i * size, (i + 1) * size);
    return [medianOf(group.map(([x]) => x)), medianOf(group.map(([, y]) => y))];
  });
}

function medianSlope(slopes: readonly number[]): number {
  if (slopes.length === 0) return Number.NaN;
  const sorted = Float64Array.from(slopes).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}
