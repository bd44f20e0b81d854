/** How much faster one is than another that was run in turns with it. */

import { medianOf } from '../../statistics.ts';

/** The median over the rounds of sample divided by sample. */
export interface SpeedRatio {
  readonly median: number;
  /** 95 % interval of the median by order statistics: it takes rounds for independent and assumes nothing of how they are distributed. */
  readonly ci95: readonly [number, number];
  readonly rounds: number;
}

/**
 * Divides the samples of a runner by those of the reference in the same rounds: what slowed a round down slowed both.
 *
 * @returns `undefined` where there are no rounds, or the clock saw no time pass for the reference.
 */
export function computeSpeedRatio(samples: readonly number[], reference: readonly number[]): SpeedRatio | undefined {
  const rounds = Math.min(samples.length, reference.length);
  const ratios = Array.from({ length: rounds }, (_, i) => (samples[i] as number) / (reference[i] as number));
  const sorted = ratios.filter(Number.isFinite).sort((a, b) => a - b);
  const { length } = sorted;
  if (length === 0) return undefined;
  // Ranks between which the median lies with 95 % probability: half the rounds, give or take 1.96 standard deviations of a binomial.
  const reach = 0.98 * Math.sqrt(length);
  const low = Math.max(0, Math.floor(length / 2 - reach));
  const high = Math.min(length - 1, Math.ceil(length / 2 + reach) - 1);
  return { median: medianOf(sorted), ci95: [sorted[low] as number, sorted[Math.max(low, high)] as number], rounds: length };
}
