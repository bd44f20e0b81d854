import { createCpuPreprocessor, FaceError } from '@isoface/core';
import { createRandom } from '@isoface/core/evaluation';
import { renderChart, toMarkdownTable } from '@isoface/evaluation';
import { describe, expect, it } from 'vitest';
import { type CallNode, sumBySite } from '../src/suites/memory/allocation-sites.ts';
import { ratiosOf } from '../src/suites/memory/describe-buffers.ts';
import { keptPerCycle } from '../src/suites/memory/describe-cycles.ts';
import { cutInParts, FLAT_LIMIT, judgeGrowth, type Reading, slopesOfParts } from '../src/suites/memory/judge-growth.ts';
import { withFreshBuffers } from '../src/suites/memory/keep-buffers.ts';
import type { AnalysisTrace, GcPause, MemoryPiece, MemorySample } from '../src/suites/memory/memory-piece.ts';
import { reportMemory } from '../src/suites/memory/memory-report.ts';
import { goesOn } from '../src/suites/memory/memory-request.ts';
import { describeCrash } from '../src/suites/memory/run-memory-child.ts';
import { summarizeAllocation } from '../src/suites/memory/summarize-allocation.ts';
import { pausesOfAnalyses, summarizeLatency, summarizePauses } from '../src/suites/memory/summarize-gc.ts';
import { computeTheilSenSlope, estimateSlope, type Point } from '../src/suites/memory/theil-sen.ts';

/** Memory of a process that warms up, is cleaned up now and then, and leaks `leak` MiB per 1,000 analyses. */
function simulate(leak: number, { analyses = 10_000, every = 70, jitter = 3, seed = 1 } = {}): Reading[] {
  const random = createRandom(seed);
  return Array.from({ length: Math.floor(analyses / every) + 1 }, (_, i) => {
    const at = i * every;
    const warmup = 40 * (1 - Math.exp(-at / 600));
    // Garbage piles up and is collected; the steps do not fall together with the readings.
    const garbage = 4 * ((at / 430) % 1);
    return { analyses: at, mib: 250 + warmup + garbage + jitter * (random() - 0.5) + (leak * at) / 1000 };
  });
}

describe('computeTheilSenSlope', () => {
  it.each<[name: string, points: Point[], slope: number]>([
    [
      'a line',
      [
        [0, 1],
        [1, 3],
        [2, 5],
      ],
      2,
    ],
    [
      'two points',
      [
        [0, 0],
        [4, 2],
      ],
      0.5,
    ],
    [
      'a line with one point far off',
      [
        [0, 0],
        [1, 1],
        [2, 2],
        [3, 900],
        [4, 4],
        [5, 5],
      ],
      1,
    ],
    [
      'points at the same place count for nothing',
      [
        [1, 0],
        [1, 100],
        [2, 50],
      ],
      0,
    ],
  ])('of %s', (_, points, slope) => {
    expect(computeTheilSenSlope(points)).toBe(slope);
  });

  it.each<[Point[]]>([
    [[]],
    [[[1, 2]]],
    [
      [
        [1, 2],
        [1, 3],
      ],
    ],
  ])('is none for %j', (points) => {
    expect(computeTheilSenSlope(points)).toBeNaN();
  });
});

describe('estimateSlope', () => {
  it('gives an exact line no width', () => {
    const { slope, ci95 } = estimateSlope(Array.from({ length: 40 }, (_, i) => [i, 7 + 3 * i]));
    expect([slope, ...ci95]).toEqual([3, 3, 3]);
  });

  it('holds the slope that noisy points were made with, and gets narrower with more of them', () => {
    const noisy = (count: number): Point[] => {
      const random = createRandom(5);
      return Array.from({ length: count }, (_, i) => [(i * 10) / count, (2 * i * 10) / count + random()]);
    };
    const few = estimateSlope(noisy(15));
    const many = estimateSlope(noisy(600));
    for (const { ci95 } of [few, many]) {
      expect(ci95[0]).toBeLessThan(2);
      expect(ci95[1]).toBeGreaterThan(2);
    }
    expect(many.ci95[1] - many.ci95[0]).toBeLessThan(few.ci95[1] - few.ci95[0]);
  });
});

