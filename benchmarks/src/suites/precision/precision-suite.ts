/** Suite `precision`: what smaller number formats of the models save and what they cost in accuracy. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchOptions } from '../../run/bench-options.ts';
import { choosePacks } from '../../run/choose-packs.ts';
import type { NotMeasured, Piece, PieceContext, Plan, Suite } from '../../run/suite.ts';
import { chooseRuntimes } from '../../runtimes/choose-runtimes.ts';
import type { RuntimeName } from '../../runtimes/runtime-name.ts';
import type { Rounds } from './interleave.ts';
import { loadVariantTools } from './load-variant-tools.ts';
import { type AccuracyLimits, measureAccuracy } from './measure-accuracy.ts';
import { measureFiles } from './measure-files.ts';
import { measureNodeSpeed, type NODE_PROVIDERS } from './measure-node-speed.ts';
import { measureWebSpeed, WEB_PROVIDERS } from './measure-web-speed.ts';
import type { PrecisionPiece } from './precision-piece.ts';
import { reportPrecision } from './precision-report.ts';
import { type PreparedPack, preparePack } from './prepared-pack.ts';
import { VARIANT_NAMES, type VariantName } from './variant-name.ts';

/** Runtimes that bare models are run in. A browser's threads are the subject of another suite. */
const RUNTIMES: readonly RuntimeName[] = ['node-cpu', 'node-webgpu', 'node-cuda', 'web-wasm', 'web-webgpu'];
/** Trying every node for `int8-mixed` takes longer than a quick run. */
const QUICK_VARIANTS: readonly VariantName[] = ['float32', 'float16-stored', 'int8'];
const WHOLE_SPEED = { atLeast: 30, atMost: 60 };
const QUICK_SPEED = { atLeast: 5, atMost: 20 };
const WASM_WARMUP = 10;
const WHOLE_CALIBRATION_INPUTS = 32;
const QUICK_CALIBRATION_INPUTS = 8;
const WHOLE_ACCURACY: AccuracyLimits = { atLeastBlocks: 10, atMostBlocks: 300, bootstrapRounds: 1000 };
const QUICK_ACCURACY: AccuracyLimits = { atLeastBlocks: 2, atMostBlocks: 10, bootstrapRounds: 200 };
/** Of the time of a pack. */
const WEIGHTS = { files: 3, nodeSpeed: 1, webSpeed: 3, accuracy: 10 };

/** See {@link VARIANT_NAMES} for what is compared, and {@link judgeVariant} for the rules of the verdicts. */
export const precisionSuite: Suite<PrecisionPiece> = {
  name: 'precision',
  title: 'Number formats of the models',
  description: 'float32, float16 and int8 variants of the models: size, speed, output error, accuracy lost',
  minutes: { whole: 5, quick: 0.45 },
  plan: planPrecision,
  report: reportPrecision,
};

