/** Suite `recognizers`: what templates and their comparison cost, for the classical recognizers beside the embedders of packs. */

import { asHostTensor, type EmbedderManifest, FaceError } from '@isoface/core';
import {
  createEigenfacesRecognizer,
  createLbphRecognizer,
  createTemplateScorer,
  DEFAULT_RECOGNIZER_CROP,
  encodeEigenfaces,
  type Recognizer,
  type TemplateMetric,
  trainEigenfaces,
} from '@isoface/core/recognizers';
import { getPack } from '@isoface/models';
import { createNodeModelSource, createOrtNodeBackend } from '@isoface/runtime-node';
import { describeMachine, type Machine } from './machine.ts';
import { cpuNow, medianOf } from './statistics.ts';

/** One recognizer: medians over the counted rounds. All times are CPU time, so they are those of one core. */
export interface RecognizerRow {
  readonly recognizer: string;
  readonly metric: TemplateMetric;
  readonly dimension: number;
  readonly bytesPerTemplate: number;
  /** From the aligned crop on: finding and aligning the face is not counted. */
  readonly templatesPerSecond: number;
  readonly comparisonsPerSecond: number;
  /** Training, for recognizers that are trained, ms. */
  readonly trainMs: number | undefined;
  /** Size of what has to be stored beside the templates: the model. */
  readonly modelBytes: number;
}

/** What the suite gives. */
export interface RecognizersReport {
  readonly suite: 'recognizers';
  readonly machine: Machine;
  readonly rounds: number;
  readonly rows: readonly RecognizerRow[];
}

/** Options of the suite. */
export interface BenchRecognizersOptions {
  /** Packs whose embedders are measured too. */
  readonly packs?: readonly string[] | undefined;
  readonly modelsDir?: string | undefined;
}

const TRAINING_CROPS = 400;
/** Templates that are compared with each other: 64 make 2,016 pairs, enough to outlast the clock's step. */
const COMPARED = 64;
/** Rounds before counting: enough for the platform to optimise. */
const WARMUP_ROUNDS = 3;

/** Runs the suite: `rounds` rounds of each are counted. */
export async function benchRecognizers(
  rounds: number,
  signal?: AbortSignal,
  { packs = ['starter'], modelsDir }: BenchRecognizersOptions = {},
): Promise<RecognizersReport> {
  const machine = describeMachine();
  const crops = createCrops(TRAINING_CROPS, DEFAULT_RECOGNIZER_CROP.width, DEFAULT_RECOGNIZER_CROP.height);
  const rows: RecognizerRow[] = [];
  rows.push(await measureRecognizer('lbph', createLbphRecognizer(), crops, rounds, signal));
  signal?.throwIfAborted();

  const started = cpuNow();
  const model = trainEigenfaces(crops, TRAINING_CROPS);
  const trainMs = Math.round(cpuNow() - started);
  const name = `eigenfaces, trained on ${TRAINING_CROPS}`;
  const eigenfaces = await measureRecognizer(name, createEigenfacesRecognizer(model), crops, rounds, signal);
  rows.push({ ...eigenfaces, trainMs, modelBytes: encodeEigenfaces(model).length });

  for (const pack of packs) rows.push(await measurePack(pack, modelsDir, rounds, signal));
  return { suite: 'recognizers', machine, rounds, rows };
}

async function measureRecognizer(
  name: string,
  recognizer: Recognizer,
  crops: Float32Array,
  rounds: number,
  signal: AbortSignal | undefined,
): Promise<RecognizerRow> {
  const { dimension, metric, crop } = recognizer;
  const some = crops.subarray(0, COMPARED * crop.width * crop.height);
  const compute = async (): Promise<Float32Array> => recognizer.computeTemplates(some, COMPARED);
  const perRound = await measure(compute, rounds, signal);
  const templates = await compute();
  return {
    recognizer: name,
    metric,
    dimension,
    bytesPerTemplate: dimension * 4,
    templatesPerSecond: round3((COMPARED * 1000) / perRound),
    comparisonsPerSecond: await measureComparisons(metric, templates, dimension, rounds, signal),
    trainMs: undefined,
    modelBytes: 0,
  };
}

