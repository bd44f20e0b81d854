/** Piece `arrivals`: calls that come by themselves, below and above what the pool can answer. */

import { createRandom } from '@isoface/core/evaluation';
import type { PieceContext } from '../../run/suite.ts';
import { shuffle } from '../../shuffle.ts';
import type { ArrivalsPiece } from './concurrency-piece.ts';
import { withLoadProcess } from './load-process.ts';
import type { PoolUnderTest } from './pool-under-test.ts';

/** Arrivals over capacity. */
const LOADS = [0.5, 0.8, 0.95, 1.2];
const QUICK_LOADS = [0.8, 1.2];
/** Calls that may wait, for each thread. The default queue would take longer to fill than there is time. */
const QUEUE_PER_THREAD = 8;
const MIN_RUN_MS = 600;
const MAX_RUN_MS = 15_000;
/** Of a run: what passes before calls count, so that the queue is as it stays. */
const SKIPPED_SHARE = 0.25;
/** Of a run: how long the capacity is measured before each block. */
const CAPACITY_SHARE = 0.4;

/** Measures every load in blocks, each after a fresh look at the capacity. */
export function measureArrivals(pool: PoolUnderTest, context: PieceContext): Promise<ArrivalsPiece> {
  const { threads } = pool.engine;
  const maxQueue = QUEUE_PER_THREAD * threads;
  return withLoadProcess({ ...pool.engine, maxQueue }, { signal: context.signal }, async (load) => {
    const loads = pool.quick ? QUICK_LOADS : LOADS;
    const blocks = pool.quick ? 1 : 3;
    const random = createRandom(3);
    const runs: ArrivalsPiece['runs'][number][] = [];
    const milliseconds = Math.min(MAX_RUN_MS, Math.max(MIN_RUN_MS, context.timeLeftMs() / (blocks * (loads.length + CAPACITY_SHARE))));
    for (let block = 0; block < blocks && (block === 0 || context.timeLeftMs() > 0); block++) {
      context.progress(`block ${block + 1}, capacity`);
      const { throughput: capacity } = await load.closedLoop({
        callers: 4 * threads,
        milliseconds: CAPACITY_SHARE * milliseconds,
        minAnswers: 10 * threads,
      });
      for (const [i, share] of shuffle(loads, random).entries()) {
        context.progress(`block ${block + 1}, arrivals at ${share} of the capacity`);
        const skipMs = SKIPPED_SHARE * milliseconds;
        const seed = 100 * block + i;
        runs.push({ load: share, capacity, ...(await load.arrivals({ perSecond: share * capacity, milliseconds, skipMs, seed })) });
      }
    }
    const { runtime, processors, engine } = pool;
    return { kind: 'arrivals', runtime, pack: engine.pack, threads, processors, maxQueue, runs };
  });
}
