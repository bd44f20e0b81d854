/** Suite `pipeline`: what each stage of one analysis costs, beside the bare model runs; event-loop lag; memory. */

import { spawn } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { asHostTensor, type InferenceSession, type ModelManifest, type StageTimings } from '@isoface/core';
import { getPack } from '@isoface/models';
import { createFaceEngine, createNodeModelSource, createOrtNodeBackend, type NodeFaceEngine, openEngine } from '@isoface/runtime-node';
import { describeMachine, type Machine } from './machine.ts';
import { cpuNow, medianOf, quantileOf } from './statistics.ts';
import { createFrame, createLargeJpeg, type TestImage } from './test-images.ts';

/** Options of the suite. */
export interface PipelineOptions {
  readonly packs: readonly string[];
  readonly rounds: number;
  readonly warmup: number;
  readonly flip: boolean;
  readonly modelsDir?: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/** One stage on one image: medians over the counted rounds. */
export interface StageRow {
  readonly pack: string;
  readonly runtime: string;
  readonly image: string;
  readonly stage: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** CPU time of the bare model run inside this stage; 0 for stages without a model. */
  readonly modelOnlyCpuMs: number;
}

/** Sums of one image. */
export interface ImageSummary {
  readonly pack: string;
  readonly image: string;
  readonly faces: number;
  readonly wallMs: number;
  readonly wallP95Ms: number;
  readonly cpuMs: number;
  readonly modelOnlyCpuMs: number;
  /** Pipeline CPU without decoding over bare models, minus 1. */
  readonly overheadRatio: number;
}

/** What the suite gives. */
export interface PipelineReport {
  readonly suite: 'pipeline';
  readonly machine: Machine;
  readonly rounds: number;
  readonly warmup: number;
  readonly flipAveraging: boolean;
  readonly rows: readonly StageRow[];
  readonly images: readonly ImageSummary[];
  readonly eventLoop: readonly { readonly pack: string; readonly inFlight: number; readonly lagP99Ms: number; readonly lagMaxMs: number }[];
  readonly memory: readonly MemoryProbe[];
}

/** Resident memory of a process that analyzes again and again. */
export interface MemoryProbe {
  readonly pack: string;
  readonly threads: number;
  readonly rssMiB: Readonly<Record<string, number>>;
}

const STAGES = ['decode', 'preprocess', 'detect', 'align', 'embed', 'match'] as const;
const IN_FLIGHT = 8;

/** Runs the suite. */
export async function benchPipeline(options: PipelineOptions): Promise<PipelineReport> {
  const machine = describeMachine();
  const frame = await createFrame();
  const images = [frame, await createLargeJpeg()];
  const rows: StageRow[] = [];
  const summaries: ImageSummary[] = [];
  const eventLoop: PipelineReport['eventLoop'][number][] = [];
  const memory: MemoryProbe[] = [];
  for (const pack of options.packs) {
    options.onProgress(`${pack}: bare models`);
    const modelCpu = await measureBareModels(pack, options);
    for (const image of images) {
      options.onProgress(`${pack}: ${image.name}`);
      const measured = await measureStages(pack, image, options, modelCpu);
      rows.push(...measured.rows);
      summaries.push(measured.summary);
    }
    options.onProgress(`${pack}: event loop with ${IN_FLIGHT} analyses in flight`);
    eventLoop.push(await measureEventLoop(pack, frame, options));
    options.onProgress(`${pack}: memory over 300 analyses`);
    memory.push(await spawnMemoryProbe(pack, options));
  }
  const { rounds, warmup, flip } = options;
  return { suite: 'pipeline', machine, rounds, warmup, flipAveraging: flip, rows, images: summaries, eventLoop, memory };
}

/** Analyzes one image again and again, the stages timed once by the wall clock and once by CPU time. */
async function measureStages(
  pack: string,
  image: TestImage,
  options: PipelineOptions,
  modelCpu: Readonly<Record<string, number>>,
): Promise<{ readonly rows: StageRow[]; readonly summary: ImageSummary }> {
  const engineOptions = {
    pack,
    flipAveraging: options.flip,
    executionProviders: 'cpu',
    modelsDir: options.modelsDir,
    signal: options.signal,
  } as const;
  const wallEngine = await openEngine(engineOptions);
  const cpuEngine = await openEngine(engineOptions, cpuNow);
  try {
    const wall: StageTimings[] = [];
    const cpu: StageTimings[] = [];
    const totalWall: number[] = [];
    const totalCpu: number[] = [];
    let faces = 0;
    for (let round = -options.warmup; round < options.rounds; round++) {
      options.signal.throwIfAborted();
      const startedWall = performance.now();
      const startedCpu = cpuNow();
      const analysis = await wallEngine.analyze(image.input);
      const spent = { wall: performance.now() - startedWall, cpu: cpuNow() - startedCpu };
      const cpuAnalysis = await cpuEngine.analyze(image.input);
      if (round < 0) continue;
      faces = analysis.faces.length;
      totalWall.push(spent.wall);
      totalCpu.push(spent.cpu);
      wall.push(analysis.timings);
      cpu.push(cpuAnalysis.timings);
    }
    const median = (timings: readonly StageTimings[], stage: (typeof STAGES)[number]): number =>
      medianOf(timings.map((t) => t[`${stage}Ms`]));
    const rows = STAGES.map(
      (stage): StageRow => ({
        pack,
        runtime: 'node-cpu',
        image: image.name,
        stage,
        wallMs: round2(median(wall, stage)),
        cpuMs: round2(median(cpu, stage)),
        modelOnlyCpuMs: round2(modelCpu[stage] ?? 0),
      }),
    );
    const bare = Object.values(modelCpu).reduce((sum, value) => sum + value, 0);
    const withoutDecode = medianOf(totalCpu) - median(cpu, 'decode');
    return {
      rows,
      summary: {
        pack,
        image: image.name,
        faces,
        wallMs: round2(medianOf(totalWall)),
        wallP95Ms: round2(quantileOf(totalWall, 0.95)),
        cpuMs: round2(medianOf(totalCpu)),
        modelOnlyCpuMs: round2(bare),
        overheadRatio: round2(withoutDecode / bare - 1),
      },
    };
  } finally {
    await Promise.all([wallEngine.dispose(), cpuEngine.dispose()]);
  }
}

/** CPU time of the bare `session.run` of each stage's model for one face, at the sizes that the pipeline uses. */
async function measureBareModels(packId: string, options: PipelineOptions): Promise<Readonly<Record<string, number>>> {
  const pack = getPack(packId);
  const source = createNodeModelSource({ modelsDir: options.modelsDir });
  const backend = createOrtNodeBackend({ executionProvider: 'cpu' });
  const measure = async (manifest: ModelManifest | undefined): Promise<number> => {
    if (manifest === undefined) return 0;
    const session = await backend.createSession(await source.load(manifest), { name: manifest.id });
    const cost = await measureSession(session, manifest, options);
    await session.dispose();
    return cost;
  };
  const embed = await measure(pack.embedder);
  return { detect: await measure(pack.detector), align: await measure(pack.landmarker), embed: options.flip ? embed * 2 : embed };
}

async function measureSession(session: InferenceSession, manifest: ModelManifest, { warmup, rounds }: PipelineOptions): Promise<number> {
  const { width, height, name, layout } = manifest.input;
  const data = Float32Array.from({ length: 3 * width * height }, (_, i) => (i * 37) % 256);
  const tensor = asHostTensor(data, layout === 'NCHW' ? [1, 3, height, width] : [1, height, width, 3]);
  const spent: number[] = [];
  for (let round = -warmup; round < rounds; round++) {
    const started = cpuNow();
    await session.run({ [name]: tensor });
    if (round >= 0) spent.push(cpuNow() - started);
  }
  return medianOf(spent);
}

/** Lag of this thread's event loop while the pool keeps 8 analyses under way. */
async function measureEventLoop(pack: string, image: TestImage, options: PipelineOptions): Promise<PipelineReport['eventLoop'][number]> {
  const engine = await createFaceEngine({ pack, executionProviders: 'cpu', modelsDir: options.modelsDir, signal: options.signal });
  try {
    await keepInFlight(engine, image, 24, options.signal);
    const resolution = 1;
    const histogram = monitorEventLoopDelay({ resolution });
    histogram.enable();
    await keepInFlight(engine, image, 160, options.signal);
    histogram.disable();
    // The histogram counts the timer's own interval as delay.
    const lag = (nanoseconds: number): number => round2(Math.max(0, nanoseconds / 1e6 - resolution));
    return { pack, inFlight: IN_FLIGHT, lagP99Ms: lag(histogram.percentile(99)), lagMaxMs: lag(histogram.max) };
  } finally {
    await engine.dispose();
  }
}

async function keepInFlight(engine: NodeFaceEngine, image: TestImage, count: number, signal: AbortSignal): Promise<void> {
  let left = count;
  const caller = async (): Promise<void> => {
    while (left-- > 0) await engine.analyze(image.input, { signal });
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
}

/** Memory is measured in a process of its own, with nothing else loaded. */
async function spawnMemoryProbe(pack: string, options: PipelineOptions): Promise<MemoryProbe> {
  const modelsDir = options.modelsDir === undefined ? [] : ['--models-dir', options.modelsDir];
  const child = spawn(process.execPath, [process.argv[1] as string, 'probe-memory', '--pack', pack, ...modelsDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal: options.signal,
  });
  let output = '';
  for await (const chunk of child.stdout) output += chunk;
  return JSON.parse(output) as MemoryProbe;
}

/** Body of the memory probe: resident memory after 50, 100, … 300 analyses. */
export async function probeMemory(pack: string, modelsDir: string | undefined): Promise<MemoryProbe> {
  const frame = await createFrame();
  const engine = await createFaceEngine({ pack, executionProviders: 'cpu', modelsDir });
  const rssMiB: Record<string, number> = {};
  for (let done = 0; done < 300; done += 50) {
    await keepInFlight(engine, frame, 50, new AbortController().signal);
    rssMiB[done + 50] = Math.round(process.memoryUsage.rss() / 2 ** 20);
  }
  await engine.dispose();
  return { pack, threads: describeMachine().cores, rssMiB };
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
