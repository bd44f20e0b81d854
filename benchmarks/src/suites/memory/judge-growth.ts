/** Whether memory grows with the number of analyses. */

import { computeTheilSenSlope, estimateSlope, type Point } from './theil-sen.ts';

/**
 * MiB per 1,000 analyses, that is 1 KiB per analysis. Every buffer with pixels or tensors that an analysis could forget is larger: the smallest, the
 * luminance of a face of 64 x 64, has 16 KiB. Below the limit lie the allocator's own movements, which stop by themselves.
 */
export const FLAT_LIMIT = 1;
/** After fewer analyses, pages that the allocator has taken in advance weigh more than a leak of the limit's size. */
export const LEAST_ANALYSES = 1000;
/** Growing caches, compiled code and threads that start late: no leak, but memory that rises. */
const WARMUP_SHARE = 1 / 3;

/** What the samples say. `undecided`: the interval holds the limit, or there were too few analyses. */
export type Verdict = 'flat' | 'grows' | 'undecided';

/** A verdict with its reasons. */
export interface Growth {
  readonly verdict: Verdict;
  /** MiB per 1,000 analyses. */
  readonly slope: number;
  /** 95 % interval. */
  readonly ci95: readonly [number, number];
  /** Analyses that count: those after the first third. */
  readonly counted: number;
}

/** Memory after a number of analyses. */
export interface Reading {
  readonly analyses: number;
  readonly mib: number;
}

/** Judges readings in the order of their analyses. */
export function judgeGrowth(readings: readonly Reading[]): Growth {
  const counted = afterWarmup(readings);
  const span = (counted.at(-1)?.analyses ?? 0) - (counted[0]?.analyses ?? 0);
  const { slope, ci95 } = estimateSlope(counted.map(toPoint));
  return { verdict: judge(ci95, span), slope, ci95, counted: span };
}

function judge([lower, upper]: readonly [number, number], span: number): Verdict {
  if (span < LEAST_ANALYSES) return 'undecided';
  if (upper < FLAT_LIMIT) return 'flat';
  return lower >= FLAT_LIMIT ? 'grows' : 'undecided';
}

/** The readings after the first third of the analyses. */
export function afterWarmup(readings: readonly Reading[]): readonly Reading[] {
  const from = (readings.at(-1)?.analyses ?? 0) * WARMUP_SHARE;
  return readings.filter(({ analyses }) => analyses >= from);
}

/**
 * Slopes of parts that follow one another, MiB per 1,000 analyses: samples of the slope by which two runs can be compared.
 *
 * @param parts - How many at most; a part has at least 4 readings.
 */
export function slopesOfParts(readings: readonly Reading[], parts: number): number[] {
  return cutInParts(afterWarmup(readings), Math.min(parts, Math.floor(readings.length / 4)))
    .map((part) => computeTheilSenSlope(part.map(toPoint)))
    .filter((slope) => !Number.isNaN(slope));
}

/** Cuts a list into parts of nearly the same length. */
export function cutInParts<T>(list: readonly T[], parts: number): T[][] {
  return Array.from({ length: parts }, (_, i) =>
    list.slice(Math.floor((i * list.length) / parts), Math.floor(((i + 1) * list.length) / parts)),
  ).filter((part) => part.length > 0);
}

function toPoint({ analyses, mib }: Reading): Point {
  return [analyses / 1000, mib];
}
