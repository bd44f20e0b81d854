/** Suite `concurrency`: the callers on a pretended pool, the advice on curves that are known, the report on parts, and one short real run. */

import { drawSelfTestFace, FaceError, isFaceError, type RgbaImage } from '@isoface/core';
import { describe, expect, it } from 'vitest';
import { resolvePoolSize } from '../../packages/runtime-node/src/node-engine-options.ts';
import { bootstrapInterval } from '../src/bootstrap.ts';
import type { BenchOptions } from '../src/run/bench-options.ts';
import type { PieceContext } from '../src/run/suite.ts';
import { shuffle } from '../src/shuffle.ts';
import { adviseConcurrency, judgeTrial, listTrialLevels } from '../src/suites/concurrency/advise-concurrency.ts';
import type { ArrivalsPiece, ConcurrencyPiece, LevelsPiece, OverloadPiece } from '../src/suites/concurrency/concurrency-piece.ts';
import { concurrencySuite } from '../src/suites/concurrency/concurrency-suite.ts';
import { summarizeLevels } from '../src/suites/concurrency/level-summary.ts';
import type { ClosedLoopResult, LoadEngineFacts } from '../src/suites/concurrency/load-commands.ts';
import { type LoadTarget, runArrivals, runBurst, runClosedLoop } from '../src/suites/concurrency/load-generator.ts';
import { openLoadProcess } from '../src/suites/concurrency/load-process.ts';
import { measureArrivals } from '../src/suites/concurrency/measure-arrivals.ts';
import { measureLevels } from '../src/suites/concurrency/measure-levels.ts';
import { defaultThreads, describePool } from '../src/suites/concurrency/pool-under-test.ts';

const image: RgbaImage = drawSelfTestFace();
const timings = { decodeMs: 0, preprocessMs: 1, detectMs: 2, alignMs: 0, embedMs: 1, livenessMs: 0, matchMs: 0 };

