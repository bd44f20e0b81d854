/** Repeated measurements with the same number of callers, as one. */

import { bootstrapInterval, type Interval95 } from '../../bootstrap.ts';
import { medianOf, quantileOf } from '../../statistics.ts';
import type { ClosedLoopResult } from './load-commands.ts';

/** One number of callers over all blocks. Medians over the blocks; quantiles of latencies are those of all blocks together. */
export interface LevelSummary extends Omit<ClosedLoopResult, 'seconds' | 'latenciesMs'> {
  /** Answers per second, one value per block. */
  readonly throughputs: readonly number[];
  readonly throughputCi95: Interval95;
}

/** Summarizes blocks by number of callers, in ascending order. A block that was cut short counts with what it has. */
export function summarizeLevels(blocks: readonly (readonly ClosedLoopResult[])[]): LevelSummary[] {
  const all = blocks.flat();
  const levels = Array.from(new Set(all.map(({ callers }) => callers))).sort((a, b) => a - b);
  return levels.map((callers) =>
    summarizeLevel(
      callers,
      all.filter((result) => result.callers === callers),
    ),
  );
}

function summarizeLevel(callers: number, results: readonly ClosedLoopResult[]): LevelSummary {
  const median = (read: (result: ClosedLoopResult) => number): number => medianOf(results.map(read));
  const latencies = results.flatMap(({ latenciesMs }) => latenciesMs);
  const throughputs = results.map(({ throughput }) => throughput);
  return {
    callers,
    throughputs,
    throughput: medianOf(throughputs),
    throughputCi95: bootstrapInterval({
      count: throughputs.length,
      statistic: (drawn) => medianOf(drawn.map((i) => throughputs[i] as number)),
    }),
    answers: results.reduce((sum, { answers }) => sum + answers, 0),
    latencyP50Ms: quantileOf(latencies, 0.5),
    latencyP99Ms: quantileOf(latencies, 0.99),
    waitP50Ms: median(({ waitP50Ms }) => waitP50Ms),
    waitP99Ms: median(({ waitP99Ms }) => waitP99Ms),
    workP50Ms: median(({ workP50Ms }) => workP50Ms),
    busyThreads: median(({ busyThreads }) => busyThreads),
    cpuMs: median(({ cpuMs }) => cpuMs),
    loopLagP99Ms: median(({ loopLagP99Ms }) => loopLagP99Ms),
    residentMiB: median(({ residentMiB }) => residentMiB),
  };
}