describe('judgeGrowth', () => {
  it.each([
    ['nothing', 0, 'flat'],
    ['a quarter of the limit', FLAT_LIMIT / 4, 'flat'],
    ['two KiB per analysis', 2, 'grows'],
    ['an aligned face of each analysis', 147 / 1.024, 'grows'],
  ] as const)('of a process that leaks %s', (_, leak, verdict) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const growth = judgeGrowth(simulate(leak, { seed }));
      expect(growth.verdict).toBe(verdict);
      expect(growth.ci95[0]).toBeLessThanOrEqual(growth.slope);
      expect(growth.ci95[1]).toBeGreaterThanOrEqual(growth.slope);
    }
  });

  it('does not take the warm-up for a leak, whatever it adds', () => {
    const readings = simulate(0).map(({ analyses, mib }) => ({ analyses, mib: mib + 300 * Math.min(1, analyses / 2500) }));
    expect(judgeGrowth(readings).verdict).toBe('flat');
  });

  it.each([
    ['few analyses', simulate(0, { analyses: 300, every: 2 })],
    ['few analyses that leak', simulate(50, { analyses: 300, every: 2 })],
    ['one reading', [{ analyses: 0, mib: 200 }]],
    ['no reading', []],
    ['much noise', simulate(FLAT_LIMIT, { jitter: 80 })],
  ])('is undecided after %s', (_, readings) => {
    expect(judgeGrowth(readings).verdict).toBe('undecided');
  });

  it('gives the same answer for the same readings', () => {
    expect(judgeGrowth(simulate(0.9))).toEqual(judgeGrowth(simulate(0.9)));
  });

  it('gives slopes of parts around the slope', () => {
    const slopes = slopesOfParts(
      Array.from({ length: 150 }, (_, i) => ({ analyses: i * 100, mib: 100 + i * 0.3 })),
      10,
    );
    expect(slopes).toHaveLength(10);
    for (const slope of slopes) expect(slope).toBeCloseTo(3, 9);
  });
});

it.each([
  [10, 3, [3, 3, 4]],
  [2, 5, [1, 1]],
  [0, 4, []],
])('cuts %i readings in %i parts', (count, parts, lengths) => {
  const list = Array.from({ length: count }, (_, i) => i);
  const cut = cutInParts(list, parts);
  expect(cut.map(({ length }) => length)).toEqual(lengths);
  expect(cut.flat()).toEqual(list);
});

/** Six analyses of two pictures, 10 ms each, one every 20 ms. */
const TRACE: AnalysisTrace = {
  pictures: [0, 1, 0, 1, 0, 1],
  startMs: [0, 20, 40, 60, 80, 100],
  wallMs: [10, 10, 15, 12, 10, 10],
  heapBytes: [100, 200, -5000, 210, 100, 220],
  externalBytes: [1000, 3000, -9000, 2000, 1000, 3000],
};
const PAUSES: readonly GcPause[] = [
  { kind: 'minor', startMs: 41, durationMs: 5 },
  { kind: 'major', startMs: 65, durationMs: 2 },
  { kind: 'minor', startMs: 75, durationMs: 1 },
  { kind: 'incremental', startMs: 119, durationMs: 4 },
];

