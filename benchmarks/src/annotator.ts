/** How far the annotations of `isoface dataset annotate` can be trusted, measured where the truth is known; and the fit of its occlusion model. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { OCCLUSION_BOUNDS, OCCLUSION_MODEL, type OcclusionModel } from '@isoface/core/evaluation';
import { type DrawnSamples, drawSamples } from './annotator/draw-samples.ts';
import {
  fitOnTrainingPhotos,
  type HeldOutKind,
  measureHeldOutKinds,
  measureOcclusionModel,
  type OcclusionResult,
} from './annotator/occlusion-report.ts';
import { comparePose, measureSyntheticPose, type PoseAgreement, type SyntheticPose } from './annotator/pose-report.ts';
import { measureOnWider, type WiderResult } from './annotator/wider-report.ts';
import { openWorkbench } from './annotator/workbench.ts';
import { describeMachine, type Machine } from './machine.ts';

/** Options of {@link benchAnnotator}. */
export interface BenchAnnotatorOptions {
  /** Folder with `lfw`, `fddb-single-face` and `widerface-train-subset`. */
  readonly data: string;
  /** Folder with the models of the packs, the face mesh and the other pose estimator. */
  readonly modelsDir: string;
  /** Photographs to draw on. @defaultValue 240 of LFW, 180 of FDDB, 200 with turned faces */
  readonly counts?: DrawnSamples['photos'] | undefined;
  readonly onProgress?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What {@link benchAnnotator} gives. */
export interface AnnotatorReport {
  readonly suite: 'annotator';
  readonly machine: Machine;
  readonly occlusion: {
    readonly bounds: typeof OCCLUSION_BOUNDS;
    readonly photos: DrawnSamples['photos'];
    readonly samples: number;
    readonly notFound: DrawnSamples['notFound'];
    /** On photographs that were not fitted on. */
    readonly drawn: readonly OcclusionResult[];
    readonly heldOutKinds: readonly HeldOutKind[];
  };
  readonly pose: { readonly synthetic: SyntheticPose; readonly besideAnotherEstimator: readonly PoseAgreement[] };
  /** Labels by people. WIDER FACE was trained on by the detectors of the packs, not by the annotator. */
  readonly wider: readonly WiderResult[];
}

const PACKS = ['standard', 'starter'] as const;
const COUNTS = { lfw: 240, fddb: 180, turned: 200 } as const;
const POSE_PHOTOS = 300;

/**
 * Fits the occlusion model of core anew: to be written to `packages/core/src/evaluation/annotation/occlusion-model.json`. {@link benchAnnotator} then
 * measures it on the photographs that were not used here.
 */
export async function fitAnnotator({
  data,
  modelsDir,
  counts = COUNTS,
  onProgress,
  signal,
}: BenchAnnotatorOptions): Promise<OcclusionModel> {
  const workbench = await openWorkbench(modelsDir, PACKS, signal);
  try {
    const { samples } = await drawSamples(workbench, { ...locate(data), counts, onProgress, signal });
    return fitOnTrainingPhotos(samples);
  } finally {
    await workbench.dispose();
  }
}

/** Measures the annotator. */
export async function benchAnnotator(options: BenchAnnotatorOptions): Promise<AnnotatorReport> {
  const { data, modelsDir, counts = COUNTS, onProgress, signal } = options;
  const machine = describeMachine();
  const workbench = await openWorkbench(modelsDir, PACKS, signal);
  try {
    const folders = locate(data);
    const { samples, notFound, photos } = await drawSamples(workbench, { ...folders, counts, onProgress, signal });
    onProgress?.('occlusion');
    const drawn = measureOcclusionModel(samples, OCCLUSION_MODEL);
    const heldOutKinds = measureHeldOutKinds(samples, OCCLUSION_MODEL);
    onProgress?.('pose');
    const pose = {
      synthetic: measureSyntheticPose(),
      besideAnotherEstimator: await comparePose(workbench, modelsDir, listPosePhotos(folders.lfw), signal),
    };
    onProgress?.('WIDER FACE');
    const wider = await measureOnWider(workbench, join(data, 'widerface-train-subset'), signal);
    const occlusion = { bounds: OCCLUSION_BOUNDS, photos, samples: samples.length, notFound, drawn, heldOutKinds };
    return { suite: 'annotator', machine, occlusion, pose, wider };
  } finally {
    await workbench.dispose();
  }
}

/** One photograph of each of some people, at equal distances in the alphabet. */
function listPosePhotos(lfw: string): string[] {
  const images = join(lfw, 'images');
  const people = readdirSync(images).sort();
  const step = Math.max(1, Math.floor(people.length / POSE_PHOTOS));
  const chosen = people.filter((_, i) => i % step === 0).slice(0, POSE_PHOTOS);
  return chosen.map((person) => join(images, person, readdirSync(join(images, person)).sort()[0] as string));
}

function locate(data: string): { readonly lfw: string; readonly fddb: string } {
  return { lfw: join(data, 'lfw'), fddb: join(data, 'fddb-single-face') };
}
