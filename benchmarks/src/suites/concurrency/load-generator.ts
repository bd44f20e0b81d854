/** Callers of an engine, in this process: in a closed loop, as random arrivals, and in bursts. */

import { setMaxListeners } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTask } from 'node:timers/promises';
import { type Analysis, isFaceError, type RgbaImage, type StageTimings } from '@isoface/core';
import { createRandom } from '@isoface/core/evaluation';
import { cpuNow, quantileOf } from '../../statistics.ts';
import type { ArrivalsCommand, ArrivalsResult, BurstCommand, BurstResult, ClosedLoopCommand, ClosedLoopResult } from './load-commands.ts';

/** What is put under load: the part of an engine that callers use. */
export interface LoadTarget {
  analyze(image: RgbaImage, options: { readonly signal: AbortSignal }): Promise<Pick<Analysis, 'timings'>>;
  analyzeMany(images: Iterable<RgbaImage>, options: { readonly signal: AbortSignal }): AsyncIterable<object>;
}

/** Latencies that are kept of one measurement. */
const MAX_KEPT = 500;
/** Of the timer that is watched; it counts as no delay. */
const LAG_RESOLUTION_MS = 1;

/** Work of one analysis by the clock of its worker, milliseconds. */
function sumStages({ decodeMs, preprocessMs, detectMs, alignMs, embedMs, livenessMs, matchMs }: StageTimings): number {
  return decodeMs + preprocessMs + detectMs + alignMs + embedMs + livenessMs + matchMs;
}

/**
 * Runs callers in a closed loop. Counting begins when every caller was answered once: from then on each call was made behind all others. What is
 * under way at the end is given up.
 *
 * @param threads - Threads of the pool, for the first answers of a few callers.
 * @throws What an analysis fails with.
 */
export async function runClosedLoop(
  target: LoadTarget,
  image: RgbaImage,
  command: ClosedLoopCommand,
  threads: number,
): Promise<ClosedLoopResult> {
  const { callers, milliseconds, minAnswers } = command;
  const callersGroup = createCallGroup();
  const { signal } = callersGroup;
  const lag = watchLoopLag();
  const latencies: number[] = [];
  const works: number[] = [];
  // With fewer callers than threads, what was given up before is still worked on by the others.
  let unsettled = Math.max(callers, threads) + 1;
  let first = { at: 0, cpu: 0 };
  let last = first;

  const onAnswer = (started: number, timings: StageTimings): void => {
    const now = { at: performance.now(), cpu: cpuNow() };
    if (unsettled > 0) {
      unsettled--;
      if (unsettled > 0) return;
      // The first answer opens the counted time and is not in it: it would be an answer more than there are intervals.
      lag.reset();
      first = now;
      last = now;
      return;
    }
    latencies.push(now.at - started);
    works.push(sumStages(timings));
    last = now;
    if (now.at - first.at >= milliseconds && latencies.length >= minAnswers) callersGroup.giveUp();
  };
  const caller = async (): Promise<void> => {
    while (!signal.aborted) {
      const started = performance.now();
      const { timings } = await target.analyze(image, { signal });
      if (!signal.aborted) onAnswer(started, timings);
    }
  };
  try {
    for (let i = 0; i < callers; i++) callersGroup.add(caller());
    await callersGroup.settle();
  } finally {
    lag.stop();
  }
  const seconds = (last.at - first.at) / 1000;
  const waits = latencies.map((latency, i) => latency - (works[i] as number));
  return {
    callers,
    answers: latencies.length,
    seconds: round(seconds),
    throughput: round(latencies.length / seconds),
    latenciesMs: thinSorted(latencies),
    latencyP50Ms: round(quantileOf(latencies, 0.5)),
    latencyP99Ms: round(quantileOf(latencies, 0.99)),
    waitP50Ms: round(quantileOf(waits, 0.5)),
    waitP99Ms: round(quantileOf(waits, 0.99)),
    workP50Ms: round(quantileOf(works, 0.5)),
    busyThreads: round(works.reduce((sum, value) => sum + value, 0) / 1000 / seconds),
    cpuMs: round((last.cpu - first.cpu) / latencies.length),
    loopLagP99Ms: lag.p99(),
    residentMiB: residentMiB(),
  };
}

