/** Suite `pipeline`: its parts with known answers, and one short run of the real thing. */

import { FaceError, type InferenceBackend } from '@isoface/core';
import { renderReportPage, toCsv } from '@isoface/evaluation';
import { describe, expect, it } from 'vitest';
import type { PieceContext } from '../src/run/suite.ts';
import type { BenchImage, SearchingEngine } from '../src/runtimes/bench-engine.ts';
import type { openBenchEngine } from '../src/runtimes/open-bench-engine.ts';
import type { RuntimeName } from '../src/runtimes/runtime-name.ts';
import { searchGallery } from '../src/runtimes/search-gallery.ts';
import { chooseImages, fitImages } from '../src/suites/pipeline/choose-images.ts';
import { compareRuntimes, cosineDistance } from '../src/suites/pipeline/compare-runtimes.ts';
import { type MeasureImagesRequest, measureImages } from '../src/suites/pipeline/measure-images.ts';
import type { EventLoopValue, ImageSample, ImagesValue, OverheadValue, PipelinePiece } from '../src/suites/pipeline/pipeline-piece.ts';
import { reportPipeline } from '../src/suites/pipeline/pipeline-report.ts';
import { pipelineSuite } from '../src/suites/pipeline/pipeline-suite.ts';
import { createRunRecorder } from '../src/suites/pipeline/run-recorder.ts';
import { summarize } from '../src/suites/pipeline/summary.ts';

const { signal } = new AbortController();

/** `people` persons with `each` pictures, and one picture of nobody known. */
function makeImages(people: number, each: number): BenchImage[] {
  const images = Array.from({ length: people }, (_, person) =>
    Array.from({ length: each }, (_, i): BenchImage => ({ id: `${person}/${i}`, path: '', identity: `p${person}` })),
  ).flat();
  return [...images, { id: 'crowd', path: '' }];
}

describe('chooseImages', () => {
  it('takes all where they fit', () => expect(chooseImages(makeImages(3, 2), 7)).toEqual([0, 1, 2, 3, 4, 5, 6]));

  it('spreads over the set and keeps persons whole', () => {
    // 8 persons with 2 pictures each, at places 2p and 2p + 1; place 16 is a group of its own. The last one has room for one more picture.
    expect(chooseImages(makeImages(8, 2), 6)).toEqual([0, 1, 4, 8, 9, 16]);
    expect(chooseImages(makeImages(100, 3), 32)).toHaveLength(32);
  });

  it('does not shrink to one person where a person has many pictures', () => {
    const images = makeImages(4, 1000);
    const people = new Set(chooseImages(images, 64).map((index) => images[index]?.identity));
    expect(people.size).toBe(5);
  });

  it.each([
    [72, 100, 72],
    [72, 70, 64],
    [100_000, 5000, 4096],
    [72, 0, 6],
    [4, 0, 4],
  ])('fits %i pictures into time for %i: %i', (all, fitting, expected) => {
    expect(fitImages(all, { fitting, least: 6 })).toBe(expected);
  });
});

describe('compareRuntimes', () => {
  const vector = (...values: number[]): Float32Array => Float32Array.from(values);

  it('keeps the largest distance of each two, and counts faces that only one has found', () => {
    const comparison = compareRuntimes();
    comparison.add('web-wasm', 'a', vector(1, 0));
    comparison.add('node-cpu', 'a', vector(3, 0));
    comparison.forget();
    comparison.add('node-cpu', 'b', vector(0, 1));
    comparison.add('web-wasm', 'b', vector(1, 1));
    comparison.forget();
    comparison.add('node-cpu', 'c', undefined);
    comparison.add('web-wasm', 'c', vector(1, 1));
    comparison.add('node-cpu', 'd', undefined);
    comparison.add('web-wasm', 'd', undefined);
    expect(comparison.result()).toEqual([
      { a: 'node-cpu', b: 'web-wasm', images: 2, worst: expect.closeTo(1 - Math.SQRT1_2, 6), worstImage: 'b', oneSided: 1 },
    ]);
  });

  it('measures small angles, where a cosine of float32 numbers is 1', () => {
    const [x, y] = [Math.cos(1e-5), Math.sin(1e-5)];
    // Half the square of the angle; float32 keeps its sine to seven digits.
    expect(cosineDistance(vector(1, 0), vector(x, y)) / 5e-11).toBeCloseTo(1, 5);
  });
});

