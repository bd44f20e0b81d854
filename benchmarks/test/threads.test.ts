/** Suite `threads`: the grid, the choice of settings, the comparison with the default, and one short real run. */

import { createRandom } from '@isoface/core/evaluation';
import { describe, expect, it } from 'vitest';
import type { PieceContext } from '../src/run/suite.ts';
import { findBestSetting } from '../src/suites/threads/compare-settings.ts';
import { measureThreads } from '../src/suites/threads/measure-threads.ts';
import { canBindProcesses, listProcessors, parseProcessorList } from '../src/suites/threads/processor-list.ts';
import { chooseFinalists, halveSettings } from '../src/suites/threads/rank-settings.ts';
import { defaultSetting, listSettings } from '../src/suites/threads/thread-grid.ts';
import type { ThreadSample, ThreadsPiece } from '../src/suites/threads/thread-sample.ts';
import { describeSetting, keyOfSetting, type ThreadSetting } from '../src/suites/threads/thread-setting.ts';
import { threadsSuite } from '../src/suites/threads/threads-suite.ts';

const usual = defaultSetting(2);

describe('listSettings', () => {
  const grid = { processors: [0, 1], defaultThreads: 2, canBind: true, quick: false };

  it('has the default first, each setting once, and nothing that cannot differ', () => {
    const settings = listSettings(grid);
    expect(settings[0]).toEqual(usual);
    expect(new Set(settings.map(keyOfSetting)).size).toBe(settings.length);
    expect(settings.filter(({ intraOpThreads, spinning }) => intraOpThreads === 1 && spinning)).toEqual([]);
  });

  it('covers threads, threads inside, spinning and processors', () => {
    const names = listSettings(grid).map(describeSetting);
    expect(names).toEqual(
      expect.arrayContaining(['1 thread x 1', '4 threads x 1', '2 threads x 2', '2 threads x 2, spinning', '2 threads x 1, processor 1']),
    );
    expect(listSettings({ ...grid, processors: [0, 1, 2, 3] }).map(describeSetting)).toEqual(
      expect.arrayContaining(['1 thread x 1, processor 0', '2 threads x 1, processors 0,1', '4 threads x 2, spinning, processors 2,3']),
    );
  });

  it.each([
    { name: 'without taskset', options: { ...grid, canBind: false } },
    { name: 'with one processor', options: { ...grid, processors: [0], defaultThreads: 1 } },
    { name: 'in a hurry', options: { ...grid, quick: true } },
  ])('binds nothing $name', ({ options }) => {
    expect(listSettings(options).filter(({ processors }) => processors !== undefined)).toEqual([]);
  });
});

describe('processors', () => {
  it.each([
    { list: '0', expected: [0] },
    { list: '0-3,8', expected: [0, 1, 2, 3, 8] },
    { list: '5,1-2,2', expected: [1, 2, 5] },
  ])('are read from "$list"', ({ list, expected }) => {
    expect(parseProcessorList(list)).toEqual(expected);
  });

  it('are those of this process', async () => {
    const processors = await listProcessors();
    expect(processors.length).toBeGreaterThan(0);
    for (const processor of processors) expect(processor).toBeGreaterThanOrEqual(0);
  });
});

/** Samples whose figures are those of the setting times a factor that the round gives to all, and noise of their own. */
function makeSamples(
  figures: readonly { readonly setting: ThreadSetting; readonly throughput: number; readonly latencyMs: number; readonly cpuMs: number }[],
  { rounds = 8, phase = 'confirm', noise = 0.01, drift = 0.3 } = {},
): ThreadSample[] {
  const random = createRandom(3);
  const vary = (share: number): number => 1 + share * (2 * random() - 1);
  return Array.from({ length: rounds }, (_, round) => {
    const factor = vary(drift);
    return figures.map(({ setting, throughput, latencyMs, cpuMs }) => ({
      setting,
      round,
      phase: phase as ThreadSample['phase'],
      throughput: throughput * factor * vary(noise),
      latencyMs: (latencyMs / factor) * vary(noise),
      cpuMs: (cpuMs / factor) * vary(noise),
      singleCpuMs: cpuMs,
      residentMiB: 200,
      allThreadsMs: 500,
    }));
  }).flat();
}