async function measurePack(
  id: string,
  modelsDir: string | undefined,
  rounds: number,
  signal: AbortSignal | undefined,
): Promise<RecognizerRow> {
  const { embedder } = getPack(id);
  if (embedder === undefined) throw new FaceError('INVALID_OPTION', `Expected a pack with an embedder, got "${id}".`, { pack: id });
  const model = await createNodeModelSource({ modelsDir }).load(embedder, { signal });
  const session = await createOrtNodeBackend({ executionProvider: 'cpu' }).createSession(model, { name: embedder.id, signal });
  try {
    const input = { [embedder.input.name]: createInput(embedder) };
    const perRun = await measure(() => session.run(input), rounds, signal);
    const { dimension, metric } = embedder;
    // The time of a comparison does not depend on the numbers.
    const templates = Float32Array.from({ length: COMPARED * dimension }, (_, i) => Math.sin(i * i));
    return {
      recognizer: `embedder of ${id}`,
      metric,
      dimension,
      bytesPerTemplate: dimension * 4,
      templatesPerSecond: round3(1000 / perRun),
      comparisonsPerSecond: await measureComparisons(metric, templates, dimension, rounds, signal),
      trainMs: undefined,
      modelBytes: model.length,
    };
  } finally {
    await session.dispose();
  }
}

function createInput({ input: { width, height, layout } }: EmbedderManifest): ReturnType<typeof asHostTensor> {
  const data = Float32Array.from({ length: 3 * width * height }, (_, i) => (i * 37) % 256);
  return asHostTensor(data, layout === 'NCHW' ? [1, 3, height, width] : [1, height, width, 3]);
}

async function measureComparisons(
  metric: TemplateMetric,
  templates: Float32Array,
  dimension: number,
  rounds: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const score = createTemplateScorer(metric, templates, dimension);
  // Short comparisons are repeated until a round takes some milliseconds.
  const repeats = Math.max(1, Math.round(20_000 / dimension));
  const pairs = (repeats * COMPARED * (COMPARED - 1)) / 2;
  const perRound = await measure(
    async () => {
      let sum = 0;
      for (let repeat = 0; repeat < repeats; repeat++) {
        for (let i = 1; i < COMPARED; i++) {
          for (let j = 0; j < i; j++) sum += score(i, j);
        }
      }
      return sum;
    },
    rounds,
    signal,
  );
  return round3((pairs * 1000) / perRound);
}

/** Median CPU time of a call, ms. */
async function measure(call: () => Promise<unknown>, rounds: number, signal: AbortSignal | undefined): Promise<number> {
  const spent: number[] = [];
  for (let round = -WARMUP_ROUNDS; round < rounds; round++) {
    signal?.throwIfAborted();
    const started = cpuNow();
    await call();
    if (round >= 0) spent.push(cpuNow() - started);
  }
  return medianOf(spent);
}

/** Pictures that vary as faces do, smoothly and with a little noise. Time depends on them where histograms have empty bins. */
function createCrops(count: number, width: number, height: number): Float32Array {
  return Float32Array.from({ length: count * width * height }, (_, at) => {
    const picture = Math.floor(at / (width * height));
    const x = at % width;
    const y = Math.floor(at / width) % height;
    const shape = Math.sin(x / (6 + (picture % 7)) + picture) * Math.cos(y / (5 + (picture % 11)) + picture * picture);
    const noise = Math.sin(at * 12.9898) * 43_758.5453;
    return 120 + 70 * shape + 8 * (noise - Math.floor(noise));
  });
}

function round3(value: number): number {
  return Number(value.toPrecision(3));
}
