/** OpenCV's bilinear resize of 8-bit images, bit by bit: golden vectors of detectors were made with it. */

import type { RgbaImage } from '@isoface/core';

/** Weights are fixed-point numbers with 11 fractional bits. */
const ONE = 2048;

/** `cv2.resize(image, (width, height), interpolation=INTER_LINEAR)` as in OpenCV's portable C++ code: fixed-point weights, rounded results. */
export function opencvResize(image: RgbaImage, width: number, height: number): RgbaImage {
  const columns = computeWeights(image.width, width, true);
  const rows = computeWeights(image.height, height, false);
  const data = new Uint8Array(width * height * 4);
  const horizontal = (y: number, x: number, channel: number): number => {
    const { index, next, weight } = columns[x] as Weight;
    const at = (column: number): number => image.data[(y * image.width + column) * 4 + channel] as number;
    return at(index) * (ONE - weight) + at(next) * weight;
  };
  for (let y = 0; y < height; y++) {
    const row = rows[y] as Weight;
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 4; channel++) {
        const top = ((ONE - row.weight) * (horizontal(row.index, x, channel) >> 4)) >> 16;
        const bottom = (row.weight * (horizontal(row.next, x, channel) >> 4)) >> 16;
        data[(y * width + x) * 4 + channel] = (top + bottom + 2) >> 2;
      }
    }
  }
  return { width, height, data };
}

interface Weight {
  readonly index: number;
  readonly next: number;
  readonly weight: number;
}

/** At the border OpenCV repeats the edge pixel: along a row with the whole weight, across rows with the two weights it would have had. */
function computeWeights(source: number, target: number, isWholeAtBorder: boolean): Weight[] {
  const clamp = (index: number): number => Math.min(Math.max(index, 0), source - 1);
  return Array.from({ length: target }, (_, i) => {
    const position = Math.fround((i + 0.5) * (source / target) - 0.5);
    const floor = Math.floor(position);
    const isInside = floor >= 0 && floor < source - 1;
    const weight = isInside || !isWholeAtBorder ? Math.round((position - floor) * ONE) : 0;
    return { index: clamp(floor), next: clamp(floor + 1), weight };
  });
}
