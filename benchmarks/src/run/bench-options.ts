/** What the user of the command line asked for. */

import type { RuntimeName } from '../runtimes/runtime-name.ts';

/** Options of every suite. */
export interface BenchOptions {
  /** Runtimes that were named: each must be measured or the suite fails. `undefined`: those that this machine has. */
  readonly runtimes: readonly RuntimeName[] | undefined;
  /** Packs that were named, likewise. `undefined`: `starter` and, where its files are, `standard`. */
  readonly packs: readonly string[] | undefined;
  /** Index file of `isoface dataset index`, absolute. `undefined`: pictures made from the demo photos of a development dependency. */
  readonly dataset: string | undefined;
  /** Folder with the labelled photos (`lfw`, …), absolute. Without it nothing is said about accuracy on LFW. */
  readonly data: string | undefined;
  /** Folder with model files, absolute. */
  readonly modelsDir: string | undefined;
  /** Counted rounds. */
  readonly rounds: number;
  /** Rounds before counting. */
  readonly warmup: number;
  /** Whether a first impression is enough: fewer points, fewer rounds. */
  readonly quick: boolean;
}