const settings = [usual, ...[1, 3, 4, 5, 6, 7, 8].map((threads): ThreadSetting => ({ threads, intraOpThreads: 1, spinning: false }))];
const fewer = settings[1] as ThreadSetting;
const more = settings[3] as ThreadSetting;
const plain = { throughput: 80, latencyMs: 20, cpuMs: 20 };

describe('halveSettings', () => {
  const figures = settings.map((setting) => ({ setting, ...plain }));
  const improved = figures.map((figure) =>
    figure.setting === fewer ? { ...figure, cpuMs: 10 } : figure.setting === more ? { ...figure, throughput: 120 } : figure,
  );
  const samples = makeSamples(improved, { rounds: 1, noise: 0.05 });

  it('keeps what is best at anything, and always the default', () => {
    const kept = halveSettings(samples, settings, usual);
    expect(kept).toEqual(expect.arrayContaining([usual, fewer, more]));
    expect(kept.length).toBeLessThanOrEqual(settings.length / 2 + 1);
    expect(halveSettings(samples, kept, usual).length).toBeLessThan(kept.length);
  });

  it('ends in the best at each criterion and the default', () => {
    const finalists = chooseFinalists(samples, settings, usual);
    expect(finalists).toEqual(expect.arrayContaining([usual, fewer, more]));
    expect(finalists.length).toBeLessThanOrEqual(4);
  });
});

describe('findBestSetting', () => {
  const compare = (throughput: number, options: Parameters<typeof makeSamples>[1] = {}): ReturnType<typeof findBestSetting> =>
    findBestSetting(
      makeSamples(
        [
          { setting: usual, ...plain },
          { setting: more, ...plain, throughput },
        ],
        options,
      ),
      'throughput',
      usual,
    );

  it.each([
    { name: 'the default where nothing is better', throughput: 60, options: {}, verdict: 'default' },
    { name: 'a gain beyond noise', throughput: 96, options: {}, verdict: 'notable' },
    { name: 'a gain that is small but sure', throughput: 83, options: { noise: 0.004 }, verdict: 'slight' },
    { name: 'too few pairs to tell', throughput: 96, options: { rounds: 3 }, verdict: 'unclear' },
  ])('tells $name', ({ throughput, options, verdict }) => {
    expect(compare(throughput, options)?.verdict).toBe(verdict);
  });

  it('measures the gain by pairs, so that drift cancels out', () => {
    const best = compare(96);
    expect(best?.setting).toEqual(more);
    expect(best?.gain).toBeCloseTo(0.2, 1);
    expect(best?.gainCi95[0]).toBeGreaterThan(0.1);
    expect(best?.gainCi95[1]).toBeLessThan(0.3);
  });

  it('calls what is as good within noise no gain', () => {
    const noisy = [0, 1, 2, 3, 4, 5, 6].flatMap((round): ThreadSample[] => {
      const [sample] = makeSamples([{ setting: usual, ...plain }], { rounds: 1, noise: 0, drift: 0 });
      if (sample === undefined) return [];
      return [
        { ...sample, round },
        { ...sample, round, setting: more, throughput: round % 2 === 0 ? 84 : 75 },
      ];
    });
    expect(findBestSetting(noisy, 'throughput', usual)).toMatchObject({ verdict: 'noise', pairs: 7 });
  });

  it('turns times around: half the time is a gain of 100 %', () => {
    const samples = makeSamples(
      [
        { setting: usual, ...plain },
        { setting: more, ...plain, cpuMs: 10 },
      ],
      { noise: 0 },
    );
    expect(findBestSetting(samples, 'cpu', usual)?.gain).toBeCloseTo(1, 9);
  });

  it('uses nothing of the rounds that chose, and says nothing without the default', () => {
    expect(findBestSetting(makeSamples([{ setting: usual, ...plain }], { phase: 'select' }), 'cpu', usual)).toBeUndefined();
    expect(findBestSetting(makeSamples([{ setting: more, ...plain }]), 'cpu', usual)).toBeUndefined();
  });
});