it('summarizes with the variance of a sample', () => {
  expect(summarize([4, 1, 3, 2])).toEqual({ count: 4, mean: 2.5, median: 2, p95: 4, variance: 5 / 3 });
  expect(summarize([7])).toEqual({ count: 1, mean: 7, median: 7, p95: 7, variance: 0 });
});

describe('createRunRecorder', () => {
  it('makes runs again with the inputs that they had', async () => {
    const seen: string[] = [];
    const inner: InferenceBackend = {
      createSession: async (_, { name }) => ({
        executionProvider: 'cpu',
        inputs: [],
        outputs: [],
        async run({ x }) {
          seen.push(`${name} ${x?.location === 'host' ? Array.from(x.data) : ''}`);
          return {};
        },
        dispose: async () => {},
      }),
    };
    const recorder = createRunRecorder(inner);
    const detector = await recorder.backend.createSession(new Uint8Array(), { name: 'detector' });
    const embedder = await recorder.backend.createSession(new Uint8Array(), { name: 'embedder' });
    const memory = Float32Array.of(1);
    const x = { location: 'host', dims: [1], data: memory, dispose: () => {} } as const;
    await detector.run({ x });
    const [result, runs] = await recorder.record(async () => {
      await detector.run({ x });
      memory[0] = 2;
      await embedder.run({ x });
      memory[0] = 3;
      return 'done';
    });
    await detector.run({ x });
    expect(result).toBe('done');
    expect(runs.map(({ model }) => model)).toEqual(['detector', 'embedder']);
    for (const { run } of runs) await run();
    expect(seen).toEqual(['detector 1', 'detector 1', 'embedder 2', 'detector 3', 'detector 1', 'embedder 2']);
  });
});