async function planPrecision(options: BenchOptions, signal: AbortSignal): Promise<Plan<PrecisionPiece>> {
  const { quick, modelsDir } = options;
  const packs = await choosePacks(options);
  const runtimes = await chooseRuntimesToTime(options, signal);
  const lfw = findLfw(options.data);
  const chosen = quick && options.packs === undefined ? packs.packs.slice(0, 1) : packs.packs;
  const leftOut = packs.packs.slice(chosen.length).map((pack) => `pack ${pack}`);
  if (quick) leftOut.push('variants float16 and int8-mixed');
  const notMeasured: NotMeasured[] = [
    ...packs.notMeasured,
    ...runtimes.notMeasured,
    ...leftOut.map((name) => ({ name, reason: 'Left out by --quick.' })),
    ...('reason' in lfw ? [{ name: 'accuracy on LFW', reason: lfw.reason }] : []),
  ];
  const preparer = createPreparer(options);
  const limits = quick ? QUICK_ACCURACY : WHOLE_ACCURACY;
  const pieces = chosen.flatMap((pack): Piece<PrecisionPiece>[] => [
    {
      name: `files-${pack}`,
      weight: WEIGHTS.files,
      measure: async (context) => measureFiles(await preparer.prepare(pack, context), context.signal),
    },
    ...runtimes.runtimes.map((runtime): Piece<PrecisionPiece> => {
      const rounds = chooseRounds(options, runtime);
      return {
        name: `speed-${runtime}-${pack}`,
        weight: isWeb(runtime) ? WEIGHTS.webSpeed : WEIGHTS.nodeSpeed,
        measure: async (context) => {
          const prepared = await preparer.prepare(pack, context);
          if (isWeb(runtime)) return measureWebSpeed(prepared, runtime, rounds, context);
          return measureNodeSpeed(prepared, runtime as keyof typeof NODE_PROVIDERS, rounds, context);
        },
      };
    }),
    ...('reason' in lfw
      ? []
      : [
          {
            name: `accuracy-${pack}`,
            weight: WEIGHTS.accuracy,
            measure: async (context: PieceContext) =>
              measureAccuracy(await preparer.prepare(pack, context), lfw.folder, modelsDir, limits, context),
          },
        ]),
  ]);
  return { pieces, notMeasured, dispose: async () => preparer.forget() };
}

interface Preparer {
  prepare(pack: string, context: PieceContext): Promise<PreparedPack>;
  forget(): void;
}

/** A pack is prepared when its first piece needs it and kept for its next ones; the pack before is let go. */
function createPreparer({ quick, modelsDir }: BenchOptions): Preparer {
  const wanted = quick ? QUICK_VARIANTS : VARIANT_NAMES;
  const calibrationInputs = quick ? QUICK_CALIBRATION_INPUTS : WHOLE_CALIBRATION_INPUTS;
  let current: { readonly pack: string; readonly prepared: PreparedPack } | undefined;
  return {
    async prepare(pack, { signal, progress }) {
      if (current?.pack !== pack) {
        current = undefined;
        const tools = await loadVariantTools();
        current = { pack, prepared: await preparePack(pack, { modelsDir, tools, wanted, calibrationInputs, signal, progress }) };
      }
      return current.prepared;
    },
    forget() {
      current = undefined;
    },
  };
}

function findLfw(data: string | undefined): { readonly folder: string } | { readonly reason: string } {
  if (data === undefined) return { reason: 'It needs labelled photos: --data with a folder that holds lfw.' };
  const folder = join(data, 'lfw');
  return existsSync(join(folder, 'pairs.txt')) ? { folder } : { reason: 'The folder of --data holds no lfw/pairs.txt.' };
}

/** In a quick run a browser takes too long to start, unless it was asked for. */
async function chooseRuntimesToTime(
  options: BenchOptions,
  signal: AbortSignal,
): Promise<{ readonly runtimes: readonly RuntimeName[]; readonly notMeasured: readonly NotMeasured[] }> {
  if (!options.quick || options.runtimes !== undefined) return chooseRuntimes(options, RUNTIMES, signal);
  const { runtimes, notMeasured } = await chooseRuntimes(options, ['node-cpu'], signal);
  return { runtimes, notMeasured: [...notMeasured, { name: 'other runtimes', reason: 'Left out by --quick; name them with --runtime.' }] };
}

/** More rounds where more were asked for. Code of a browser becomes fast only after some runs. */
function chooseRounds({ rounds, warmup, quick }: BenchOptions, runtime: RuntimeName): Rounds {
  const { atLeast, atMost } = quick ? QUICK_SPEED : WHOLE_SPEED;
  const own = runtime === 'web-wasm' && !quick ? Math.max(WASM_WARMUP, warmup) : warmup;
  return { warmup: own, atLeast: Math.max(atLeast, rounds), atMost: Math.max(atMost, rounds) };
}

function isWeb(runtime: RuntimeName): runtime is keyof typeof WEB_PROVIDERS {
  return runtime in WEB_PROVIDERS;
}
