/** The warp convention, written as slowly and plainly as possible: what every preprocessor is compared with. */

import type { InputSpec, RgbaImage } from '@isoface/core';
import { addressOf, normalize } from './plain-resize.ts';

/** Cuts one patch in 64-bit floats, one sample at a time. @returns `[3, H, W]` or `[H, W, 3]` values. */
export function plainWarp(image: RgbaImage, transform: ArrayLike<number>, input: InputSpec, mirrored: boolean): Float64Array {
  const { width, height } = input;
  const [a = 0, b = 0, tx = 0, c = 0, d = 0, ty = 0] = Array.from(transform);
  const determinant = a * d - b * c;
  const perSide = Math.max(1, Math.round(1 / Math.sqrt(Math.abs(determinant))));
  const out = new Float64Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let i = 0; i < perSide; i++) {
          for (let j = 0; j < perSide; j++) {
            const u = x - 0.5 + (i + 0.5) / perSide - tx;
            const v = y - 0.5 + (j + 0.5) / perSide - ty;
            sum += sampleBilinear(image, channel, (d * u - b * v) / determinant, (a * v - c * u) / determinant);
          }
        }
        const column = mirrored ? width - 1 - x : x;
        out[addressOf(input, channel, column, y, width, height)] = normalize(input, channel, sum / perSide ** 2);
      }
    }
  }
  return out;
}

/** Bilinear sample of one channel; pixel centres at integers, zero outside. */
function sampleBilinear(image: RgbaImage, channel: number, x: number, y: number): number {
  let value = 0;
  for (const row of [Math.floor(y), Math.floor(y) + 1]) {
    for (const column of [Math.floor(x), Math.floor(x) + 1]) {
      const isInside = row >= 0 && row < image.height && column >= 0 && column < image.width;
      if (!isInside) continue;
      value += (1 - Math.abs(x - column)) * (1 - Math.abs(y - row)) * (image.data[(row * image.width + column) * 4 + channel] as number);
    }
  }
  return value;
}
