/** How large a face is. */

/** `small` faces are smaller than what embedders take in, so that detail is missing; `large` ones have more than they use. */
export type SizeClass = 'small' | 'medium' | 'large';

/** Shorter side of the box, pixels: embedders take in faces of about 64 to 128 pixels. */
const MEDIUM_FROM = 64;
const LARGE_FROM = 128;

/** Classifies by the shorter side of the box, pixels of the image. */
export function classifySize(sizePixels: number): SizeClass {
  if (sizePixels < MEDIUM_FROM) return 'small';
  return sizePixels < LARGE_FROM ? 'medium' : 'large';
}
