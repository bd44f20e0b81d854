/** Histograms as densities. */

import { FaceError } from '@isoface/core';
import type { ChartPoint, HistogramSeries } from './chart.ts';

/** A step function with area 1. */
export interface Density {
  /** From each x on, this density; the last one is 0. Without empty bins at either end. */
  readonly points: readonly ChartPoint[];
  /** All counts. */
  readonly total: number;
  /** Those in bins that have no finite width, which no density can show. */
  readonly left: number;
}

/** More steps cannot be seen. */
const MAX_STEPS = 300;

/**
 * Divides counts by their sum and by the width of their bins.
 *
 * @throws FaceError `INVALID_OPTION` if there is not one edge more than counts. Counts that are negative or not finite count as none.
 */
export function toDensity({ name, edges, counts }: HistogramSeries): Density {
  if (edges.length !== counts.length + 1) {
    throw new FaceError(
      'INVALID_OPTION',
      `Expected one edge more than counts in the histogram of "${name}", got ${edges.length} edges and ${counts.length} counts.`,
      { name, edges: edges.length, counts: counts.length },
    );
  }
  const bins = counts.map((count, i) => ({
    from: edges[i] ?? 0,
    to: edges[i + 1] ?? 0,
    count: count > 0 && Number.isFinite(count) ? count : 0,
  }));
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const shown = bins.filter(({ from, to }) => Number.isFinite(to - from) && to - from > 0);
  const filled = shown.slice(
    shown.findIndex(({ count }) => count > 0),
    shown.findLastIndex(({ count }) => count > 0) + 1,
  );
  const steps = mergeBins(filled);
  const points = steps.map(({ from, to, count }): ChartPoint => [from, count / total / (to - from)]);
  const end = steps.at(-1)?.to;
  return {
    points: end === undefined ? [] : [...points, [end, 0]],
    total,
    left: total - shown.reduce((sum, { count }) => sum + count, 0),
  };
}

interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Joins neighbours until there are few enough to be seen. */
function mergeBins(bins: readonly Bin[]): readonly Bin[] {
  const size = Math.ceil(bins.length / MAX_STEPS);
  if (size <= 1) return bins;
  return Array.from({ length: Math.ceil(bins.length / size) }, (_, i) => {
    const group = bins.slice(i * size, (i + 1) * size);
    return { from: group[0]?.from ?? 0, to: group.at(-1)?.to ?? 0, count: group.reduce((sum, { count }) => sum + count, 0) };
  });
}
