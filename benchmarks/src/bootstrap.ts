/** Intervals of what is computed from few repeated measurements. */

import { createRandom } from '@isoface/core/evaluation';

/** The bounds that 2.5 % of the draws lie below and above. */
export type Interval95 = readonly [lower: number, upper: number];

/** Options of {@link bootstrapInterval}. */
export interface BootstrapIntervalOptions {
  /** How many measurements there are to draw from. */
  readonly count: number;
  /** Computes the figure from measurements by their index, drawn with replacement; NaN leaves the round out. */
  readonly statistic: (drawn: readonly number[]) => number;
  readonly rounds?: number | undefined;
  readonly seed?: number | undefined;
}

/**
 * The 95 % percentile interval over draws with replacement (Efron, 1979). Of fewer than about ten measurements it is too narrow: say how many there
 * were. `[NaN, NaN]` where there was nothing to draw.
 */
export function bootstrapInterval({ count, statistic, rounds = 1000, seed = 1 }: BootstrapIntervalOptions): Interval95 {
  if (count === 0) return [Number.NaN, Number.NaN];
  const random = createRandom(seed);
  return percentileInterval(
    Array.from({ length: rounds }, () => statistic(Array.from({ length: count }, () => Math.floor(random() * count)))),
  );
}

/** The 95 % percentile interval of values, NaN left out; `[NaN, NaN]` where nothing is left. */
export function percentileInterval(values: readonly number[]): Interval95 {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return [at(Math.floor(0.025 * sorted.length)), at(Math.ceil(0.975 * sorted.length) - 1)];
}