describe('garbage', () => {
  it('is summed up by kind', () => {
    expect(summarizePauses(PAUSES)).toEqual([
      { kind: 'minor', count: 2, totalMs: 6, p50Ms: 1, p99Ms: 5, maxMs: 5 },
      { kind: 'major', count: 1, totalMs: 2, p50Ms: 2, p99Ms: 2, maxMs: 2 },
      { kind: 'incremental', count: 1, totalMs: 4, p50Ms: 4, p99Ms: 4, maxMs: 4 },
    ]);
    expect(summarizePauses([])).toEqual([]);
  });

  it('belongs to the analyses that it fell into', () => {
    const kinds = pausesOfAnalyses(TRACE, [...PAUSES].reverse()).map((pauses) => pauses.map(({ kind }) => kind));
    expect(kinds).toEqual([[], [], ['minor'], ['major'], [], []]);
  });

  it('of one pause that outlasts an analysis belongs to all that it touches', () => {
    const long = pausesOfAnalyses({ ...TRACE, startMs: [0, 10, 20, 30, 40, 50], wallMs: [10, 10, 10, 10, 10, 10] }, [
      { kind: 'major', startMs: 15, durationMs: 20 },
    ]);
    expect(long.map(({ length }) => length)).toEqual([0, 1, 1, 1, 0, 0]);
  });

  it('is told apart in the latency, against the usual one of the same picture', () => {
    const groups = summarizeLatency(TRACE, PAUSES);
    expect(groups.map(({ group, count, excessMs }) => [group, count, excessMs])).toEqual([
      ['all', 6, 0],
      ['no garbage collected', 4, 0],
      ['minor collection', 1, 5],
      ['major collection', 1, 2],
    ]);
    expect(groups[0]).toMatchObject({ p50Ms: 10, p99Ms: 15, maxMs: 15 });
  });
});

describe('summarizeAllocation', () => {
  it('counts analyses without a collection in them, before them and in the one before', () => {
    const { byPicture, heapBytes, externalBytes, counted } = summarizeAllocation(TRACE, PAUSES);
    // 2 and 3 had a collection; before 4 there was one; 0, 1 and 5 remain.
    expect(counted).toBe(3);
    expect(Object.fromEntries(byPicture)).toEqual({
      0: { heapBytes: 100, externalBytes: 1000 },
      1: { heapBytes: 200, externalBytes: 3000 },
    });
    expect([heapBytes, externalBytes]).toEqual([150, 2000]);
  });

  it('counts none where garbage is collected all the time', () => {
    const always: GcPause[] = [{ kind: 'minor', startMs: 0, durationMs: 1000 }];
    expect(summarizeAllocation(TRACE, always)).toMatchObject({ counted: 0, heapBytes: Number.NaN });
  });
});

it('charges the nearest named caller with what built-in and anonymous functions allocate', () => {
  const node = (functionName: string, url: string, selfSize: number, children: CallNode[] = []): CallNode => ({
    callFrame: { functionName, url },
    selfSize,
    children,
  });
  const head = node('(root)', '', 5, [
    node('analyze', 'file:///a.js', 10, [
      node('', 'file:///a.js', 20, [node('subarray', '', 40)]),
      node('copy', 'file:///a.js', 0, [node('subarray', '', 100)]),
    ]),
    node('copy', 'file:///a.js', 1),
  ]);
  expect(sumBySite(head)).toEqual([
    { site: 'copy', bytes: 101 },
    { site: 'analyze', bytes: 70 },
    { site: '(engine)', bytes: 5 },
  ]);
});

it('keeps a preprocessor from using buffers again, and from nothing else', async () => {
  const image = { width: 4, height: 4, data: new Uint8Array(64).fill(50) };
  const input = {
    name: 'input',
    width: 4,
    height: 4,
    batch: 'one',
    layout: 'NCHW',
    channelOrder: 'RGB',
    mean: [0, 0, 0],
    scale: [1, 1, 1],
  } as const;
  const identity = Float64Array.of(1, 0, 0, 0, 1, 0);
  const buffersOf = async (preprocessor: ReturnType<typeof createCpuPreprocessor>): Promise<Float32Array[]> => {
    const buffers: Float32Array[] = [];
    for (let i = 0; i < 3; i++) {
      const tensor = await preprocessor.warp(image, [identity], input);
      if (tensor.location === 'host') buffers.push(tensor.data);
      tensor.dispose();
    }
    return buffers;
  };
  const reused = await buffersOf(createCpuPreprocessor());
  const fresh = await buffersOf(withFreshBuffers(createCpuPreprocessor()));
  expect(new Set(reused).size).toBe(1);
  expect(new Set(fresh).size).toBe(3);
  expect(fresh[2]).toEqual(reused[0]);
});

