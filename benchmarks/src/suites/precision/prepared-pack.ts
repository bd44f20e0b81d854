/** A pack that is ready to be measured: its models in all variants, with real inputs. */

import { cpus } from 'node:os';
import type { InferenceBackend } from '@isoface/core';
import { createOrtNodeBackend, openEngine } from '@isoface/runtime-node';
import { cutDemoFrames } from './demo-frames.ts';
import { type ModelVariant, makeVariants, takeEvenly } from './make-variants.ts';
import { type ModelSample, type ModelSamples, makeSamples } from './model-samples.ts';
import { type LoadedPack, loadPack } from './pack-models.ts';
import type { MeasuredManifest, MissingVariant } from './precision-piece.ts';
import type { VariantName } from './variant-name.ts';
import type { VariantTools } from './variant-tools.ts';

/** One model in all variants. */
export interface PreparedModel {
  readonly manifest: MeasuredManifest;
  readonly variants: readonly ModelVariant[];
  readonly missing: readonly MissingVariant[];
  /** Inputs that nothing was calibrated on. */
  readonly samples: readonly ModelSample[];
  readonly calibrationInputs: number;
}

/** A pack whose variants were made. */
export interface PreparedPack {
  readonly pack: LoadedPack;
  readonly models: readonly PreparedModel[];
}

/** Options of {@link preparePack}. */
export interface PreparePackOptions<R> {
  readonly modelsDir: string | undefined;
  readonly tools: VariantTools<R>;
  readonly wanted: readonly VariantName[];
  /** Inputs of each model that ranges are collected on, at most. */
  readonly calibrationInputs: number;
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
}

/**
 * Reads a pack, finds the faces of the demo photos with it and makes the variants of its models. Equal packs give equal variants.
 *
 * @throws {FaceError} What reading the pack or opening its engine fails with.
 */
export async function preparePack<R>(name: string, options: PreparePackOptions<R>): Promise<PreparedPack> {
  const { modelsDir, tools, wanted, calibrationInputs, signal, progress } = options;
  const pack = await loadPack(name, modelsDir, signal);
  progress(`${name}: faces of the demo photos`);
  const { calibration, comparison } = await sampleDemoPhotos(pack, modelsDir, signal);
  const backend = createThreadedBackend();
  const models: PreparedModel[] = [];
  for (const { manifest, bytes } of pack.models) {
    progress(`${name}: variants of ${manifest.id}`);
    const inputs = takeEvenly(calibration[manifest.task], calibrationInputs).map(({ input }) => input);
    const { variants, missing } = await makeVariants(bytes, { tools, wanted, backend, inputs, signal });
    models.push({ manifest, variants, missing, samples: comparison[manifest.task], calibrationInputs: inputs.length });
  }
  return { pack, models };
}

/** ONNX Runtime on the CPU with a thread for each core: for work whose time is not measured. */
export function createThreadedBackend(): InferenceBackend {
  return createOrtNodeBackend({ executionProvider: 'cpu', intraOpThreads: Math.min(8, cpus().length) });
}

async function sampleDemoPhotos(
  { manifest }: LoadedPack,
  modelsDir: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly calibration: ModelSamples; readonly comparison: ModelSamples }> {
  const engine = await openEngine({ pack: manifest, executionProviders: 'cpu', modelsDir, signal });
  try {
    const frames = await cutDemoFrames(engine, signal);
    return {
      calibration: await makeSamples(engine, manifest, frames.calibration, { mirrored: true, signal }),
      comparison: await makeSamples(engine, manifest, frames.comparison, { mirrored: false, signal }),
    };
  } finally {
    await engine.dispose();
  }
}