interface CallGroup {
  /** Aborted by the first call that fails, and by `giveUp`. */
  readonly signal: AbortSignal;
  add(call: Promise<void>): void;
  giveUp(): void;
  /** Waits for all calls. @throws What the first one failed with; being given up is no failure. */
  settle(): Promise<void>;
}

function createCallGroup(): CallGroup {
  const leave = new AbortController();
  // Node warns of a leak from eleven listeners on; here there is one for each call under way.
  setMaxListeners(0, leave.signal);
  const calls: Promise<void>[] = [];
  let failure: { readonly error: unknown } | undefined;
  const onFailure = (error: unknown): void => {
    if (leave.signal.aborted) return;
    failure = { error };
    leave.abort();
  };
  return {
    signal: leave.signal,
    add: (call) => void calls.push(call.catch(onFailure)),
    giveUp: () => leave.abort(),
    async settle() {
      await Promise.all(calls);
      if (failure !== undefined) throw failure.error;
    },
  };
}

/**
 * Lets calls arrive at random times, and waits until all are answered or refused. A call that is made late because this thread was busy counts from
 * the moment at which it was due.
 *
 * @throws What an analysis fails with, except `OVERLOADED`.
 */
export async function runArrivals(target: LoadTarget, image: RgbaImage, command: ArrivalsCommand): Promise<ArrivalsResult> {
  const { perSecond, milliseconds, skipMs, seed } = command;
  const calls = createCallGroup();
  const lag = watchLoopLag();
  const random = createRandom(seed);
  const latencies: number[] = [];
  const refusals: number[] = [];
  const began = performance.now();
  let arrived = 0;

  const call = async (due: number): Promise<void> => {
    const isCounted = due >= skipMs;
    if (isCounted) arrived++;
    const started = performance.now();
    try {
      await target.analyze(image, { signal: calls.signal });
      if (isCounted) latencies.push(performance.now() - began - due);
    } catch (error) {
      if (!isFaceError(error, 'OVERLOADED')) throw error;
      if (isCounted) refusals.push(performance.now() - started);
    }
  };
  try {
    for (let due = nextInterval(random, perSecond); due < milliseconds && !calls.signal.aborted; due += nextInterval(random, perSecond)) {
      const wait = began + due - performance.now();
      // A timer is up to a millisecond late. Waiting in a busy loop instead would take the core from the analyses.
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      calls.add(call(due));
    }
    await calls.settle();
  } finally {
    lag.stop();
  }
  return {
    perSecond: round(perSecond),
    arrived,
    answered: latencies.length,
    refused: refusals.length,
    throughput: round(latencies.length / ((milliseconds - skipMs) / 1000)),
    latenciesMs: thinSorted(latencies),
    latencyP50Ms: quantileOrNone(latencies, 0.5),
    latencyP99Ms: quantileOrNone(latencies, 0.99),
    refusalP50Ms: quantileOrNone(refusals, 0.5),
    refusalMaxMs: quantileOrNone(refusals, 1),
    loopLagP99Ms: lag.p99(),
    residentMiB: residentMiB(),
  };
}

/** Time until the next arrival of a Poisson process, milliseconds. */
function nextInterval(random: () => number, perSecond: number): number {
  return (-Math.log(1 - random()) * 1000) / perSecond;
}

/**
 * Hands in many pictures as fast as they come, each with its own pixels as uploads have, and watches the memory.
 *
 * @throws What an analysis fails with, except `OVERLOADED`.
 */
