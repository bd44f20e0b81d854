/** How sharp a face is. */

/** `slight` costs detail, `heavy` leaves little more than the outline. */
export type BlurClass = 'none' | 'slight' | 'heavy';

/** Sharpness as `computeQuality` gives it, below which a face is blurred. */
const SLIGHT_BELOW = 150;
const HEAVY_BELOW = 25;

/** Classifies by the variance of the Laplacian on a patch of fixed size; a face of few pixels counts as blurred, for that is what it is once enlarged. */
export function classifyBlur(sharpness: number): BlurClass {
  if (sharpness < HEAVY_BELOW) return 'heavy';
  return sharpness < SLIGHT_BELOW ? 'slight' : 'none';
}
