/** The pipeline beside the bare runs of its models, in Node on the CPU. */

import { createHash } from 'node:crypto';
import { createBestPreprocessor, createFaceEngine, type PackManifest } from '@isoface/core';
import {
  createNodeModelSource,
  createOrtNodeBackend,
  createSharpImageDecoder,
  type NodeFaceEngine,
  type NodeImageInput,
  resolvePack,
} from '@isoface/runtime-node';
import { toThousandths } from '../../rounded.ts';
import type { BenchOptions } from '../../run/bench-options.ts';
import type { PieceContext } from '../../run/suite.ts';
import { cpuNow } from '../../statistics.ts';
import { createFrame } from '../../test-images.ts';
import { type OverheadValue, STAGES, type Stage } from './pipeline-piece.ts';
import { createRunRecorder, type ModelRun, type RunRecorder } from './run-recorder.ts';

const LEAST_ROUNDS = 30;
const MOST_ROUNDS = { whole: 200, quick: 30 };
const LEAST_WARMUP = 5;

/** The stage in which each model runs. */
const STAGE_OF_TASK = { detect: 'detect', landmarks: 'align', embed: 'embed' } as const satisfies Record<string, Stage>;

/**
 * Measures CPU time of analyses of a frame with one face, and of the model runs that such an analysis makes: the same sessions with the same inputs
 * in the same order. They take turns, so that both find the caches as the other left them.
 */
export async function measureOverhead(
  packId: string,
  options: Pick<BenchOptions, 'modelsDir' | 'warmup' | 'quick'>,
  context: PieceContext,
): Promise<OverheadValue> {
  const pack = resolvePack(packId);
  const { name, input } = await createFrame();
  const recorder = createRunRecorder(createOrtNodeBackend({ executionProvider: 'cpu' }));
  const engine = await openTimedEngine(pack, recorder, options.modelsDir, context.signal);
  try {
    const [analysis, runs] = await recorder.record(() => engine.analyze(input));
    const stageOf = toStages(pack);
    const rounds: Round[] = [];
    const most = options.quick ? MOST_ROUNDS.quick : MOST_ROUNDS.whole;
    for (let round = -Math.max(LEAST_WARMUP, options.warmup); round < most; round++) {
      context.signal.throwIfAborted();
      if (round >= LEAST_ROUNDS && context.timeLeftMs() <= 0) break;
      const measured = { ...(await measureAnalysis(engine, input)), bare: await measureRuns(runs, stageOf) };
      if (round >= 0) rounds.push(measured);
    }
    const present = STAGES.filter((stage) => rounds.some(({ stages }) => stages[stage] > 0));
    return {
      kind: 'overhead',
      pack: packId,
      image: name,
      faces: analysis.faces.length,
      pipeline: rounds.map(({ total }) => total),
      bare: rounds.map(({ bare }) => toThousandths(Object.values(bare).reduce((sum, value) => sum + value, 0))),
      stages: present.map((stage) => ({
        stage,
        pipeline: rounds.map(({ stages }) => toThousandths(stages[stage])),
        bare: rounds.flatMap(({ bare }) => (bare[stage] === undefined ? [] : [toThousandths(bare[stage])])),
      })),
    };
  } finally {
    await engine.dispose();
  }
}

interface Round {
  readonly total: number;
  readonly stages: Readonly<Record<Stage, number>>;
  readonly bare: Partial<Record<Stage, number>>;
}

/** An engine as `openEngine` of the Node runtime composes it, whose stages are timed by CPU time and whose model runs can be recorded. */
async function openTimedEngine(
  pack: PackManifest,
  { backend }: RunRecorder,
  modelsDir: string | undefined,
  signal: AbortSignal,
): Promise<NodeFaceEngine> {
  return createFaceEngine<NodeImageInput>(
    {
      pack,
      backend,
      preprocessor: await createBestPreprocessor(),
      decoder: createSharpImageDecoder({}),
      modelSource: createNodeModelSource({ modelsDir }),
      sha256: async (bytes) => createHash('sha256').update(bytes).digest('hex'),
      now: cpuNow,
    },
    { signal },
  );
}

/** Stages by the id of the model that runs in them. */
function toStages({ detector, landmarker, embedder }: PackManifest): ReadonlyMap<string, Stage> {
  const models = [detector, landmarker, embedder].filter((model) => model !== undefined);
  return new Map(models.map(({ id, task }) => [id, STAGE_OF_TASK[task]]));
}

async function measureAnalysis(engine: NodeFaceEngine, input: NodeImageInput): Promise<Pick<Round, 'total' | 'stages'>> {
  const started = cpuNow();
  const { timings } = await engine.analyze(input);
  const total = toThousandths(cpuNow() - started);
  const entries = STAGES.map((stage) => [stage, timings[`${stage}Ms`]] as const);
  return { total, stages: Object.fromEntries(entries) as Record<Stage, number> };
}

async function measureRuns(runs: readonly ModelRun[], stageOf: ReadonlyMap<string, Stage>): Promise<Partial<Record<Stage, number>>> {
  const spent: Partial<Record<Stage, number>> = {};
  for (const { model, run } of runs) {
    const stage = stageOf.get(model) ?? 'detect';
    const started = cpuNow();
    await run();
    spent[stage] = (spent[stage] ?? 0) + cpuNow() - started;
  }
  return spent;
}
