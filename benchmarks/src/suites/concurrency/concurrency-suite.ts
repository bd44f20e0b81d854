/** Suite `concurrency`: many callers of one pool. */

import { choosePacks } from '../../run/choose-packs.ts';
import type { Piece, PieceContext, Suite } from '../../run/suite.ts';
import { chooseRuntimes } from '../../runtimes/choose-runtimes.ts';
import type { ConcurrencyPiece } from './concurrency-piece.ts';
import { reportConcurrency } from './concurrency-report.ts';
import { measureArrivals } from './measure-arrivals.ts';
import { measureLevels } from './measure-levels.ts';
import { measureOverload } from './measure-overload.ts';
import { describePool, POOL_RUNTIMES, type PoolUnderTest } from './pool-under-test.ts';

/** Throughput, latency and memory of a pool over the number of callers, with and without back-pressure. */
export const concurrencySuite: Suite<ConcurrencyPiece> = {
  name: 'concurrency',
  title: 'Many callers of one pool',
  description: 'throughput and latency over the number of callers, where the knee is, what overload does',
  minutes: { whole: 4.5, quick: 0.4 },
  async plan(options, signal) {
    const { packs, notMeasured: missingPacks } = await choosePacks(options);
    const { runtimes, notMeasured: missingRuntimes } = await chooseRuntimes(options, POOL_RUNTIMES, signal);
    const pools = runtimes.flatMap((runtime) => packs.map((pack) => describePool(runtime, pack, options)));
    // What waits in a queue is pictures; they are the same for every pack.
    const pieces = pools.flatMap((pool, i) => [
      toPiece(pool, 'levels', 5, measureLevels),
      toPiece(pool, 'arrivals', 2, measureArrivals),
      ...(i === 0 ? [toPiece(pool, 'overload', 2, measureOverload)] : []),
    ]);
    return { pieces, notMeasured: [...missingPacks, ...missingRuntimes] };
  },
  report: reportConcurrency,
};

function toPiece(
  pool: PoolUnderTest,
  kind: ConcurrencyPiece['kind'],
  weight: number,
  measure: (pool: PoolUnderTest, context: PieceContext) => Promise<ConcurrencyPiece>,
): Piece<ConcurrencyPiece> {
  return { name: `${pool.runtime}-${pool.engine.pack}-${kind}`, weight, measure: (context) => measure(pool, context) };
}
