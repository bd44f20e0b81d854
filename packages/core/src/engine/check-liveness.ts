/** Stage liveness, first half: what the passive models say about each face. */

import { requireOutput } from '../detect/require-output.ts';
import { FaceError } from '../errors/face-error.ts';
import type { FrameImage } from '../image/rgba-image.ts';
import { computeLiveScore, computePatchEdges, computePatchTransform } from '../liveness/passive/minifasnet.ts';
import type { LivenessManifest } from '../ports/model-manifest.ts';
import type { Preprocessor } from '../ports/preprocessor.ts';
import type { PassiveLiveness } from './analysis.ts';
import type { FrameFace } from './frame-face.ts';
import { batchSizeOf, type OpenModel, runModel } from './run-model.ts';

/** One sample per pixel of the patch, as in training: averaging would smooth away the fine patterns that the networks look for. */
const PATCH_SAMPLES = 1;

/** What the check needs. */
export interface CheckLivenessContext {
  /** At least one; their scores are averaged. */
  readonly models: readonly OpenModel<LivenessManifest>[];
  readonly preprocessor: Preprocessor;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Scores faces, in the order given.
 *
 * @param faces - In pixels of the image.
 * @throws {FaceError} `SHAPE_MISMATCH`; `BACKEND_UNAVAILABLE` if a model gives numbers that are not finite, as a broken GPU does.
 */
export async function checkLiveness(
  image: FrameImage,
  faces: readonly Pick<FrameFace, 'box'>[],
  { models, preprocessor, signal }: CheckLivenessContext,
): Promise<PassiveLiveness[]> {
  const scores = faces.map((): Record<string, number> => ({}));
  for (const model of models) {
    const { manifest } = model;
    const { id, input, output, classes, liveClass, cropScale } = manifest;
    const transforms = faces.map(({ box }) => computePatchTransform(computePatchEdges(box, image, cropScale), input));
    const batchSize = batchSizeOf(input);
    for (let start = 0; start < faces.length; start += batchSize) {
      const batch = transforms.slice(start, start + batchSize);
      signal?.throwIfAborted();
      const tensor = await preprocessor.warp(image, batch, input, { maxSamples: PATCH_SAMPLES });
      const logits = requireOutput(await runModel(model, tensor, signal), output, batch.length * classes);
      for (const position of batch.keys()) {
        const score = computeLiveScore(logits.subarray(position * classes, (position + 1) * classes), liveClass);
        if (!Number.isFinite(score)) throw notFinite(id);
        (scores[start + position] as Record<string, number>)[id] = score;
      }
    }
  }
  return scores.map((byModel) => ({ score: mean(Object.values(byModel)), models: byModel }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function notFinite(model: string): FaceError {
  return new FaceError(
    'BACKEND_UNAVAILABLE',
    `Expected finite numbers from ${model}, got NaN or Infinity; try another execution provider.`,
    {
      model,
    },
  );
}