describe('the report', () => {
  const figures = [
    { setting: usual, ...plain },
    { setting: more, ...plain, throughput: 100 },
    { setting: { ...more, processors: '0' }, ...plain, throughput: 30 },
  ];
  const value: ThreadsPiece = {
    runtime: 'node-cpu',
    pack: 'starter',
    processors: [0, 1],
    defaultSetting: usual,
    samples: [...makeSamples(figures, { rounds: 1, phase: 'select' }), ...makeSamples(figures.slice(0, 2))],
  };
  const cases = [
    { name: 'nothing', pieces: [] },
    { name: 'a piece', pieces: [{ name: 'node-cpu-starter', value }] },
    {
      name: 'a piece without a comparison',
      pieces: [{ name: 'node-cpu-starter', value: { ...value, samples: value.samples.slice(0, 3) } }],
    },
  ];

  it.each(cases)('is made from $name, after a way through a file too', ({ pieces }) => {
    const report = threadsSuite.report(JSON.parse(JSON.stringify(pieces)));
    expect(JSON.stringify(report)).toBe(JSON.stringify(threadsSuite.report(pieces)));
    expect(new Set(report.series.map(({ key }) => key)).size).toBe(report.series.length);
    for (const { columns, rows } of report.tables) for (const row of rows) expect(row).toHaveLength(columns.length);
    for (const row of report.csv.rows) expect(row).toHaveLength(report.csv.columns.length);
  });

  it('says which setting is better, and when none is', () => {
    const { findings, tables } = threadsSuite.report([{ name: 'node-cpu-starter', value }]);
    expect(findings[0]).toMatch(
      /for answers per second, 4 threads x 1 is better than the default \(2 threads x 1\) by 2\d\.\d % .*beyond noise/,
    );
    expect(findings).toHaveLength(3);
    expect(tables[1]?.rows.map(([name]) => name)).toEqual(['4 threads x 1', '2 threads x 1 (default)', '4 threads x 1, processor 0']);
  });
});

describe('the suite', () => {
  const { signal } = new AbortController();
  const options = { runtimes: ['node-cpu'], packs: ['starter'], rounds: 1, warmup: 0, dataset: undefined, data: undefined } as const;

  it('plans a piece for each pack, and says where processes cannot be bound', async () => {
    const { pieces, notMeasured } = await threadsSuite.plan({ ...options, quick: false, modelsDir: undefined }, signal);
    expect(pieces.map(({ name }) => name)).toEqual(['node-cpu-starter']);
    const canBind = await canBindProcesses(await listProcessors(), signal);
    expect(notMeasured.map(({ name }) => name)).toEqual(canBind ? [] : ['processor affinity']);
  });

  it('measures real settings in processes of their own', async () => {
    const context: PieceContext = { signal, timeLeftMs: () => -1, progress: () => {} };
    const spinning: ThreadSetting = { threads: 1, intraOpThreads: 2, spinning: true };
    const [first = 0] = await listProcessors();
    const bound = (await canBindProcesses([first], signal)) ? { processors: String(first) } : {};
    const one: ThreadSetting = { ...defaultSetting(1), ...bound };
    const piece = await measureThreads({ pack: 'starter', processors: [first], settings: [one, spinning], minRounds: 1 }, context);
    expect(piece.samples).toHaveLength(2);
    for (const sample of piece.samples) {
      expect(sample.phase).toBe('confirm');
      expect(sample.throughput).toBeGreaterThan(0);
      expect(sample.latencyMs).toBeGreaterThan(0);
      expect(sample.cpuMs).toBeGreaterThan(0);
    }
    expect(threadsSuite.report([{ name: 'node-cpu-starter', value: piece }]).findings).toHaveLength(3);
  });
});
