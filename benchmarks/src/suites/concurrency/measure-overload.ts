/** Piece `overload`: more pictures at once than can be worked on, with and without back-pressure. */

import { freemem } from 'node:os';
import type { PieceContext } from '../../run/suite.ts';
import type { BurstVariant, OverloadPiece } from './concurrency-piece.ts';
import type { LoadEngineOptions } from './load-commands.ts';
import { withLoadProcess } from './load-process.ts';
import type { PoolUnderTest } from './pool-under-test.ts';

const VARIANTS: readonly BurstVariant[] = ['analyzeMany', 'default queue', 'unbounded queue'];
const COUNT = 600;
const QUICK_COUNT = 200;
/** More than the default queue and its threads hold: some must be refused. */
const MIN_COUNT = 160;
/** Of the free memory, for the pictures that wait in an unbounded queue. */
const MEMORY_SHARE = 0.15;
/** What starting a process takes, roughly, and the shortest burst that says something. */
const START_MS = 1500;
const MIN_BURST_MS = 400;

/** Measures each variant in processes of their own, one after the other, again while there is time. */
export async function measureOverload(pool: PoolUnderTest, context: PieceContext): Promise<OverloadPiece> {
  const runs: OverloadPiece['runs'][number][] = [];
  const rounds = pool.quick ? 1 : pool.rounds;
  const roundMs = Math.max(context.timeLeftMs() / Math.min(rounds, 3), 0);
  const milliseconds = Math.max(MIN_BURST_MS, roundMs / VARIANTS.length - START_MS);
  let frameBytes = 0;
  for (let round = 0; round < rounds && (round === 0 || context.timeLeftMs() > 0.7 * roundMs); round++) {
    for (const variant of VARIANTS) {
      context.progress(`round ${round + 1}, ${variant}`);
      const result = await withLoadProcess({ ...pool.engine, ...queueOf(variant) }, { signal: context.signal }, (load) => {
        frameBytes = load.facts.frameBytes;
        const fitting = Math.floor((freemem() * MEMORY_SHARE) / frameBytes);
        const count = Math.max(MIN_COUNT, Math.min(pool.quick ? QUICK_COUNT : COUNT, fitting));
        return load.burst({ count, by: variant === 'analyzeMany' ? 'analyzeMany' : 'calls', milliseconds });
      });
      runs.push({ variant, ...result });
    }
  }
  const { runtime, processors, engine } = pool;
  return { kind: 'overload', runtime, pack: engine.pack, threads: engine.threads, processors, frameBytes, runs };
}

function queueOf(variant: BurstVariant): Pick<LoadEngineOptions, 'maxQueue'> {
  return variant === 'unbounded queue' ? { maxQueue: 1_000_000 } : {};
}
