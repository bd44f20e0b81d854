/** The square on which a face is annotated: the whole face, upright, in colour, from the hair line to the chin. */

import type { Box } from '../../geometry/box.ts';
import { tryEstimateSimilarity } from '../../geometry/similarity-transform.ts';
import type { FrameImage } from '../../image/rgba-image.ts';
import type { Preprocessor } from '../../ports/preprocessor.ts';
import { readTensor } from '../../ports/tensor.ts';
import { patchSpec, toLuminance } from '../../quality/luminance-patch.ts';

/** Side of the patch, pixels. */
export const PATCH_SIDE = 96;
/** Right eye, left eye, nose tip, mouth corners on the patch: 32 pixels between the eyes. */
const PATCH_LANDMARKS: readonly number[] = [32, 40, 64, 40, 48, 58, 35, 75, 61, 75];
/** The face on the patch, from hair line to chin: centre and radii, pixels. */
export const FACE_OVAL = { x: 48, y: 50, radiusX: 35, radiusY: 44 } as const;
/** Sub-samples per axis, as for the figures of quality. */
const PATCH_SAMPLES = 2;

/** A face cut out for annotation. */
export interface FacePatch {
  /** Red, green, blue planes, 0..255, shape [3, S, S] with S = {@link PATCH_SIDE}; zero outside the image. */
  readonly rgb: Float32Array;
  /** BT.601 luminance, 0..255, shape [S, S]. */
  readonly luminance: Float32Array;
  /** 1 where the patch shows the image, 0 beyond its edge; shape [S, S]. */
  readonly inside: Uint8Array;
  /** Row-major 2x3 matrix from image to patch pixels. */
  readonly transform: Float64Array;
  /** Whether the patch was aligned by landmarks; without them it is the box, stretched. */
  readonly isAligned: boolean;
}

/**
 * Cuts the patch of a face.
 *
 * @param landmarks - Right eye, left eye, nose tip, mouth corners, shape [5, 2], image pixels; absent or coinciding, the box is used.
 */
export async function cutFacePatch(
  image: FrameImage,
  face: { readonly box: Box; readonly landmarks?: ArrayLike<number> | undefined },
  preprocessor: Preprocessor,
): Promise<FacePatch> {
  const aligned = face.landmarks && alignFace(face.landmarks);
  const transform = aligned ?? fitOvalToBox(face.box);
  const tensor = await preprocessor.warp(image, [transform], patchSpec(PATCH_SIDE), { maxSamples: PATCH_SAMPLES });
  try {
    const rgb = Float32Array.from(await readTensor(tensor));
    const inside = markInside(transform, image.width, image.height);
    return { rgb, luminance: toLuminance(rgb), inside, transform, isAligned: aligned !== undefined };
  } finally {
    tensor.dispose();
  }
}

/**
 * Lays five landmarks on those of the patch.
 *
 * @param landmarks - Right eye, left eye, nose tip, mouth corners, shape [5, 2], image pixels.
 * @returns The transform from image to patch, row-major 2x3, or `undefined` if the landmarks coincide or are not finite.
 */
export function alignFace(landmarks: ArrayLike<number>): Float64Array | undefined {
  return tryEstimateSimilarity(landmarks, PATCH_LANDMARKS);
}

/** Whether the centre of a patch pixel belongs to the face. */
export function isInFaceOval(x: number, y: number): boolean {
  return ((x - FACE_OVAL.x) / FACE_OVAL.radiusX) ** 2 + ((y - FACE_OVAL.y) / FACE_OVAL.radiusY) ** 2 <= 1;
}

/** Without landmarks the oval fills the detector's box. */
function fitOvalToBox({ x, y, width, height }: Box): Float64Array {
  const scaleX = (2 * FACE_OVAL.radiusX) / width;
  const scaleY = (2 * FACE_OVAL.radiusY) / height;
  return Float64Array.of(scaleX, 0, FACE_OVAL.x - scaleX * (x + width / 2), 0, scaleY, FACE_OVAL.y - scaleY * (y + height / 2));
}

function markInside(
  [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]: ArrayLike<number> & Iterable<number>,
  width: number,
  height: number,
): Uint8Array {
  const inside = new Uint8Array(PATCH_SIDE * PATCH_SIDE);
  const determinant = a * e - b * d;
  for (let y = 0; y < PATCH_SIDE; y++) {
    for (let x = 0; x < PATCH_SIDE; x++) {
      const sourceX = (e * (x - c) - b * (y - f)) / determinant;
      const sourceY = (a * (y - f) - d * (x - c)) / determinant;
      if (sourceX >= -0.5 && sourceY >= -0.5 && sourceX <= width - 0.5 && sourceY <= height - 0.5) inside[y * PATCH_SIDE + x] = 1;
    }
  }
  return inside;
}
