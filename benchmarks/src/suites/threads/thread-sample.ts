/** What was measured with one setting in one process. */

import type { ThreadSetting } from './thread-setting.ts';

/** A run of one setting: a new process, measured with one caller and with twice as many callers as threads. */
export interface ThreadSample {
  readonly setting: ThreadSetting;
  /** Samples of one round were measured one after the other, in random order. */
  readonly round: number;
  /** `select`: to find out which settings are worth more time. `confirm`: to compare those; only these figures are reported with intervals. */
  readonly phase: 'select' | 'confirm';
  /** Answers per second, under twice as many callers as threads. */
  readonly throughput: number;
  /** CPU time per answer under the same load. */
  readonly cpuMs: number;
  /** Median latency of a single caller, and its CPU time per answer. */
  readonly latencyMs: number;
  readonly singleCpuMs: number;
  readonly residentMiB: number;
  /** From creating the engine until all threads were up. */
  readonly allThreadsMs: number;
}

/** What a setting can be best at. */
export const CRITERIA = ['throughput', 'latency', 'cpu'] as const;

/** One of {@link CRITERIA}: answers per second under load, latency of a single caller, CPU time per answer under load. */
export type Criterion = (typeof CRITERIA)[number];

/** The figure of a criterion, turned so that larger is better. */
export function scoreOf({ throughput, latencyMs, cpuMs }: ThreadSample, criterion: Criterion): number {
  return criterion === 'throughput' ? throughput : 1 / (criterion === 'latency' ? latencyMs : cpuMs);
}

/** What the pieces of suite `threads` give. */
export interface ThreadsPiece {
  readonly runtime: 'node-cpu';
  readonly pack: string;
  readonly processors: readonly number[];
  readonly defaultSetting: ThreadSetting;
  readonly samples: readonly ThreadSample[];
}