it.each([
  ['wanted rounds are done', { wanted: 3, least: 1, timeMs: Number.POSITIVE_INFINITY }, 3, false],
  ['time is left', { wanted: 3, least: 1, timeMs: Number.POSITIVE_INFINITY }, 2, true],
  ['time is over', { wanted: 3, least: 1, timeMs: 0 }, 1, false],
  ['time is over before the least is done', { wanted: 3, least: 2, timeMs: 0 }, 1, true],
])('goes on or not when %s', (_, limits, done, expected) => {
  expect(goesOn(limits, done)).toBe(expected);
});

it.each([
  ['signal SIGABRT', true],
  ['signal SIGKILL', true],
  ['exit code 1', false],
])('says what a process did that ended with %s', (ended, isMemory) => {
  const crash = new FaceError('BACKEND_UNAVAILABLE', `Expected an answer, it ended with ${ended}.`, { ended });
  const error = describeCrash(crash, { kind: 'pool', runtime: 'node-cpu', pack: 'starter' });
  expect(error).toMatchObject({ code: 'BACKEND_UNAVAILABLE', details: { ended, kind: 'pool', pack: 'starter' } });
  expect(error.message).toContain('worker threads (node-cpu, starter)');
  expect(/used up the memory/.test(error.message)).toBe(isMemory);
});

it('leaves errors alone that an engine has thrown', () => {
  const error = new FaceError('BACKEND_UNAVAILABLE', 'No GPU.');
  expect(describeCrash(error, { kind: 'pool', runtime: 'node-webgpu', pack: 'starter' })).toBe(error);
});

it.each([
  [[300, 200, 210, 220, 230], 10],
  [[300, 200, 200, 900, 200, 200], 0],
  [[300, 200], Number.NaN],
])('of engines that leave %j MiB behind tells what is kept per cycle', (mib, kept) => {
  expect(keptPerCycle(mib)).toBe(kept);
});

it('takes the ratio of each turn', () => {
  const block = { wallMs: 2, gcMs: 0, externalBytes: 0, heapBytes: 0 };
  const reused = [
    { ...block, cpuMs: 1 },
    { ...block, cpuMs: 3 },
    { ...block, cpuMs: 9 },
  ];
  const fresh = [
    { ...block, cpuMs: 2 },
    { ...block, cpuMs: 2 },
  ];
  expect(ratiosOf({ work: '', perBlock: 1, reused, fresh }, 'cpuMs')).toEqual([0.5, 1.5]);
});

