/** Figures that say how well a face can be recognized: facts about the picture, no verdict. */

import type { Box } from '../geometry/box.ts';
import type { FrameImage } from '../image/rgba-image.ts';
import type { Preprocessor } from '../ports/preprocessor.ts';
import { readTensor } from '../ports/tensor.ts';
import { estimatePose, type Pose } from './estimate-pose.ts';
import { alignPatch, patchSpec, toLuminance } from './luminance-patch.ts';

/** Quality of one face. */
export interface FaceQuality {
  /** Shorter side of the box, pixels of the source image. */
  readonly sizePixels: number;
  /**
   * Variance of the Laplacian of the face's luminance (0..255) on a patch of fixed size; larger = sharper.
   * Blurred or strongly enlarged faces give below about 20.
   */
  readonly sharpness: number;
  /** Mean luminance of the face, in [0, 1]. */
  readonly brightness: number;
  /** Standard deviation of the luminance, in [0, 0.5]. */
  readonly contrast: number;
  /** Absent for detectors without landmarks, and where the landmarks coincide. */
  readonly pose?: Pose | undefined;
}

/** Side of the patch on which sharpness is measured: small enough that every usable face fills it without enlargement. */
const PATCH = 64;
/** Sub-samples per axis: figures of quality need no more, and large faces would cost most of the alignment stage. */
const PATCH_SAMPLES = 2;
const PATCH_SPEC = patchSpec(PATCH);

/** A face whose quality is asked for, in pixels of the image. */
export interface QualityFace {
  readonly box: Box;
  /** Right eye, left eye, nose tip, mouth corners, shape [5, 2]; absent where the detector gives none. */
  readonly landmarks?: ArrayLike<number> | undefined;
}

/**
 * Computes the quality of faces, in the order given. Landmarks that coincide count as absent: the figures are then those of the box.
 *
 * @param sourceScale - Source pixels per pixel of `image`.
 */
export async function computeQuality(
  image: FrameImage,
  faces: readonly QualityFace[],
  sourceScale: number,
  preprocessor: Preprocessor,
): Promise<FaceQuality[]> {
  if (faces.length === 0) return [];
  const tensor = await preprocessor.warp(image, faces.map(toPatchTransform), PATCH_SPEC, { maxSamples: PATCH_SAMPLES });
  try {
    const values = await readTensor(tensor);
    const length = 3 * PATCH * PATCH;
    return faces.map((face, i) => describePatch(toLuminance(values.subarray(i * length, (i + 1) * length)), face, sourceScale));
  } finally {
    tensor.dispose();
  }
}

function describePatch(patch: Float32Array, { box, landmarks }: QualityFace, sourceScale: number): FaceQuality {
  let sum = 0;
  let squares = 0;
  // By index: an iterator over a typed array makes an object of each number, 64 KiB for a patch.
  for (let i = 0; i < patch.length; i++) {
    const value = patch[i] as number;
    sum += value;
    squares += value * value;
  }
  const mean = sum / patch.length;
  const deviation = Math.sqrt(Math.max(0, squares / patch.length - mean * mean));
  return {
    sizePixels: Math.min(box.width, box.height) * sourceScale,
    sharpness: computeLaplacianVariance(patch, PATCH),
    brightness: mean / 255,
    contrast: deviation / 255,
    pose: landmarks && estimatePose(landmarks),
  };
}

function toPatchTransform({ box, landmarks }: QualityFace): Float64Array {
  const ofBox = [PATCH / box.width, 0, -box.x * (PATCH / box.width), 0, PATCH / box.height, -box.y * (PATCH / box.height)];
  return (landmarks && alignPatch(landmarks, PATCH)) ?? Float64Array.from(ofBox);
}

/** Variance of the 4-neighbour Laplacian over the inner pixels. See Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", ICPR 2000. */
function computeLaplacianVariance(values: Float32Array, side: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const i = y * side + x;
      const laplacian =
        (values[i - 1] as number) +
        (values[i + 1] as number) +
        (values[i - side] as number) +
        (values[i + side] as number) -
        4 * (values[i] as number);
      sum += laplacian;
      squares += laplacian * laplacian;
    }
  }
  const count = (side - 2) ** 2;
  return squares / count - (sum / count) ** 2;
}
