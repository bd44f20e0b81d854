/** Piece `levels`: a pool under more and more callers. */

import { createRandom } from '@isoface/core/evaluation';
import type { PieceContext } from '../../run/suite.ts';
import { shuffle } from '../../shuffle.ts';
import { adviseConcurrency, listTrialLevels } from './advise-concurrency.ts';
import type { LevelsPiece } from './concurrency-piece.ts';
import { summarizeLevels } from './level-summary.ts';
import type { ClosedLoopResult } from './load-commands.ts';
import { type LoadProcess, withLoadProcess } from './load-process.ts';
import type { PoolUnderTest } from './pool-under-test.ts';

/** Room for every caller: a full queue is another piece. */
const MAX_QUEUE = 100_000;
/** Of the time: what the blocks get; the trial gets the rest. */
const BLOCKS_SHARE = 0.65;
const MIN_WINDOW_MS = 150;
const MAX_WINDOW_MS = 5000;
/** Answers that a window needs at least. */
const MIN_ANSWERS = 6;

/** Measures all levels in blocks, asks for advice, and measures around it. */
export function measureLevels(pool: PoolUnderTest, context: PieceContext): Promise<LevelsPiece> {
  const { engine, levels, minRounds, quick, rounds } = pool;
  return withLoadProcess({ ...engine, maxQueue: MAX_QUEUE }, { signal: context.signal }, async (load) => {
    const repeat = { needed: minRounds, wanted: Math.max(minRounds, rounds), context };
    const blocks = await measureBlocks(load, { ...repeat, levels, milliseconds: context.timeLeftMs() * BLOCKS_SHARE, seed: 1 });
    const advice = adviseConcurrency(summarizeLevels(blocks), engine.threads);
    const around = advice === undefined ? [] : listTrialLevels(advice, quick);
    const trial =
      advice === undefined ? [] : await measureBlocks(load, { ...repeat, levels: around, milliseconds: context.timeLeftMs(), seed: 2 });
    const { runtime, processors } = pool;
    const about = { runtime, pack: engine.pack, threads: engine.threads, processors };
    return { kind: 'levels', ...about, facts: load.facts, blocks, advised: advice?.callers, trial };
  });
}

interface BlocksOptions {
  readonly levels: readonly number[];
  /** Blocks at least, whatever they cost, and blocks if the time allows. */
  readonly needed: number;
  readonly wanted: number;
  readonly milliseconds: number;
  readonly seed: number;
  readonly context: PieceContext;
}

async function measureBlocks(load: LoadProcess, options: BlocksOptions): Promise<ClosedLoopResult[][]> {
  const { levels, needed, wanted, milliseconds, seed, context } = options;
  const until = performance.now() + milliseconds;
  const random = createRandom(seed);
  // Before a level counts, each of its callers must have been answered once.
  const settlingMs = (1000 * levels.reduce((sum, callers) => sum + callers, 0)) / load.facts.warmThroughput;
  const windowMs = Math.min(MAX_WINDOW_MS, Math.max(MIN_WINDOW_MS, (milliseconds / wanted - settlingMs) / levels.length));
  const blocks: ClosedLoopResult[][] = [];
  while (blocks.length < wanted) {
    const started = performance.now();
    const block: ClosedLoopResult[] = [];
    for (const callers of shuffle(levels, random)) {
      context.progress(`block ${blocks.length + 1}, ${callers} callers`);
      block.push(await load.closedLoop({ callers, milliseconds: windowMs, minAnswers: MIN_ANSWERS }));
    }
    blocks.push(block);
    const isTimeUp = performance.now() + (performance.now() - started) > until;
    if (blocks.length >= needed && isTimeUp) break;
  }
  return blocks;
}
