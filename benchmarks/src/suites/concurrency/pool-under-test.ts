/** The pool that is measured. */

import { availableParallelism } from 'node:os';
import type { BenchOptions } from '../../run/bench-options.ts';
import type { RuntimeName } from '../../runtimes/runtime-name.ts';
import type { LoadEngineOptions } from './load-commands.ts';

/** Runtimes that have a pool of worker threads. */
export const POOL_RUNTIMES = ['node-cpu', 'node-webgpu', 'node-cuda'] as const satisfies readonly RuntimeName[];

const LEVELS = [1, 2, 5, 10, 20, 50, 100, 200];
const QUICK_LEVELS = [1, 2, 5, 20];

/** A pool with its settings, and how thoroughly it is measured. */
export interface PoolUnderTest {
  readonly runtime: RuntimeName;
  readonly engine: LoadEngineOptions;
  /** Processors of the machine. */
  readonly processors: number;
  /** Numbers of callers, ascending, from 1 on. */
  readonly levels: readonly number[];
  readonly quick: boolean;
  /** Repetitions that are needed, whatever they cost, and those if the time allows. */
  readonly minRounds: number;
  readonly rounds: number;
}

/** The pool as the engine makes it by default. */
export function describePool(runtime: RuntimeName, pack: string, { modelsDir, quick, rounds }: BenchOptions): PoolUnderTest {
  const executionProvider = runtime === 'node-cuda' ? 'cuda' : runtime === 'node-webgpu' ? 'webgpu' : 'cpu';
  const threads = defaultThreads();
  return {
    runtime,
    engine: { pack, modelsDir, executionProvider, threads },
    levels: quick ? QUICK_LEVELS : Array.from(new Set([...LEVELS, threads])).sort((a, b) => a - b),
    processors: availableParallelism(),
    quick,
    minRounds: 3,
    rounds,
  };
}

/** Threads of a pool for which none were asked for. A test holds it to what the engine does. */
export function defaultThreads(): number {
  return Math.min(8, availableParallelism());
}