/** A pool of servers that each take `serviceMs`, with a queue. */
function createPool({
  servers = 2,
  serviceMs = 4,
  maxQueue = 1000,
  failAt = Number.POSITIVE_INFINITY,
} = {}): LoadTarget & { calls: number } {
  const waiting: (() => void)[] = [];
  let busy = 0;
  const pool: LoadTarget & { calls: number } = {
    calls: 0,
    async analyze(_, { signal }) {
      signal.throwIfAborted();
      pool.calls++;
      if (pool.calls >= failAt) throw new FaceError('WORKER_CRASHED', 'It crashed.');
      if (busy >= servers) {
        if (waiting.length >= maxQueue) throw new FaceError('OVERLOADED', 'Too many.');
        await new Promise<void>((resolve, reject) => {
          waiting.push(resolve);
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      }
      busy++;
      await new Promise((resolve) => setTimeout(resolve, serviceMs));
      busy--;
      waiting.shift()?.();
      return { timings };
    },
    async *analyzeMany(images, options) {
      for (const one of images) yield await pool.analyze(one, options);
    },
  };
  return pool;
}

describe('runClosedLoop', () => {
  it('measures what Little’s law demands: callers = throughput x latency', async () => {
    const result = await runClosedLoop(createPool(), image, { type: 'closedLoop', callers: 8, milliseconds: 600, minAnswers: 20 }, 2);
    expect(result.answers).toBeGreaterThanOrEqual(20);
    const mean = result.latenciesMs.reduce((sum, value) => sum + value, 0) / result.latenciesMs.length;
    // The law holds for long times; within a window the calls under way at its ends blur it.
    expect((result.throughput * mean) / 1000).toBeGreaterThan(5);
    expect((result.throughput * mean) / 1000).toBeLessThan(11);
    expect(result.workP50Ms).toBe(4);
    expect(result.latencyP99Ms).toBeGreaterThanOrEqual(result.latencyP50Ms);
  });

  it('answers all that is asked for, however long it takes', async () => {
    const result = await runClosedLoop(createPool(), image, { type: 'closedLoop', callers: 1, milliseconds: 1, minAnswers: 12 }, 2);
    expect(result.answers).toBeGreaterThanOrEqual(12);
  });

  it('fails with what an analysis fails with', async () => {
    const run = runClosedLoop(createPool({ failAt: 9 }), image, { type: 'closedLoop', callers: 4, milliseconds: 5000, minAnswers: 5 }, 2);
    await expect(run).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
  });
});

describe('runArrivals', () => {
  it('counts every call of the counted time once, and no other', async () => {
    const pool = createPool({ maxQueue: 2, serviceMs: 20 });
    const command = { type: 'arrivals', perSecond: 400, milliseconds: 400, skipMs: 100, seed: 4 } as const;
    const result = await runArrivals(pool, image, command);
    expect(result.answered + result.refused).toBe(result.arrived);
    expect(result.refused).toBeGreaterThan(0);
    expect(result.refusalP50Ms).toBeLessThan(result.latencyP50Ms ?? 0);
    expect(pool.calls).toBeGreaterThan(result.arrived);
    // The times of arrival follow from the seed alone.
    expect((await runArrivals(createPool({ maxQueue: 2 }), image, command)).arrived).toBe(result.arrived);
  });

  it('says nothing about latency where nothing was answered', async () => {
    const result = await runArrivals(createPool(), image, { type: 'arrivals', perSecond: 0.001, milliseconds: 20, skipMs: 0, seed: 1 });
    expect(result).toMatchObject({ arrived: 0, latencyP50Ms: undefined, refusalP50Ms: undefined });
  });

  it('fails with what an analysis fails with', async () => {
    const run = runArrivals(createPool({ failAt: 3 }), image, { type: 'arrivals', perSecond: 200, milliseconds: 5000, skipMs: 0, seed: 1 });
    await expect(run).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
  });
});

describe('runBurst', () => {
  it('counts what is answered, refused and given up', async () => {
    const answered = await runBurst(createPool({ maxQueue: 100 }), image, { type: 'burst', count: 12, by: 'calls', milliseconds: 10_000 });
    expect(answered).toMatchObject({ answered: 12, refused: 0, givenUp: 0 });
    const slow = createPool({ maxQueue: 3, serviceMs: 1000 });
    const result = await runBurst(slow, image, { type: 'burst', count: 10, by: 'calls', milliseconds: 20 });
    expect(result).toMatchObject({ refused: 5, answered: 2, givenUp: 3 });
  });

  it('takes pictures from analyzeMany as they come', async () => {
    const result = await runBurst(createPool(), image, { type: 'burst', count: 6, by: 'analyzeMany', milliseconds: 10_000 });
    expect(result).toMatchObject({ answered: 6, refused: 0, givenUp: 0 });
  });
});

/** A result of a closed loop with the figures that matter here. */
function makeResult(callers: number, throughput: number, latencyP99Ms = (1000 * callers) / throughput): ClosedLoopResult {
  const latencyP50Ms = (1000 * callers) / throughput;
  return {
    callers,
    throughput,
    answers: 100,
    seconds: 1,
    latenciesMs: [latencyP50Ms, latencyP50Ms, latencyP99Ms],
    latencyP50Ms,
    latencyP99Ms,
    waitP50Ms: 1,
    waitP99Ms: 2,
    workP50Ms: 10,
    busyThreads: 1,
    cpuMs: 10,
    loopLagP99Ms: 1,
    residentMiB: 200,
  };
}

/** Blocks of a pool whose servers slow down by `slowdown` when all are busy. */
function makeBlocks(servers: number, callers: readonly number[], slowdown = 1): ClosedLoopResult[][] {
  return [0.99, 1, 1.01].map((factor) => callers.map((n) => makeResult(n, (factor * 50 * Math.min(n, servers)) / (n > 1 ? slowdown : 1))));
}

const CALLERS = [1, 2, 5, 10, 20, 50, 100, 200];

describe('adviseConcurrency', () => {
  it.each([
    { name: 'two threads', blocks: makeBlocks(2, CALLERS), threads: 2, asymptote: 2, callers: 2 },
    { name: 'one thread', blocks: makeBlocks(1, CALLERS), threads: 1, asymptote: 1, callers: 1 },
    {
      name: 'eight threads that slow each other down',
      blocks: makeBlocks(8, [...CALLERS, 8], 1.25),
      threads: 8,
      asymptote: 6.4,
      callers: 8,
    },
  ])('finds the knee of $name', ({ blocks, threads, asymptote, callers }) => {
    const advice = adviseConcurrency(summarizeLevels(blocks), threads);
    expect(advice?.asymptoteCallers).toBeCloseTo(asymptote, 6);
    expect(advice?.callers).toBe(callers);
    expect(advice?.baseLatencyMs).toBeCloseTo(20, 6);
  });

  it('is not led astray by one lucky level among many', () => {
    const lucky = makeBlocks(2, CALLERS).map((block) => block.map((result) => (result.callers === 200 ? makeResult(200, 120) : result)));
    expect(adviseConcurrency(summarizeLevels(lucky), 2)?.callers).toBe(2);
  });

  it('is not led astray by a minute in which everything is slow', () => {
    const blocks = makeBlocks(2, CALLERS).map((block, i) =>
      block.map((r) => makeResult(r.callers, r.throughput * ([1, 0.4, 0.7][i] as number))),
    );
    expect(adviseConcurrency(summarizeLevels(blocks), 2)).toMatchObject({ callers: 2 });
  });

  it('interpolates between measured levels, upwards', () => {
    const levels = summarizeLevels([[makeResult(1, 50), makeResult(2, 80), makeResult(6, 100)]]);
    // 95 lies three quarters of the way from 80 to 100: at 5.
    expect(adviseConcurrency(levels, 2)?.callers).toBe(5);
  });

  it.each([{ levels: [] }, { levels: [[makeResult(1, 50)]] }, { levels: [[makeResult(2, 50), makeResult(5, 60)]] }])(
    'says nothing without one caller alone and others',
    ({ levels }) => {
      expect(adviseConcurrency(summarizeLevels(levels), 2)).toBeUndefined();
    },
  );

  it('is tried below, at and far above', () => {
    const advice = { capacity: 100, baseLatencyMs: 20, asymptoteCallers: 1.4, callers: 2 };
    expect(listTrialLevels(advice, false)).toEqual([1, 2, 3, 20]);
    expect(listTrialLevels(advice, true)).toEqual([1, 2, 10]);
    expect(listTrialLevels({ ...advice, callers: 1 }, true)).toEqual([1, 5]);
  });
});

describe('judgeTrial', () => {
  const trial = (throughputs: Readonly<Record<number, readonly number[]>>): ReturnType<typeof summarizeLevels> =>
    summarizeLevels([0, 1, 2].map((block) => Object.entries(throughputs).map(([n, values]) => makeResult(Number(n), values[block] ?? 1))));

  it.each([
    { name: 'right', levels: { 1: [50, 50, 50], 2: [99, 98, 97], 20: [100, 100, 100] }, outcome: 'right' },
    { name: 'too low', levels: { 1: [50, 50, 50], 2: [80, 82, 81], 20: [100, 100, 100] }, outcome: 'wrong' },
    { name: 'too high', levels: { 1: [98, 99, 98], 2: [99, 98, 97], 20: [100, 100, 100] }, outcome: 'wrong' },
    { name: 'within noise', levels: { 1: [50, 50, 50], 2: [80, 93, 99], 20: [100, 100, 100] }, outcome: 'unclear' },
  ])('tells advice that is $name', ({ levels, outcome }) => {
    expect(judgeTrial(trial(levels), 2, 2)?.outcome).toBe(outcome);
  });

  it('says nothing of a number that was not tried', () => {
    expect(judgeTrial(trial({ 1: [50, 50, 50] }), 2, 2)).toBeUndefined();
  });
});

describe('bootstrapInterval', () => {
  it('holds the mean of values of which it draws', () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8];
    const mean = (drawn: readonly number[]): number => drawn.reduce((sum, i) => sum + (values[i] ?? Number.NaN), 0) / drawn.length;
    const [lower, upper] = bootstrapInterval({ count: 8, statistic: mean });
    // The standard error of the mean is 0.81: the bounds of a normal distribution are 2.9 and 6.1.
    expect(lower).toBeGreaterThan(2.5);
    expect(lower).toBeLessThan(3.4);
    expect(upper).toBeGreaterThan(5.6);
    expect(upper).toBeLessThan(6.5);
    expect(bootstrapInterval({ count: 8, statistic: mean })).toEqual([lower, upper]);
  });

  it('is no number where there is nothing to draw', () => {
    expect(bootstrapInterval({ count: 0, statistic: () => 1 })).toEqual([Number.NaN, Number.NaN]);
  });
});

