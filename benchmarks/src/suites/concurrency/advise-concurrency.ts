/**
 * How many callers a pool should be given at a time.
 *
 * The Universal Scalability Law says where throughput is highest, which is no advice for a pool: throughput stays on a plateau, its highest point is
 * wherever noise put it, and latency grows with every caller. Two bounds hold for every closed loop (Denning and Buzen, "The Operational Analysis of
 * Queueing Network Models", ACM Computing Surveys 10, 1978): N callers get at most N / R answers, R being the latency of one caller alone, and at
 * most the capacity. They meet at N* = capacity × R (Little's law): below N* something is idle, above it calls wait. N* is reached only by calls
 * that never meet, and it is too small where several analyses at a time slow each other down, for R then grows. So what is advised is read
 * from the measured curve: the smallest number of callers at which it holds 95 % of the capacity. In a queue without priorities latency only grows
 * with the number of callers; the smallest number that holds the throughput therefore has the smallest latency that comes with it.
 */

import { bootstrapInterval, type Interval95 } from '../../bootstrap.ts';
import { medianOf } from '../../statistics.ts';
import type { LevelSummary } from './level-summary.ts';

/** Of the capacity: what counts as held. */
export const HELD_SHARE = 0.95;
/** How much larger the 99th percentile of the latency may be than the smallest that comes with the throughput, before it counts as larger. */
const LATENCY_TOLERANCE = 1.1;

/** Advice from measured levels. */
export interface ConcurrencyAdvice {
  /** Highest median throughput, answers per second. */
  readonly capacity: number;
  /** Latency of one caller alone, milliseconds. */
  readonly baseLatencyMs: number;
  /** N*: where the bounds meet. */
  readonly asymptoteCallers: number;
  /** The advised number of callers. */
  readonly callers: number;
}

/** Advises a number of callers, or nothing without a measurement of one caller alone and one of more. */
export function adviseConcurrency(levels: readonly LevelSummary[]): ConcurrencyAdvice | undefined {
  const [first] = levels;
  if (first === undefined || first.callers !== 1 || levels.length < 2) return undefined;
  const capacity = Math.max(...levels.map(({ throughput }) => throughput));
  return {
    capacity,
    // Little's law with one caller: what is answered per second is one over what an answer takes.
    baseLatencyMs: 1000 / first.throughput,
    asymptoteCallers: capacity / first.throughput,
    callers: findHoldingCallers(levels, HELD_SHARE * capacity),
  };
}

/** The smallest whole number of callers at which the curve, straight between measured levels, reaches `throughput`. */
function findHoldingCallers(levels: readonly LevelSummary[], throughput: number): number {
  const index = levels.findIndex((level) => level.throughput >= throughput);
  const reached = levels[index] as LevelSummary;
  const before = levels[index - 1];
  if (before === undefined) return reached.callers;
  const share = (throughput - before.throughput) / (reached.throughput - before.throughput);
  return Math.max(1, Math.ceil(before.callers + share * (reached.callers - before.callers) - 1e-9));
}

/** Numbers of callers at which advice is put to the test: below, at and above it, where the bounds meet, and far above. Ascending. */
export function listTrialLevels({ callers, asymptoteCallers }: ConcurrencyAdvice, quick: boolean): number[] {
  const around = [callers - 1, callers];
  const wanted = quick ? [...around, 5 * callers] : [...around, callers + 1, Math.ceil(asymptoteCallers), 10 * callers];
  return Array.from(new Set(wanted.filter((value) => value >= 1))).sort((a, b) => a - b);
}

/** What became of advice in the trial. */
export interface TrialVerdict {
  /** Throughput at the advised number over the highest of the trial. */
  readonly heldShare: number;
  readonly heldShareCi95: Interval95;
  /** 99th percentile of the latency at the advised number, and the smallest among the numbers that hold the throughput, with that number. */
  readonly latencyP99Ms: number;
  readonly bestLatencyP99Ms: number;
  readonly bestCallers: number;
  /**
   * `right`: it holds the throughput at about the smallest latency that comes with it. `wrong`: it surely does not hold it, or a number that does has
   * clearly less latency. `unclear`: it does not hold it, but its interval says that it may.
   */
  readonly outcome: 'right' | 'wrong' | 'unclear';
}

/** Judges advice by fresh measurements, or not at all if the advised number is not among them. */
export function judgeTrial(levels: readonly LevelSummary[], advised: number): TrialVerdict | undefined {
  const own = levels.find(({ callers }) => callers === advised);
  if (own === undefined) return undefined;
  const peak = Math.max(...levels.map(({ throughput }) => throughput));
  const holding = levels.filter(({ throughput }) => throughput >= HELD_SHARE * peak);
  const best = holding.reduce((a, b) => (b.latencyP99Ms < a.latencyP99Ms ? b : a));
  const heldShare = own.throughput / peak;
  const heldShareCi95 = boundShareOfPeak(levels, own);
  const isSlow = own.latencyP99Ms > LATENCY_TOLERANCE * best.latencyP99Ms;
  return {
    heldShare,
    heldShareCi95,
    latencyP99Ms: own.latencyP99Ms,
    bestLatencyP99Ms: best.latencyP99Ms,
    bestCallers: best.callers,
    outcome: isSlow ? 'wrong' : heldShare >= HELD_SHARE ? 'right' : heldShareCi95[1] >= HELD_SHARE ? 'unclear' : 'wrong',
  };
}

/** The interval of one level's throughput over the highest: blocks are drawn, so that what all levels of a block share cancels out. */
export function boundShareOfPeak(levels: readonly LevelSummary[], own: LevelSummary): Interval95 {
  const count = Math.min(...levels.map(({ throughputs }) => throughputs.length));
  const median = ({ throughputs }: LevelSummary, drawn: readonly number[]): number => medianOf(drawn.map((i) => throughputs[i] as number));
  return bootstrapInterval({ count, statistic: (drawn) => median(own, drawn) / Math.max(...levels.map((level) => median(level, drawn))) });
}
