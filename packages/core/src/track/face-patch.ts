/** Small aligned pictures of faces, by which a face is told from what has taken its place. */

import type { FrameImage } from '../image/rgba-image.ts';
import type { Preprocessor } from '../ports/preprocessor.ts';
import { readTensor } from '../ports/tensor.ts';
import { alignPatch, patchSpec, toLuminance } from '../quality/luminance-patch.ts';

/** Side of the patch, pixels. */
const SIDE = 16;
/** The patch is far smaller than the face: sub-samples per axis beyond these change nothing that matters. */
const SAMPLES = 4;
const PATCH_SPEC = patchSpec(SIDE);

/**
 * Cuts a small patch of each face.
 *
 * @param faces - Five landmarks per face, shape [5, 2], image pixels.
 * @returns Luminance with mean 0 and length 1, shape [16 * 16]; `undefined` for a face that cannot be aligned and all zeros for one without any
 * contrast.
 */
export async function cutFacePatches(
  image: FrameImage,
  faces: readonly ArrayLike<number>[],
  preprocessor: Preprocessor,
): Promise<(Float32Array | undefined)[]> {
  const transforms = faces.map((landmarks) => alignPatch(landmarks, SIDE));
  const usable = transforms.filter((transform) => transform !== undefined);
  if (usable.length === 0) return faces.map(() => undefined);
  const tensor = await preprocessor.warp(image, usable, PATCH_SPEC, { maxSamples: SAMPLES });
  try {
    const values = await readTensor(tensor);
    const length = 3 * SIDE * SIDE;
    let position = 0;
    return transforms.map((transform) => {
      if (transform === undefined) return undefined;
      const at = length * position++;
      return normalize(values.subarray(at, at + length));
    });
  } finally {
    tensor.dispose();
  }
}

/**
 * Likeness to the frame before from which on followed landmarks still lie on the same face. Measured as in `follow-landmarks.ts`: the same face moved
 * by 0.1 sides 0.96 to 1.00, the face of another person in its place -0.27 to 0.70, the empty room -0.33 to 0.43.
 */
export const FOLLOWED_LIKENESS = 0.8;
/**
 * Likeness to the frame before below which a detected face may be that of another person. Lower than the above: the landmarks of a detector on small inputs
 * waver, so that a moving face was like itself to 0.67 only at worst (median 0.99).
 */
export const DETECTED_LIKENESS = 0.5;

/** How alike two patches are, in [-1, 1]: brightness and contrast do not count. */
export function correlatePatches(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function normalize(rgb: Float32Array): Float32Array {
  const luminance = toLuminance(rgb);
  const mean = luminance.reduce((sum, value) => sum + value, 0) / luminance.length;
  const length = Math.sqrt(luminance.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  return luminance.map((value) => (length > 0 ? (value - mean) / length : 0));
}