describe('measureImages', () => {
  const images = makeImages(3, 2);
  /** In order: what was analyzed, and where. */
  interface Machine {
    readonly calls: string[];
    readonly closed: string[];
    nowMs: number;
  }

  function createMachine(): Machine {
    return { calls: [], closed: [], nowMs: 0 };
  }

  /** Each analysis takes 10 ms; a person's pictures are alike but for those in `wrong`. */
  function fakeOpen(
    machine: Machine,
    { bad = [], faceless = [], wrong = [], broken = [] }: { bad?: string[]; faceless?: string[]; wrong?: string[]; broken?: string[] } = {},
  ): typeof openBenchEngine {
    return async (runtime, { images: given, pack }) => {
      if (broken.includes(runtime)) throw new FaceError('BACKEND_UNAVAILABLE', `${runtime} is broken.`);
      let gallery: readonly Float32Array[] = [];
      const engine: SearchingEngine = {
        facts: { runtime, pack: String(pack), executionProvider: 'cpu', versions: {}, readyMs: 5, firstResultMs: 7, warnings: [] },
        async analyze(index) {
          const { id = '', identity } = given[index] ?? {};
          machine.calls.push(`${runtime} ${id}`);
          machine.nowMs += 10;
          if (bad.includes(id)) throw new FaceError('IMAGE_INVALID', `${id} is bad.`);
          if (broken.includes(`${runtime} ${id}`)) throw new FaceError('WORKER_CRASHED', 'crash.');
          const person = Number(identity?.slice(1) ?? 9) + (wrong.includes(id) ? 1 : 0);
          const hasFace = !faceless.includes(id);
          const embedding = hasFace ? Float32Array.of(Math.cos(person), Math.sin(person)) : undefined;
          const timings = { decodeMs: 1, preprocessMs: 2, detectMs: 3, alignMs: 1, embedMs: 2, livenessMs: 0, matchMs: 1 };
          return { timings, wallMs: 10, faces: hasFace ? 1 : 0, embedding, match: embedding && searchGallery(gallery, embedding) };
        },
        async enroll(vectors) {
          gallery = vectors;
        },
        cpuMs: () => machine.nowMs,
        memory: () => ({ resident: 1, private: 1 }),
        close: async () => void machine.closed.push(runtime),
      };
      return engine;
    };
  }

  function measure(machine: Machine, request: Partial<MeasureImagesRequest>, endMs = 1e9): Promise<ImagesValue> {
    const context: PieceContext = { signal, timeLeftMs: () => endMs - machine.nowMs, progress: () => {} };
    return measureImages(
      {
        pack: 'starter',
        runtimes: ['node-cpu', 'web-wasm'],
        set: { name: 'made', images },
        options: { modelsDir: undefined, rounds: 2, warmup: 1, quick: false, runtimes: undefined },
        open: fakeOpen(machine),
        freeMemory: () => Number.POSITIVE_INFINITY,
        ...request,
      },
      context,
    );
  }

  it('takes turns round by round and searches for those who are not enrolled', async () => {
    const machine = createMachine();
    const value = await measure(machine, { open: fakeOpen(machine, { wrong: ['1/1'] }) });
    const ids = images.map(({ id }) => id);
    expect(value).toMatchObject({
      kind: 'images',
      set: 'made',
      images: 7,
      ids,
      rounds: 2,
      isCutShort: false,
      isInterleaved: true,
      failures: [],
    });
    // Warm-up over all seven, then the three who are enrolled, then round by round.
    const rounds = machine.calls.slice(2 * (7 + 3));
    const turns = rounds.map((call) => call.split(' ')[0]).filter((runtime, i, all) => runtime !== all[i - 1]);
    expect(rounds).toHaveLength(2 * 2 * 7);
    // The second round is begun by the other one, so that its turn is twice as long.
    expect(turns).toEqual(['node-cpu', 'web-wasm', 'node-cpu']);
    const [node] = value.runtimes;
    expect(node).toMatchObject({ runtime: 'node-cpu', enrolled: 3, facts: { readyMs: 5, firstResultMs: 7 }, problems: { count: 0 } });
    const isMatch = node?.samples.filter(({ round }) => round === 0).map((sample) => sample.isMatch);
    expect(isMatch).toEqual([undefined, 1, undefined, 0, undefined, 1, undefined]);
    expect(node?.samples[0]).toEqual({ image: 0, round: 0, stages: [1, 2, 3, 1, 2, 1], total: 10, cpu: 10, faces: 1 });
    expect(node?.stretchCpu).toEqual([10, 10]);
    expect(value.parity).toEqual([{ a: 'node-cpu', b: 'web-wasm', images: 7, worst: 0, worstImage: '0/0', oneSided: 0 }]);
    expect(machine.closed.sort()).toEqual(['node-cpu', 'web-wasm']);
  });

  it('counts and skips what cannot be read, and counts who is not found as missed', async () => {
    const machine = createMachine();
    const value = await measure(machine, { open: fakeOpen(machine, { bad: ['0/0'], faceless: ['1/1'] }) });
    expect(value.ids).toEqual(images.map(({ id }) => id).slice(1));
    const [node] = value.runtimes;
    expect(node?.problems).toEqual({ count: 1, first: [{ id: '0/0', reason: '0/0 is bad.' }] });
    expect(node?.enrolled).toBe(2);
    // 0/1: the person could not be enrolled. 1/1: no face was found.
    expect(node?.samples.filter(({ round, isMatch }) => round === 0 && isMatch === 0).map(({ image }) => value.ids[image])).toEqual([
      '0/1',
      '1/1',
    ]);
    expect(machine.calls.filter((call) => call === 'node-cpu 0/0')).toHaveLength(1);
  });

  it('stops when the time is over, after a few pictures at least', async () => {
    const machine = createMachine();
    const many = makeImages(500, 2);
    const value = await measure(machine, { set: { name: 'many', images: many } }, 1);
    expect(value).toMatchObject({ images: 1001, rounds: 1, isCutShort: true });
    expect(value.ids).toHaveLength(6);
    for (const { samples } of value.runtimes) expect(samples).toHaveLength(6);
  });

  it('gives up a runtime that fails and says why', async () => {
    const machine = createMachine();
    const open = fakeOpen(machine, { broken: ['web-wasm', 'web-webgpu 1/1'] });
    const value = await measure(machine, { open, runtimes: ['node-cpu', 'web-wasm', 'web-webgpu'] });
    expect(value.failures).toEqual([
      { runtime: 'web-wasm', reason: 'web-wasm is broken.' },
      { runtime: 'web-webgpu', reason: 'crash.' },
    ]);
    expect(value.runtimes.map(({ runtime }) => runtime)).toEqual(['node-cpu']);
    expect(value.ids).toHaveLength(7);
    expect(machine.closed.sort()).toEqual(['node-cpu', 'web-webgpu']);
  });

  it.each([
    ['a named one', ['node-cpu', 'web-wasm'] as RuntimeName[], ['web-wasm']],
    ['all', undefined, ['node-cpu', 'web-wasm']],
  ])('fails if %s fails', async (_, runtimes, broken) => {
    const machine = createMachine();
    const options = { modelsDir: undefined, rounds: 1, warmup: 0, quick: true, runtimes };
    await expect(measure(machine, { open: fakeOpen(machine, { broken }), options })).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect(machine.closed).toEqual(broken.length === 1 ? ['node-cpu'] : []);
  });

  it('measures one after the other where memory is short', async () => {
    const machine = createMachine();
    const value = await measure(machine, { freeMemory: () => 1e9 });
    expect(value.isInterleaved).toBe(false);
    const turns = machine.calls.map((call) => call.split(' ')[0]).filter((runtime, i, all) => runtime !== all[i - 1]);
    expect(turns).toEqual(['node-cpu', 'web-wasm']);
    expect(value.parity).toHaveLength(1);
    expect(value.runtimes.map(({ samples }) => samples.length)).toEqual([14, 14]);
  });
});