it('shuffles into every order, and loses nothing', () => {
  const orders = new Set(Array.from({ length: 200 }, (_, i) => shuffle([1, 2, 3], () => ((i * 0.618) % 1) * 0.999).join()));
  for (const order of orders) expect(order.split(',').sort().join()).toBe('1,2,3');
  expect(orders.size).toBeGreaterThan(1);
});

it('takes as many threads as the engine does by default', () => {
  expect(defaultThreads()).toBe(resolvePoolSize({}).threads);
});

const facts: LoadEngineFacts = {
  executionProvider: 'cpu',
  versions: {},
  readyMs: 1,
  allThreadsMs: 1,
  frameBytes: 1_228_800,
  answerBytes: 3000,
  faces: 1,
  warmThroughput: 100,
};
const about = { runtime: 'node-cpu', pack: 'starter', threads: 2, processors: 2 } as const;
const levelsPiece: LevelsPiece = {
  ...about,
  kind: 'levels',
  facts,
  blocks: makeBlocks(2, CALLERS),
  advised: 2,
  trial: makeBlocks(2, [1, 2, 20]),
};
const burst = {
  count: 600,
  answered: 100,
  givenUp: 0,
  seconds: 1,
  throughput: 100,
  residentBeforeMiB: 300,
  residentPeakMiB: 320.5,
} as const;
const overloadPiece: OverloadPiece = {
  ...about,
  kind: 'overload',
  frameBytes: 1_228_800,
  runs: [
    { ...burst, variant: 'analyzeMany', by: 'analyzeMany', refused: 0 },
    { ...burst, variant: 'default queue', by: 'calls', refused: 470, refusalP50Ms: 0.2, refusalMaxMs: 3 },
  ],
};
const arrival = { perSecond: 120, arrived: 200, answered: 160, refused: 40, throughput: 100, latenciesMs: [100, 150, 190] } as const;
const arrivalsPiece: ArrivalsPiece = {
  ...about,
  kind: 'arrivals',
  maxQueue: 16,
  runs: [{ ...arrival, load: 1.2, capacity: 100, latencyP99Ms: 190, refusalMaxMs: 1, loopLagP99Ms: 1, residentMiB: 300 }],
};