describe('reportMemory', () => {
  const toSample = ({ analyses, mib }: Reading): MemorySample => ({
    analyses,
    rssMiB: mib,
    heapUsedMiB: 10,
    externalMiB: 12,
    arrayBuffersMiB: 8,
  });
  const block = { wallMs: 20, cpuMs: 15, gcMs: 0.2, externalBytes: 90_000, heapBytes: 200_000 };
  const base = { runtime: 'node-cpu', pack: 'starter', wanted: 10_000 } as const;
  const pieces: readonly { readonly name: string; readonly value: MemoryPiece }[] = [
    {
      name: 'thread',
      value: {
        ...base,
        kind: 'thread',
        samples: simulate(0).map(toSample),
        pictures: [
          { name: 'a', faces: 1 },
          { name: 'b', faces: 2 },
        ],
        trace: TRACE,
        pauses: PAUSES,
        reachable: { before: 1000, after: 1060 },
      },
    },
    {
      name: 'pool',
      value: {
        ...base,
        kind: 'pool',
        samples: simulate(5).map(toSample),
        threads: 2,
        analysesPerSecond: 90,
        disposed: toSample({ analyses: 10_000, mib: 180 }),
      },
    },
    {
      name: 'web',
      value: {
        ...base,
        kind: 'web',
        runtime: 'web-wasm',
        samples: simulate(0).map(({ analyses, mib }) => ({ analyses, residentMiB: mib + 80, privateMiB: mib })),
        disposed: { analyses: 10_000, residentMiB: 150, privateMiB: 70 },
      },
    },
    {
      name: 'gpu',
      value: {
        ...base,
        kind: 'gpu',
        runtime: 'web-webgpu',
        isSoftware: true,
        samples: [
          { analyses: 0, live: 90, liveBytes: 8 * 2 ** 20, created: 100 },
          { analyses: 10, live: 100, liveBytes: 10 * 2 ** 20, created: 160 },
        ],
        disposed: { analyses: 10, live: 2, liveBytes: 2 ** 20, created: 160 },
      },
    },
    {
      name: 'buffers',
      value: {
        ...base,
        kind: 'buffers',
        cases: [
          {
            work: 'an analysis',
            perBlock: 16,
            reused: Array(6).fill(block),
            fresh: Array(6).fill({ ...block, cpuMs: 20, externalBytes: 1_090_000 }),
          },
        ],
        outputBytes: 61_440,
        sites: [{ site: 'describePatch', bytes: 65_536 }],
        sampledBytes: 131_072,
      },
    },
    { name: 'cycles', value: { ...base, kind: 'cycles', threadRssMiB: [300, 200, 210, 220, 230], poolRssMiB: [250, 251] } },
  ];

  it('says what was found', () => {
    const { findings } = reportMemory(pieces);
    const expected = [
      'node-cpu, starter, main thread: memory does not grow',
      'node-cpu, starter, worker threads: memory grows',
      'node-cpu, starter, worker threads: 3',
      'web-wasm, starter, worker of a page: memory does not grow',
      'an analysis allocates 0.146 KiB of objects',
      'with input tensors that are used again 25 % less CPU time and 977 KiB less of new buffers than with new ones (ratio 0.75, middle half 0.75 to 0.75 of 6 turns)',
      '60 KiB are outputs of the models',
      'over 5 times creating, using and disposing an engine, 10 MiB per cycle were not given back',
      'web-webgpu (software), starter: 10 MiB in 100 buffers and textures on the GPU after 10 analyses, 1 MiB in 2 after dispose',
    ];
    for (const text of expected) expect(findings.filter((finding) => finding.includes(text))).toHaveLength(1);
  });

  it('gives series with samples that are numbers, under unique keys', () => {
    const { series } = reportMemory(pieces);
    expect(new Set(series.map(({ key }) => key)).size).toBe(series.length);
    for (const { samples, ids } of series) {
      expect(samples.length).toBeGreaterThan(0);
      expect(samples.every(Number.isFinite)).toBe(true);
      if (ids !== undefined) expect(ids).toHaveLength(samples.length);
    }
    expect(series.find(({ key }) => key === 'node-cpu/starter/pool/growth-per-1000-analyses')?.samples).toHaveLength(10);
  });

  it.each([
    ['all pieces', pieces],
    ...pieces.map((piece) => [`the piece ${piece.name} alone`, [piece]] as const),
    ['no piece', []],
  ] as const)('can be drawn from %s, as it comes back from a file', (_, some) => {
    const { charts, tables, csv, findings } = reportMemory(JSON.parse(JSON.stringify(some)));
    for (const chart of charts) expect(renderChart(chart)).toContain('<svg');
    for (const table of tables) expect(toMarkdownTable(table)).toContain('|');
    for (const row of csv.rows) expect(row).toHaveLength(csv.columns.length);
    for (const finding of findings) expect(finding).not.toMatch(/NaN|undefined|null/);
  });
});
