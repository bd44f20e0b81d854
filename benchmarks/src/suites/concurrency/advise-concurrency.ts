/**
 * How many callers a pool should be given at a time.
 *
 * Throughput of a pool grows until all threads are at work and then stays on a plateau, while latency grows with every caller. Two bounds hold for
 * every closed loop (Denning and Buzen, "The Operational Analysis of Queueing Network Models", ACM Computing Surveys 10, 1978): N callers get at
 * most N / R answers, R being the latency of one caller alone, and at most the capacity. They meet at N* = capacity × R (Little's law): below N*
 * something is idle, above it calls wait. N* is too small where several analyses at a time slow each other down, for R then grows, and where a thread
 * idles until its next call arrives. So what is advised is read from the measured curve: the smallest number of callers that holds 95 % of the
 * plateau. In a queue without priorities latency only grows with the number of callers; the smallest number that holds the throughput
 * therefore has the smallest latency that comes with it.
 *
 * The plateau is the median of all numbers of callers of at least twice the threads, not the highest of them: the highest of many noisy figures is noise.
 * Each block has a plateau of its own, so that what all levels of a block share, such as a slow minute, cancels out.
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
  /** Throughput on the plateau, answers per second. */
  readonly capacity: number;
  /** Latency of one caller alone, milliseconds. */
  readonly baseLatencyMs: number;
  /** N*: where the bounds meet. */
  readonly asymptoteCallers: number;
  /** The advised number of callers. */
  readonly callers: number;
}

/**
 * Advises a number of callers, or nothing without a measurement of one caller alone and one of more.
 *
 * @param threads - Of the pool.
 */
export function adviseConcurrency(levels: readonly LevelSummary[], threads: number): ConcurrencyAdvice | undefined {
  const [first] = levels;
  if (first === undefined || first.callers !== 1 || levels.length < 2) return undefined;
  const plateaus = listPlateaus(levels, threads);
  const capacity = medianOf(plateaus);
  const baseShare = shareOfPlateau(first, plateaus);
  return {
    capacity,
    // Little's law with one caller: what is answered per second is one over what an answer takes.
    baseLatencyMs: 1000 / (baseShare * capacity),
    asymptoteCallers: 1 / baseShare,
    callers: findHoldingCallers(levels.map((level) => [level.callers, shareOfPlateau(level, plateaus)])),
  };
}

/** Throughput on the plateau in each block. */
function listPlateaus(levels: readonly LevelSummary[], threads: number): number[] {
  const crowded = levels.filter(({ callers }) => callers >= 2 * threads);
  const plateau = crowded.length > 0 ? crowded : levels.slice(-1);
  const blocks = Math.min(...levels.map(({ throughputs }) => throughputs.length));
  return Array.from({ length: blocks }, (_, i) => medianOf(plateau.map(({ throughputs }) => throughputs[i] as number)));
}

/** Median over the blocks, or over those that were drawn. */
function shareOfPlateau(
  { throughputs }: LevelSummary,
  plateaus: readonly number[],
  blocks: readonly number[] = [...plateaus.keys()],
): number {
  return medianOf(blocks.map((i) => (throughputs[i] as number) / (plateaus[i] as number)));
}

/** The smallest whole number of callers at which the curve, straight between measured levels, reaches {@link HELD_SHARE}. */
function findHoldingCallers(shares: readonly (readonly [callers: number, share: number])[]): number {
  const index = shares.findIndex(([, share]) => share >= HELD_SHARE);
  const [callers, share] = shares[index < 0 ? shares.length - 1 : index] as readonly [number, number];
  const before = shares[index - 1];
  if (before === undefined) return callers;
  const part = (HELD_SHARE - before[1]) / (share - before[1]);
  return Math.max(1, Math.ceil(before[0] + part * (callers - before[0]) - 1e-9));
}

/** Numbers of callers at which advice is put to the test: below, at and above it, where the bounds meet, and far above. Ascending. */
export function listTrialLevels({ callers, asymptoteCallers }: ConcurrencyAdvice, quick: boolean): number[] {
  const around = [callers - 1, callers];
  const wanted = quick ? [...around, 5 * callers] : [...around, callers + 1, Math.ceil(asymptoteCallers), 10 * callers];
  return Array.from(new Set(wanted.filter((value) => value >= 1))).sort((a, b) => a - b);
}

/** What became of advice in the trial. */
export interface TrialVerdict {
  /** Throughput at the advised number over the plateau of the trial. */
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
export function judgeTrial(levels: readonly LevelSummary[], advised: number, threads: number): TrialVerdict | undefined {
  const own = levels.find(({ callers }) => callers === advised);
  if (own === undefined) return undefined;
  const plateaus = listPlateaus(levels, threads);
  const holding = levels.filter((level) => shareOfPlateau(level, plateaus) >= HELD_SHARE);
  const best = holding.reduce((a, b) => (b.latencyP99Ms < a.latencyP99Ms ? b : a), holding[0] ?? own);
  const { share: heldShare, ci95: heldShareCi95 } = measureHeldShare(levels, own, threads);
  const isSlow = own.latencyP99Ms > LATENCY_TOLERANCE * best.latencyP99Ms;
  return {
    heldShare,
    heldShareCi95,
    latencyP99Ms: own.latencyP99Ms,
    bestLatencyP99Ms: best.latencyP99Ms,
    bestCallers: best.callers,
    outcome: heldShare < HELD_SHARE ? (heldShareCi95[1] >= HELD_SHARE ? 'unclear' : 'wrong') : isSlow ? 'wrong' : 'right',
  };
}

/** Throughput of one level over the plateau; the interval comes from drawing blocks. */
export function measureHeldShare(
  levels: readonly LevelSummary[],
  own: LevelSummary,
  threads: number,
): { readonly share: number; readonly ci95: Interval95 } {
  const plateaus = listPlateaus(levels, threads);
  const ci95 = bootstrapInterval({ count: plateaus.length, statistic: (drawn) => shareOfPlateau(own, plateaus, drawn) });
  return { share: shareOfPlateau(own, plateaus), ci95 };
}
