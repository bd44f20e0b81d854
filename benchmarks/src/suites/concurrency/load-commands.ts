/** What a load process can be asked, and what it answers. Plain data: it crosses between processes. */

import type { WireError } from '@isoface/core';

/** The engine that is put under load. */
export interface LoadEngineOptions {
  readonly pack: string;
  readonly executionProvider: 'cpu' | 'webgpu' | 'cuda';
  readonly modelsDir?: string | undefined;
  readonly threads: number;
  /** As the engine's options of the same names; `undefined`: its defaults. */
  readonly intraOpThreads?: number | undefined;
  readonly intraOpSpinning?: boolean | undefined;
  readonly maxQueue?: number | undefined;
}

/** What a process says of its engine once it is ready. */
export interface LoadEngineFacts {
  readonly executionProvider: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Until the engine was created with its first thread, and until all threads were up, milliseconds. */
  readonly readyMs: number;
  readonly allThreadsMs: number;
  /** Bytes of the picture and of the answer that cross to a worker thread and back with each analysis. */
  readonly frameBytes: number;
  readonly answerBytes: number;
  /** Faces in the picture. */
  readonly faces: number;
  /** Answers per second with twice as many callers as threads, when all threads are up: a first guess. */
  readonly warmThroughput: number;
}

/** Callers that ask again as soon as they are answered. */
export interface ClosedLoopCommand {
  readonly type: 'closedLoop';
  readonly callers: number;
  readonly milliseconds: number;
  /** Counted answers at least, however long they take; at least 1. */
  readonly minAnswers: number;
}

/** What was seen between the first counted answer and the last. Latencies are those of answers in this time; all calls were made under this load. */
export interface ClosedLoopResult {
  readonly callers: number;
  readonly answers: number;
  readonly seconds: number;
  /** Answers per second. */
  readonly throughput: number;
  /** What callers waited, ascending; of many answers an even choice. */
  readonly latenciesMs: readonly number[];
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  /** Latency less the stages of the analysis itself: in the queue, and on the way between threads. */
  readonly waitP50Ms: number;
  readonly waitP99Ms: number;
  /** The stages of one analysis by the clock of its worker. */
  readonly workP50Ms: number;
  /** How many threads worked on analyses at a time, on average. */
  readonly busyThreads: number;
  /** CPU time of the process per answer, all threads. */
  readonly cpuMs: number;
  /** Delay of timers of the calling thread. */
  readonly loopLagP99Ms: number;
  readonly residentMiB: number;
}

/** Callers that come by themselves, at random times (Poisson), whether earlier ones were answered or not. */
export interface ArrivalsCommand {
  readonly type: 'arrivals';
  readonly perSecond: number;
  readonly milliseconds: number;
  /** Calls that arrive before this time are made but not counted. */
  readonly skipMs: number;
  readonly seed: number;
}

/** What became of the calls that arrived in the counted time. */
export interface ArrivalsResult {
  readonly perSecond: number;
  readonly arrived: number;
  readonly answered: number;
  /** Calls that failed with `OVERLOADED`. */
  readonly refused: number;
  /** Answered calls over the counted time. */
  readonly throughput: number;
  /** From the moment at which a call was due until its answer, ascending; of many an even choice. */
  readonly latenciesMs: readonly number[];
  /** Absent where nothing was answered. */
  readonly latencyP50Ms?: number | undefined;
  readonly latencyP99Ms?: number | undefined;
  /** From the call until the refusal; absent where nothing was refused. */
  readonly refusalP50Ms?: number | undefined;
  readonly refusalMaxMs?: number | undefined;
  readonly loopLagP99Ms: number;
  readonly residentMiB: number;
}

/** Many pictures at once, each with pixels of its own. */
export interface BurstCommand {
  readonly type: 'burst';
  readonly count: number;
  /** `calls`: a call for every picture, as soon as there is one; `analyzeMany`: pictures are made when it asks for them. */
  readonly by: 'calls' | 'analyzeMany';
  /** So long after all pictures were handed in, or `analyzeMany` began, what is not answered is given up. */
  readonly milliseconds: number;
}

/** What became of a burst. */
export interface BurstResult {
  readonly by: BurstCommand['by'];
  readonly count: number;
  readonly answered: number;
  readonly refused: number;
  readonly givenUp: number;
  readonly seconds: number;
  /** Answers per second; 0 where nothing was answered. */
  readonly throughput: number;
  /** From the call until its refusal; absent where nothing was refused. */
  readonly refusalP50Ms?: number | undefined;
  readonly refusalMaxMs?: number | undefined;
  /** From the call until its answer; absent where nothing was answered. */
  readonly latencyP50Ms?: number | undefined;
  readonly latencyMaxMs?: number | undefined;
  /** Resident memory before, and the most that was seen while pictures waited. */
  readonly residentBeforeMiB: number;
  readonly residentPeakMiB: number;
}

/** Anything that a load process can be asked. */
export type LoadCommand =
  | { readonly type: 'open'; readonly options: LoadEngineOptions }
  | ClosedLoopCommand
  | ArrivalsCommand
  | BurstCommand
  | { readonly type: 'close' };

/** Parent to child. */
export interface LoadRequest {
  readonly id: number;
  readonly command: LoadCommand;
}

/** Child to parent. */
export type LoadAnswer = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: WireError };
