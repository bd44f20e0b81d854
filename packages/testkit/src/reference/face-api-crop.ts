/** The crop of face-api.js: how the descriptors that its users stored were made. */

import type { Region } from './legacy-square-resize.ts';

type Points = readonly (readonly [number, number])[];

/** Clips a box to the image and rounds it down, as face-api.js does. */
export function clipBox({ x, y, width, height }: Region, imageWidth: number, imageHeight: number): Region {
  const left = Math.max(x, 0);
  const top = Math.max(y, 0);
  return {
    x: Math.floor(left),
    y: Math.floor(top),
    width: Math.floor(Math.min(x + width - left, imageWidth - left)),
    height: Math.floor(Math.min(y + height - top, imageHeight - top)),
  };
}

/** Landmarks relative to a padded square crop (network output, 0..1) to the pixels of the unclipped box, with the original's own offset. */
export function toFaceApiLandmarks(output: Float32Array, crop: Region, box: Region, size: number): Points {
  const scale = size / Math.max(crop.width, crop.height);
  const width = crop.width * scale;
  const height = crop.height * scale;
  const padX = width < height ? (height - width) / 2 : 0;
  const padY = height < width ? (width - height) / 2 : 0;
  return Array.from({ length: output.length / 2 }, (_, i) => [
    (((output[i * 2] as number) * size - padX) / width) * crop.width + box.x,
    (((output[i * 2 + 1] as number) * size - padY) / height) * crop.height + box.y,
  ]);
}
