/** The resize convention, written as slowly and plainly as possible: what every preprocessor is compared with. */

import type { FitGeometry, InputSpec, RgbaImage } from '@isoface/core';

/** Weight of every source position for one output position; empty where the output lies outside the source. */
type Weights = readonly (readonly [source: number, weight: number])[];

/**
 * Output centres nearer than this to the border of the image, in input pixels, may count as inside or outside: 32-bit and 64-bit arithmetic
 * disagree there.
 */
const UNDECIDED_PIXELS = 1e-4;

/**
 * Resizes in 64-bit floats, every output pixel on its own.
 *
 * @returns `[3, H, W]` or `[H, W, 3]` values; NaN where a rounding error decides between picture and padding.
 */
export function plainResize(image: RgbaImage, geometry: FitGeometry, input: InputSpec): Float64Array {
  const { inputWidth, inputHeight, scaleX, scaleY, originX, originY } = geometry;
  const out = new Float64Array(3 * inputWidth * inputHeight);
  for (let y = 0; y < inputHeight; y++) {
    const centreY = originY + (y + 0.5) * scaleY;
    const rows = weightsAt(image.height, centreY, scaleY);
    for (let x = 0; x < inputWidth; x++) {
      const centreX = originX + (x + 0.5) * scaleX;
      const columns = weightsAt(image.width, centreX, scaleX);
      const isUndecided = isAtBorder(centreX, image.width, scaleX) || isAtBorder(centreY, image.height, scaleY);
      for (let channel = 0; channel < 3; channel++) {
        let value = 0;
        for (const [row, rowWeight] of rows) {
          for (const [column, columnWeight] of columns) {
            value += rowWeight * columnWeight * (image.data[(row * image.width + column) * 4 + channel] as number);
          }
        }
        out[addressOf(input, channel, x, y, inputWidth, inputHeight)] = isUndecided ? Number.NaN : normalize(input, channel, value);
      }
    }
  }
  return out;
}

/** Position of one channel (0 red, 1 green, 2 blue) of one pixel in the tensor. */
export function addressOf(input: InputSpec, channel: number, x: number, y: number, width: number, height: number): number {
  const plane = planeOf(input, channel);
  return input.layout === 'NCHW' ? (plane * height + y) * width + x : (y * width + x) * 3 + plane;
}

/** (pixel - mean) * scale of one channel. */
export function normalize(input: InputSpec, channel: number, value: number): number {
  const plane = planeOf(input, channel);
  return (value - (input.mean[plane] as number)) * (input.scale[plane] as number);
}

function planeOf(input: InputSpec, channel: number): number {
  return input.channelOrder === 'RGB' ? channel : 2 - channel;
}

function isAtBorder(centre: number, size: number, scale: number): boolean {
  return Math.min(Math.abs(centre), Math.abs(centre - size)) < UNDECIDED_PIXELS * scale;
}

function weightsAt(size: number, centre: number, scale: number): Weights {
  if (centre < 0 || centre > size) return [];
  const weights: [number, number][] = [];
  if (scale > 2) {
    const from = Math.max(0, centre - scale / 2);
    const to = Math.min(size, centre + scale / 2);
    for (let source = 0; source < size; source++) {
      const covered = Math.min(to, source + 1) - Math.max(from, source);
      if (covered > 0) weights.push([source, covered / (to - from)]);
    }
  } else {
    const position = Math.min(size - 1, Math.max(0, centre - 0.5));
    for (let source = 0; source < size; source++) {
      const weight = 1 - Math.abs(position - source);
      if (weight > 0) weights.push([source, weight]);
    }
  }
  return weights;
}