describe('reportPipeline', () => {
  const sample = (image: number, round: number, total: number, isMatch?: 0 | 1): ImageSample => ({
    image,
    round,
    stages: [1, 2, total - 5, 1, 0.5, 0.5],
    total,
    cpu: total + 1,
    faces: 1,
    isMatch,
  });
  const facts = { executionProvider: 'cpu', versions: {}, readyMs: 400, firstResultMs: 500 };
  const problems = { count: 1, first: [{ id: 'bad.jpg', reason: 'It is bad.' }] };
  const imagesValue: ImagesValue = {
    kind: 'images',
    pack: 'starter',
    set: 'made of 9 things',
    images: 9,
    ids: ['a', 'b', '=c'],
    rounds: 2,
    isCutShort: true,
    isInterleaved: true,
    runtimes: [
      {
        runtime: 'node-cpu',
        facts,
        enrolled: 1,
        samples: [sample(0, 0, 10), sample(1, 0, 20, 1), sample(2, 0, 30, 0), sample(0, 1, 12), sample(1, 1, 22, 1), sample(2, 1, 32, 0)],
        stretchCpu: [21, 23],
        problems,
      },
      {
        runtime: 'web-wasm',
        facts: { ...facts, executionProvider: 'wasm' },
        enrolled: 1,
        samples: [sample(0, 0, 100), sample(1, 0, 200, 1)],
        stretchCpu: [160],
        problems: { count: 0, first: [] },
      },
    ],
    failures: [{ runtime: 'web-webgpu', reason: 'No adapter.' }],
    parity: [{ a: 'node-cpu', b: 'web-wasm', images: 2, worst: 3.21e-5, worstImage: 'b', oneSided: 1 }],
  };
  const overhead: OverheadValue = {
    kind: 'overhead',
    pack: 'starter',
    image: 'frame-640x480',
    faces: 1,
    pipeline: [22, 21, 33],
    bare: [20, 20, 30],
    stages: [
      { stage: 'preprocess', pipeline: [1, 1, 1], bare: [] },
      { stage: 'detect', pipeline: [12, 11, 13], bare: [10, 10, 10] },
    ],
  };
  const eventLoop: EventLoopValue = {
    kind: 'eventLoop',
    pack: 'starter',
    threads: 2,
    inFlight: 8,
    analyses: 80,
    lagP99: [0.25, 0.5],
    lagMax: [3, 7],
  };
  const pieces = [imagesValue, overhead, eventLoop].map((value: PipelinePiece) => ({ name: value.kind, value }));
  const report = reportPipeline(pieces);

  it('gives the samples that runs are compared by, paired by picture', () => {
    const byKey = new Map(report.series.map(({ key, ...series }) => [key, series]));
    expect(byKey.get('node-cpu/starter/total/wall')).toEqual({
      piece: 'images',
      unit: 'ms',
      better: 'lower',
      ids: ['a', 'b', '=c'],
      samples: [10, 20, 30],
    });
    expect(byKey.get('node-cpu/starter/detect/wall')?.samples).toEqual([5, 15, 25]);
    expect(byKey.get('node-cpu/starter/total/cpu')?.samples).toEqual([11, 21, 31]);
    expect(byKey.get('node-cpu/starter/match/accuracy')).toMatchObject({ better: 'higher', ids: ['b', '=c'], samples: [1, 0] });
    // One stretch is one figure whose noise nobody knows.
    expect(byKey.has('web-wasm/starter/total/cpu')).toBe(false);
    expect(byKey.get('node-cpu/starter/frame/overhead')?.samples).toEqual([0.1, 0.05, 0.1]);
    expect(byKey.get('node-cpu/starter/event-loop/lag-p99')?.samples).toEqual([0.25, 0.5]);
    expect(new Set(report.series.map(({ key }) => key)).size).toBe(report.series.length);
  });

  it('says the figures in sentences', () => {
    expect(report.findings).toEqual([
      'node-cpu (cpu), pack starter: 20 ms per picture in the median, 22 ms of CPU time, 47.6 pictures per second one after the other; first result after 500 ms.',
      'web-wasm (wasm), pack starter: 100 ms per picture in the median, 151 ms of CPU time, 6.67 pictures per second one after the other; first result after 500 ms.',
      'node-cpu, pack starter: the search among 1 enrolled found the right identity for 1 of 2 pictures, 50.00 % [1.26, 98.74].',
      'web-wasm, pack starter: the search among 1 enrolled found the right identity for 1 of 1 pictures, 100 % [2.50, 100].',
      'Pack starter: the embeddings of one picture are at most a cosine distance of 3.21e-5 apart between node-cpu, web-wasm (node-cpu and web-wasm, b).',
      'Pack starter: 3 of 9 pictures were measured, 2 rounds in full; then the time was over.',
      'Pack starter, Node on the CPU: the pipeline costs 10.00 % more CPU time than its bare model runs, 22 ms against 20 ms (medians of 3 rounds, frame-640x480, 1 face).',
      'Pack starter: with 8 analyses in flight on 2 threads the event loop lags by 0.25 ms at the 99th percentile and by 7 ms at most (80 analyses).',
    ]);
  });

  it('has a row for every picture and round', () => {
    const rows = [...report.csv.rows];
    expect(report.csv.columns.join(',')).toBe(
      'runtime,pack,image,round,decode_ms,preprocess_ms,detect_ms,align_ms,embed_ms,match_ms,total_ms,cpu_ms,faces,match_accuracy',
    );
    expect(rows).toHaveLength(8);
    expect(rows[1]).toEqual(['node-cpu', 'starter', 'b', 0, 1, 2, 15, 1, 0.5, 0.5, 20, 21, 1, 1]);
    expect(rows[0]?.at(-1)).toBeUndefined();
    expect(toCsv(report.csv.columns, rows)).toContain("'=c");
  });

  it('draws stages by runtime, and every figure has its table', () => {
    const heatMap = report.charts.find(({ kind }) => kind === 'heatMap');
    expect(heatMap).toMatchObject({
      columns: ['decode', 'preprocess', 'detect', 'align', 'embed', 'match', 'total'],
      rows: [{ label: 'node-cpu, starter', values: [1, 2, 15, 1, 0.5, 0.5, 20] }, { label: 'web-wasm, starter' }],
    });
    const table = (caption: RegExp) => report.tables.find((any) => caption.test(any.caption));
    expect(table(/^Pictures/)?.rows[0]).toEqual([
      'node-cpu',
      'starter',
      'cpu',
      21,
      20,
      32,
      81.2,
      22,
      47.6,
      400,
      500,
      '50.00 % [1.26, 98.74]',
      2,
      1,
    ]);
    expect(table(/bare model/)?.rows).toEqual([
      ['starter', 'preprocess', 1, undefined, undefined, 3],
      ['starter', 'detect', 12, 10, '20.00 %', 3],
      ['starter', 'all', 22, 20, '10.00 %', 3],
    ]);
    expect(table(/^Left out/)?.rows).toEqual([
      ['web-webgpu', 'starter', 'everything', 'No adapter.'],
      ['node-cpu', 'starter', '1 picture', 'bad.jpg: It is bad.'],
    ]);
    const html = renderReportPage({ title: 'x', facts: [], sections: [{ heading: 'y', charts: report.charts, tables: report.tables }] });
    expect(html).toContain('Where the time goes');
  });

  it.each([[[]], [['images']], [['overhead']], [['eventLoop', 'overhead']]])('works on the pieces %j alone', (names) => {
    const some = reportPipeline(pieces.filter(({ name }) => (names as string[]).includes(name)));
    expect(some.series.every(({ piece }) => (names as string[]).includes(piece))).toBe(true);
    expect(some.findings.length > 0).toBe(names.length > 0);
    expect([...some.csv.rows].length > 0).toBe((names as string[]).includes('images'));
  });
});

