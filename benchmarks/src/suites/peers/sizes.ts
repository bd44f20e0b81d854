/** How much is measured. */

import type { BenchOptions } from '../../run/bench-options.ts';

/** Counts of one side. */
export interface Sizes {
  /** Counted rounds, while there is time, and those that are made in any case. */
  readonly rounds: number;
  readonly leastRounds: number;
  readonly warmup: number;
  /** Analyses of the frame in each round. */
  readonly framesPerRound: number;
  /** Counted starts in a browser; one more comes before them. With 0 that one is the only one, and no figure. */
  readonly starts: number;
  /** Whether the large file is measured. */
  readonly withFile: boolean;
}

/** What the options mean for this suite. */
export function chooseSizes({ rounds, warmup, quick }: Pick<BenchOptions, 'rounds' | 'warmup' | 'quick'>): Sizes {
  if (quick)
    return { rounds: Math.min(rounds, 2), leastRounds: 1, warmup: Math.min(warmup, 1), framesPerRound: 2, starts: 0, withFile: false };
  // Four frames in each of five rounds are the twenty samples that a median is quoted of.
  return { rounds, leastRounds: Math.min(rounds, 3), warmup, framesPerRound: 4, starts: 2, withFile: true };
}
