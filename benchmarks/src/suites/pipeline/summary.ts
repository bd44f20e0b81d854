/** Series of measurements in a few numbers. */

import { medianOf, quantileOf } from '../../statistics.ts';

/** What is said of a series. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
  /** Of the sample: divided by one less than there are values; 0 for a single value. */
  readonly variance: number;
}

/** Computes the summary of at least one value. */
export function summarize(values: readonly number[]): Summary {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, median: medianOf(values), p95: quantileOf(values, 0.95), variance: count < 2 ? 0 : squares / (count - 1) };
}

/** To as many digits as a figure of a busy machine deserves. */
export function toDigits(value: number, digits = 3): number {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value;
}