export async function runBurst(target: LoadTarget, image: RgbaImage, { count, by, milliseconds }: BurstCommand): Promise<BurstResult> {
  const calls = createCallGroup();
  const latencies: number[] = [];
  const refusals: number[] = [];
  const residentBeforeMiB = residentMiB();
  let residentPeakMiB = residentBeforeMiB;
  const look = (): void => {
    residentPeakMiB = Math.max(residentPeakMiB, residentMiB());
  };
  const copy = (): RgbaImage => ({ ...image, data: image.data.slice() });
  const watching = setInterval(look, 10);
  const started = performance.now();
  let lastAnswer = started;
  let givingUp: NodeJS.Timeout | undefined;
  const onAnswer = (asked: number): void => {
    lastAnswer = performance.now();
    latencies.push(lastAnswer - asked);
  };

  const call = async (): Promise<void> => {
    const picture = copy();
    const asked = performance.now();
    try {
      await target.analyze(picture, { signal: calls.signal });
      onAnswer(asked);
    } catch (error) {
      if (!isFaceError(error, 'OVERLOADED')) throw error;
      refusals.push(performance.now() - asked);
    }
  };
  try {
    if (by === 'analyzeMany') calls.add(takeAll(target, makeImages(count, copy), calls.signal, onAnswer));
    for (let i = 0; by === 'calls' && i < count && !calls.signal.aborted; i++) {
      calls.add(call());
      // Each arrives in a task of its own, as requests do.
      await nextTask();
    }
    look();
    givingUp = setTimeout(calls.giveUp, milliseconds);
    await calls.settle();
  } finally {
    clearInterval(watching);
    clearTimeout(givingUp);
  }
  const seconds = (lastAnswer - started) / 1000;
  return {
    by,
    count,
    answered: latencies.length,
    refused: refusals.length,
    givenUp: count - latencies.length - refusals.length,
    seconds: round(seconds),
    throughput: seconds > 0 ? round(latencies.length / seconds) : 0,
    refusalP50Ms: quantileOrNone(refusals, 0.5),
    refusalMaxMs: quantileOrNone(refusals, 1),
    latencyP50Ms: quantileOrNone(latencies, 0.5),
    latencyMaxMs: quantileOrNone(latencies, 1),
    residentBeforeMiB,
    residentPeakMiB,
  };
}

/** Pictures that exist from the moment at which they are asked for. */
function makeImages(count: number, make: () => RgbaImage): { readonly images: Iterable<RgbaImage>; readonly askedAt: readonly number[] } {
  const askedAt: number[] = [];
  function* generate(): Generator<RgbaImage> {
    for (let i = 0; i < count; i++) {
      askedAt.push(performance.now());
      yield make();
    }
  }
  return { images: generate(), askedAt };
}

async function takeAll(
  target: LoadTarget,
  { images, askedAt }: ReturnType<typeof makeImages>,
  signal: AbortSignal,
  onAnswer: (asked: number) => void,
): Promise<void> {
  let taken = 0;
  for await (const outcome of target.analyzeMany(images, { signal })) {
    if ('error' in outcome) throw outcome.error;
    onAnswer(askedAt[taken++] as number);
  }
}

function watchLoopLag(): { reset(): void; stop(): void; p99(): number } {
  const histogram = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  histogram.enable();
  return {
    reset: () => histogram.reset(),
    stop: () => void histogram.disable(),
    p99: () => round(Math.max(0, histogram.percentile(99) / 1e6 - LAG_RESOLUTION_MS)),
  };
}

function quantileOrNone(values: readonly number[], quantile: number): number | undefined {
  return values.length === 0 ? undefined : round(quantileOf(values, quantile));
}

function residentMiB(): number {
  return Math.round((process.memoryUsage.rss() / 2 ** 20) * 10) / 10;
}

/** In ascending order; of more than are kept those at even distances, smallest and largest among them. */
function thinSorted(values: readonly number[]): number[] {
  const sorted = values.map(round).sort((a, b) => a - b);
  if (sorted.length <= MAX_KEPT) return sorted;
  return Array.from({ length: MAX_KEPT }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (MAX_KEPT - 1))] as number);
}

/** To a hundredth of a unit, or three digits of small numbers. */
function round(value: number): number {
  return Math.abs(value) < 1 ? Number(value.toPrecision(3)) : Math.round(value * 100) / 100;
}
