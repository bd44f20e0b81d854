/** CPU time of two forms of one model, run in turns. */

import type { InferenceSession, Tensor } from '@isoface/core';

/** Median CPU milliseconds of one run, all threads of the process counted. */
export interface CpuTimes {
  readonly before: number;
  readonly after: number;
  /** Runs of each that the medians are of. */
  readonly runs: number;
}

const WARM_UP = 3;
const RUNS = 25;

/** Runs the two in turns, so that whatever else the machine does falls on both. */
export async function measureCpu(
  before: InferenceSession,
  after: InferenceSession,
  inputs: Readonly<Record<string, Tensor>>,
  signal: AbortSignal,
): Promise<CpuTimes> {
  const times = { before: [] as number[], after: [] as number[] };
  for (let round = -WARM_UP; round < RUNS; round += 1) {
    signal.throwIfAborted();
    const measured = { before: await timeRun(before, inputs), after: await timeRun(after, inputs) };
    if (round < 0) continue;
    times.before.push(measured.before);
    times.after.push(measured.after);
  }
  return { before: medianOf(times.before), after: medianOf(times.after), runs: RUNS };
}

async function timeRun(session: InferenceSession, inputs: Readonly<Record<string, Tensor>>): Promise<number> {
  const start = process.cpuUsage();
  await session.run(inputs);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