describe('the report', () => {
  const pieces = [levelsPiece, overloadPiece, arrivalsPiece].map((value) => ({ name: value.kind, value }));
  const subsets = [[], ...pieces.map((piece) => [piece]), pieces.slice(1), pieces];

  it.each(subsets.map((subset) => ({ names: subset.map(({ name }) => name).join(', ') || 'nothing', subset })))(
    'is made from $names, after a way through a file too',
    ({ subset }) => {
      const report = concurrencySuite.report(JSON.parse(JSON.stringify(subset)));
      expect(JSON.stringify(report)).toBe(JSON.stringify(concurrencySuite.report(subset)));
      expect(JSON.stringify(report)).not.toContain('NaN');
      expect(new Set(report.series.map(({ key }) => key)).size).toBe(report.series.length);
      for (const { samples } of report.series) for (const sample of samples) expect(sample).toEqual(expect.any(Number));
      for (const { columns, rows } of report.tables) for (const row of rows) expect(row).toHaveLength(columns.length);
      for (const row of report.csv.rows) expect(row).toHaveLength(report.csv.columns.length);
    },
  );

  it('says the figures that a reader looks for', () => {
    const { findings } = concurrencySuite.report(pieces);
    const text = findings.join('\n');
    expect(text).toContain('2 threads answer 100 analyses per second when all are at work; one caller alone waits 20 ms');
    expect(text).toContain('meet at 2 callers; 2 callers are the fewest');
    expect(text).toContain('The advice was right.');
    expect(text).toContain('100 callers get 100.0 %');
    expect(text).toMatch(/100 callers over 100 answers per second are 1000 ms of waiting, and 1\.5 times that, 1500 ms, is not exceeded/);
    expect(text).toMatch(/Law for 2 threads fits with contention 0 .*R² 0\.998; its throughput stays level from 2 callers on/);
    expect(text).toContain('470 are refused with OVERLOADED after 0.2 ms');
    expect(text).toContain(
      "20.0 % are refused, said within 1 ms; the 99th percentile of the others' latency is 190 ms, a full queue implies 180 ms",
    );
  });
});

