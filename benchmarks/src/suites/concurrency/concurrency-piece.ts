/** What the pieces of suite `concurrency` give. */

import type { RuntimeName } from '../../runtimes/runtime-name.ts';
import type { ArrivalsResult, BurstResult, ClosedLoopResult, LoadEngineFacts } from './load-commands.ts';

interface PieceOf<Kind extends string> {
  readonly kind: Kind;
  readonly runtime: RuntimeName;
  readonly pack: string;
  /** Threads of the pool, and processors of the machine. */
  readonly threads: number;
  readonly processors: number;
}

/** Throughput and latency over the number of callers, and the trial of the advice that follows. */
export interface LevelsPiece extends PieceOf<'levels'> {
  readonly facts: LoadEngineFacts;
  /** Each block has every level once, in an order of its own. */
  readonly blocks: readonly (readonly ClosedLoopResult[])[];
  /** The number of callers that the blocks advise, and the blocks that were measured around it afterwards. */
  readonly advised?: number | undefined;
  readonly trial: readonly (readonly ClosedLoopResult[])[];
}

/** How a burst of pictures is handed in. */
export type BurstVariant = 'analyzeMany' | 'default queue' | 'unbounded queue';

/** More pictures at once than can be worked on, each run in a process of its own. */
export interface OverloadPiece extends PieceOf<'overload'> {
  readonly frameBytes: number;
  readonly runs: readonly (BurstResult & { readonly variant: BurstVariant })[];
}

/** Calls that arrive at random times, at a share of the capacity that was measured right before. */
export interface ArrivalsPiece extends PieceOf<'arrivals'> {
  readonly maxQueue: number;
  readonly runs: readonly (ArrivalsResult & { readonly load: number; readonly capacity: number })[];
}

/** A piece of the suite. */
export type ConcurrencyPiece = LevelsPiece | OverloadPiece | ArrivalsPiece;
