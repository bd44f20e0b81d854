/** What each model of a pack is fed with: exactly the tensors that the pipeline would make of the faces that float32 finds. */

import {
  asHostTensor,
  computeAlignment,
  computeFit,
  computeUprightCrop,
  createBestPreprocessor,
  type Face,
  type FitGeometry,
  type HostTensor,
  isFaceError,
  type PackManifest,
  type Preprocessor,
  type RgbaImage,
  readTensor,
  type Tensor,
} from '@isoface/core';
import type { NodeFaceEngine } from '@isoface/runtime-node';
import type { ModelTask } from './precision-piece.ts';

/** One input of a model. */
export interface ModelSample {
  /** Shape [1, 3, H, W] or [1, H, W, 3]. */
  readonly input: HostTensor;
  /** How the picture lies in the input; of detectors. */
  readonly geometry?: FitGeometry | undefined;
  /** Length of one unit of the output in pixels of the picture; of landmark models, whose unit is the side of the crop. */
  readonly unitPx?: number | undefined;
}

/** Inputs by task; a pack without a landmark model has none for it. */
export type ModelSamples = Readonly<Record<ModelTask, readonly ModelSample[]>>;

/**
 * Makes the inputs of all models from pictures.
 *
 * @param engine - Finds the faces, with the models of `pack`.
 * @param mirrored - Whether each aligned face is there mirrored as well: more to calibrate on.
 */
export async function makeSamples(
  engine: NodeFaceEngine,
  pack: PackManifest,
  pictures: readonly RgbaImage[],
  { mirrored, signal }: { readonly mirrored: boolean; readonly signal: AbortSignal },
): Promise<ModelSamples> {
  const preprocessor = await createBestPreprocessor();
  const samples = { detect: [] as ModelSample[], landmarks: [] as ModelSample[], embed: [] as ModelSample[] };
  for (const picture of pictures) {
    samples.detect.push(await toDetectorSample(preprocessor, pack, picture));
    for (const face of await engine.detect(picture, { signal })) {
      const landmarks = await toLandmarkSample(preprocessor, pack, picture, face);
      if (landmarks !== undefined) samples.landmarks.push(landmarks);
      for (const isMirrored of mirrored ? [false, true] : [false]) {
        const input = await cutAlignedFace(preprocessor, pack, picture, face, isMirrored);
        if (input !== undefined) samples.embed.push({ input });
      }
    }
  }
  return samples;
}

/**
 * Cuts the face that the embedder of a pack takes.
 *
 * @returns `undefined` for a pack that only detects, and for landmarks that coincide.
 */
export async function cutAlignedFace(
  preprocessor: Preprocessor,
  { embedder }: PackManifest,
  picture: RgbaImage,
  { landmarks, landmarks68 }: Face,
  mirrored = false,
): Promise<HostTensor | undefined> {
  if (embedder === undefined) return undefined;
  const flat = (points: Face['landmarks']): number[] | undefined => points?.flatMap(({ x, y }) => [x, y]);
  try {
    const transform = computeAlignment({ landmarks: flat(landmarks), landmarks68: flat(landmarks68) }, embedder);
    return await keep(await preprocessor.warp(picture, [transform], embedder.input, { mirrored }));
  } catch (error) {
    if (isFaceError(error, 'DEGENERATE_LANDMARKS')) return undefined;
    throw error;
  }
}

async function toDetectorSample(preprocessor: Preprocessor, { detector }: PackManifest, picture: RgbaImage): Promise<ModelSample> {
  const { input, placement, resizeMode } = detector;
  const geometry = computeFit(picture, input, { mode: resizeMode, placement, sizeMultipleOf: input.sizeMultipleOf });
  return { input: await keep(await preprocessor.fit(picture, geometry, input)), geometry };
}

async function toLandmarkSample(
  preprocessor: Preprocessor,
  { landmarker }: PackManifest,
  picture: RgbaImage,
  { box, landmarks }: Face,
): Promise<ModelSample | undefined> {
  const [right, left] = landmarks ?? [];
  if (landmarker === undefined || right === undefined || left === undefined) return undefined;
  const transform = computeUprightCrop(box, [right.x, right.y], [left.x, left.y], landmarker.input.width);
  const input = await keep(await preprocessor.warp(picture, [transform], landmarker.input));
  return { input, unitPx: Math.max(box.width, box.height) };
}

/** A copy that stays as it is: the preprocessor uses its memory again. */
async function keep(tensor: Tensor): Promise<HostTensor> {
  const values = (await readTensor(tensor)).slice();
  tensor.dispose();
  return asHostTensor(values, tensor.dims);
}
