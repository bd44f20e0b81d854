/** Chooses the range of a value from its histogram: a narrower one cuts outliers off and has finer steps for the rest. */

import type { ActivationHistogram } from './activation-histogram.ts';
import type { RangeMethod } from './activation-ranges.ts';
import { computeUint8Scale, throughUint8 } from './int8-scale.ts';

/** Shares of the full range that `mse` tries. */
const STEPS = 48;

type Range = readonly [min: number, max: number];
type Bin = ReturnType<ActivationHistogram['bins']>[number];

/**
 * The range of a histogram.
 *
 * @param percentile - share in percent of the values that `percentile` keeps on each side, e.g. 99.99
 */
export function chooseRange(histogram: ActivationHistogram, method: RangeMethod, percentile: number): Range {
  const { min, max, total } = histogram;
  if (total === 0) return [0, 0];
  if (method === 'minMax') return [min, max];
  return method === 'percentile' ? cutTails(histogram, percentile) : minimizeError(histogram);
}

/** Mean squared difference that storing values in 8 bits makes, judged by the histogram. */
export function measureRangeError(histogram: ActivationHistogram, range: Range): number {
  return histogram.total === 0 ? 0 : sumError(histogram.bins(), range) / histogram.total;
}

function cutTails(histogram: ActivationHistogram, percentile: number): Range {
  const allowed = (histogram.total * (100 - percentile)) / 100;
  const bins = histogram.bins();
  const findEnd = (ordered: typeof bins, end: number): number => {
    let passed = 0;
    for (const [index, { centre, count }] of ordered.entries()) {
      passed += count;
      if (passed > allowed) return index === 0 ? end : centre;
    }
    return end;
  };
  return [findEnd(bins, histogram.min), findEnd([...bins].reverse(), histogram.max)];
}

/** A grid search over common shrinkage of both ends, then of each end alone. */
function minimizeError(histogram: ActivationHistogram): Range {
  const { min, max } = histogram;
  const bins = histogram.bins();
  let best: Range = [min, max];
  let error = sumError(bins, best);
  const consider = (range: Range): void => {
    const candidate = sumError(bins, range);
    if (candidate >= error) return;
    best = range;
    error = candidate;
  };
  const shares = Array.from({ length: STEPS - 1 }, (_, index) => (index + 1) / STEPS);
  for (const share of shares) consider([min * share, max * share]);
  const [, high] = best;
  for (const share of shares) consider([min * share, high]);
  const [low] = best;
  for (const share of shares) consider([low, max * share]);
  return best;
}

function sumError(bins: readonly Bin[], range: Range): number {
  const scale = computeUint8Scale(range);
  let sum = 0;
  for (const { centre, count } of bins) sum += count * (centre - throughUint8(centre, scale)) ** 2;
  return sum;
}