describe('a load process', () => {
  const engine = { pack: 'starter', executionProvider: 'cpu', threads: 1 } as const;

  it('ends at once when aborted, and says why', async () => {
    const controller = new AbortController();
    const load = await openLoadProcess(engine, { signal: controller.signal });
    const running = load.closedLoop({ callers: 2, milliseconds: 60_000, minAnswers: 1 });
    const reason = new Error('Interrupted.');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    // Resolves when the process has ended.
    await load.close();
    await expect(load.closedLoop({ callers: 1, milliseconds: 1, minAnswers: 1 })).rejects.toBe(reason);
    await expect(openLoadProcess(engine, { signal: controller.signal })).rejects.toBe(reason);
  });

  it('passes on what the engine fails with', async () => {
    const { signal } = new AbortController();
    const opening = openLoadProcess({ ...engine, pack: 'no-such-pack' }, { signal });
    await expect(opening).rejects.toSatisfy((error) => isFaceError(error, 'PACK_UNKNOWN'));
  });
});

describe('the suite', () => {
  const { signal } = new AbortController();
  const options: BenchOptions = {
    runtimes: ['node-cpu'],
    packs: ['starter'],
    rounds: 1,
    warmup: 0,
    quick: true,
    dataset: undefined,
    data: undefined,
    modelsDir: undefined,
  };

  it('plans the pieces of a pool', async () => {
    const { pieces, notMeasured } = await concurrencySuite.plan(options, signal);
    expect(pieces.map(({ name }) => name)).toEqual(['node-cpu-starter-levels', 'node-cpu-starter-arrivals', 'node-cpu-starter-overload']);
    expect(notMeasured).toEqual([]);
  });

  it('measures a real pool', async () => {
    // No time at all: the rounds that are needed at least.
    const context: PieceContext = { signal, timeLeftMs: () => -1, progress: () => {} };
    const pool = { ...describePool('node-cpu', 'starter', options), levels: [1, 2, 4], minRounds: 1 };
    const levels = await measureLevels(pool, context);
    const arrivals = await measureArrivals(pool, context);
    expect(levels.facts).toMatchObject({ faces: 1, frameBytes: 640 * 480 * 4, executionProvider: 'cpu' });
    expect(levels.blocks).toHaveLength(1);
    expect(levels.blocks[0]?.map(({ callers }) => callers).sort((a, b) => a - b)).toEqual([1, 2, 4]);
    for (const { latencyP50Ms, waitP50Ms, cpuMs, busyThreads } of levels.blocks.flat()) {
      expect(waitP50Ms).toBeGreaterThan(0);
      expect(waitP50Ms).toBeLessThan(latencyP50Ms);
      expect(cpuMs).toBeGreaterThan(0);
      expect(busyThreads).toBeGreaterThan(0);
    }
    expect(levels.trial).toHaveLength(1);
    expect(levels.trial[0]?.map(({ callers }) => callers)).toContain(levels.advised);
    for (const run of arrivals.runs) expect(run.answered + run.refused).toBe(run.arrived);
    const measured = [levels, arrivals].map((value) => ({
      name: value.kind,
      value: JSON.parse(JSON.stringify(value)) as ConcurrencyPiece,
    }));
    expect(concurrencySuite.report(measured).findings.length).toBeGreaterThanOrEqual(4);
  });
});
