/** How face-api.js turns the output of its landmark network into picture coordinates. */

import type { PixelRegion } from './square-resize.ts';

const INPUT_SIZE = 112;

/**
 * Decodes 68 x, y pairs that are relative to the padded square.
 *
 * @param crop - region that was cut from the picture
 * @param origin - what is added at the end; the original takes the unclipped, unrounded box here instead of the crop
 */
export function decodeOriginalLandmarks(
  output: Float32Array,
  crop: PixelRegion,
  origin: { readonly x: number; readonly y: number },
): (readonly [number, number])[] {
  const scale = INPUT_SIZE / Math.max(crop.width, crop.height);
  const [width, height] = [crop.width * scale, crop.height * scale];
  const padX = Math.max(0, (height - width) / 2);
  const padY = Math.max(0, (width - height) / 2);
  return Array.from({ length: output.length / 2 }, (_, index) => {
    const x = (output[2 * index] ?? 0) * INPUT_SIZE - padX;
    const y = (output[2 * index + 1] ?? 0) * INPUT_SIZE - padY;
    return [(x / width) * crop.width + origin.x, (y / height) * crop.height + origin.y] as const;
  });
}