it('runs in Node: pictures, overhead, event loop', async () => {
  const options = {
    runtimes: ['node-cpu'] as const,
    packs: ['starter'],
    dataset: undefined,
    data: undefined,
    modelsDir: undefined,
    rounds: 1,
    warmup: 0,
    quick: true,
  };
  const plan = await pipelineSuite.plan(options, signal);
  try {
    expect(plan.notMeasured).toEqual([]);
    const measured = [];
    // Without time: the least of everything.
    const context: PieceContext = { signal, timeLeftMs: () => 0, progress: () => {} };
    for (const { name, measure } of plan.pieces)
      measured.push({ name, value: JSON.parse(JSON.stringify(await measure(context))) as PipelinePiece });
    expect(measured.map(({ name }) => name)).toEqual(['images-starter', 'overhead-starter', 'event-loop-starter']);
    const [images, overhead, eventLoop] = measured.map(({ value }) => value);
    expect(images).toMatchObject({
      ids: { length: 6 },
      runtimes: [{ runtime: 'node-cpu', samples: { length: 6 }, facts: { executionProvider: 'cpu' } }],
    });
    expect(overhead).toMatchObject({ faces: 1, pipeline: { length: 30 }, bare: { length: 30 } });
    if (overhead?.kind !== 'overhead') throw new Error('Expected the overhead.');
    expect(overhead.stages.filter(({ bare }) => bare.length === 30).map(({ stage }) => stage)).toEqual(['detect', 'align', 'embed']);
    expect(eventLoop).toMatchObject({ analyses: 80, lagP99: { length: 2 } });
    const { series, findings } = pipelineSuite.report(measured);
    expect(series.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['node-cpu/starter/embed/wall', 'node-cpu/starter/frame/overhead']),
    );
    expect(findings.join('\n')).toMatch(/found the right identity for \d of \d pictures/);
  } finally {
    await plan.dispose?.();
  }
});
