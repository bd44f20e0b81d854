/** Resizes an image into a model input: the one resize convention of isoface, from 8-bit RGBA straight to floats. */

import type { InputSpec } from '../ports/model-manifest.ts';
import { computeChannelLayout } from './channel-layout.ts';
import type { FitGeometry } from './fit.ts';
import { type AxisTaps, computeAxisTaps } from './resample-axis.ts';
import { asPlainBytes, type RgbaImage } from './rgba-image.ts';
import { writeRow } from './write-row.ts';

/**
 * Resizes `image` as `geometry` says and writes (pixel - mean) * scale.
 * Half-pixel centres; bilinear up to a reduction of 2, area-averaged beyond; zero pixels where the input leaves the image.
 * No value is rounded to 8 bits on the way.
 *
 * Source rows are mixed first, then columns: the long loop runs over memory in order.
 *
 * @param out - Receives `3 * inputWidth * inputHeight` floats in the layout of `input`.
 */
export function resizeToTensor(image: RgbaImage, geometry: FitGeometry, input: InputSpec, out: Float32Array): void {
  const { inputWidth: width, inputHeight: height } = geometry;
  const columns = computeAxisTaps(image.width, width, geometry.scaleX, geometry.originX);
  const rows = computeAxisTaps(image.height, height, geometry.scaleY, geometry.originY);
  const layout = computeChannelLayout(input, width, height);
  const data = asPlainBytes(image);
  const mixed = new Float32Array(image.width * 3);
  const row = new Float32Array(width * 3);
  for (let y = 0; y < height; y++) {
    mixRows(data, image.width * 4, rows, y, mixed);
    mixColumns(mixed, columns, row);
    writeRow(row, layout, y * width, false, out);
  }
}

/** Writes the weighted sum, as red, green, blue triples, of the source rows that output row `y` covers; zeros where it lies outside the image. */
function mixRows(data: Uint8Array, length: number, { first, count, weights, stride }: AxisTaps, y: number, mixed: Float32Array): void {
  const start = first[y] as number;
  const taps = start < 0 ? 0 : (count[y] as number);
  if (taps === 0) {
    mixed.fill(0);
    return;
  }
  const rowWeights = weights.subarray(y * stride, y * stride + taps);
  if (taps <= 2) {
    mixTwoRows(data, length, start * length, rowWeights, mixed);
    return;
  }
  mixed.fill(0);
  for (let tap = 0; tap < taps; tap += 4) addFourRows(data, length, start * length, taps, tap, rowWeights, mixed);
}

/** Adds rows `tap … tap + 3` in one pass, for a pass over the sum costs as much as three rows. A row beyond the last repeats it with weight 0. */
function addFourRows(
  data: Uint8Array,
  length: number,
  firstRow: number,
  taps: number,
  tap: number,
  weights: Float32Array,
  mixed: Float32Array,
): void {
  const a = firstRow + tap * length;
  const b = firstRow + Math.min(tap + 1, taps - 1) * length;
  const c = firstRow + Math.min(tap + 2, taps - 1) * length;
  const d = firstRow + Math.min(tap + 3, taps - 1) * length;
  const weightA = weights[tap] as number;
  const weightB = tap + 1 < taps ? (weights[tap + 1] as number) : 0;
  const weightC = tap + 2 < taps ? (weights[tap + 2] as number) : 0;
  const weightD = tap + 3 < taps ? (weights[tap + 3] as number) : 0;
  // Alpha is left out on the way: three sums per pixel instead of four.
  for (let i = 0, target = 0; i < length; i += 4, target += 3) {
    mixed[target] =
      (mixed[target] as number) +
      weightA * (data[a + i] as number) +
      weightB * (data[b + i] as number) +
      weightC * (data[c + i] as number) +
      weightD * (data[d + i] as number);
    mixed[target + 1] =
      (mixed[target + 1] as number) +
      weightA * (data[a + i + 1] as number) +
      weightB * (data[b + i + 1] as number) +
      weightC * (data[c + i + 1] as number) +
      weightD * (data[d + i + 1] as number);
    mixed[target + 2] =
      (mixed[target + 2] as number) +
      weightA * (data[a + i + 2] as number) +
      weightB * (data[b + i + 2] as number) +
      weightC * (data[c + i + 2] as number) +
      weightD * (data[d + i + 2] as number);
  }
}

function mixTwoRows(data: Uint8Array, length: number, firstRow: number, weights: Float32Array, mixed: Float32Array): void {
  const secondRow = weights.length === 2 ? firstRow + length : firstRow;
  const weightA = weights[0] as number;
  const weightB = weights.length === 2 ? (weights[1] as number) : 0;
  for (let i = 0, target = 0; i < length; i += 4, target += 3) {
    mixed[target] = weightA * (data[firstRow + i] as number) + weightB * (data[secondRow + i] as number);
    mixed[target + 1] = weightA * (data[firstRow + i + 1] as number) + weightB * (data[secondRow + i + 1] as number);
    mixed[target + 2] = weightA * (data[firstRow + i + 2] as number) + weightB * (data[secondRow + i + 2] as number);
  }
}

/** Resamples one mixed row to red, green, blue triples. */
function mixColumns(mixed: Float32Array, { first, count, weights, stride }: AxisTaps, row: Float32Array): void {
  for (let x = 0, target = 0; x < first.length; x++, target += 3) {
    const start = first[x] as number;
    let red = 0;
    let green = 0;
    let blue = 0;
    const taps = start < 0 ? 0 : (count[x] as number);
    // Most pixels have two to four taps: unrolled, these cost a third of a loop over taps.
    for (let tap = 0; tap < taps; tap += 4) {
      const at = x * stride + tap;
      const a = (start + tap) * 3;
      const b = tap + 1 < taps ? a + 3 : a;
      const c = tap + 2 < taps ? a + 6 : a;
      const d = tap + 3 < taps ? a + 9 : a;
      const weightA = weights[at] as number;
      const weightB = tap + 1 < taps ? (weights[at + 1] as number) : 0;
      const weightC = tap + 2 < taps ? (weights[at + 2] as number) : 0;
      const weightD = tap + 3 < taps ? (weights[at + 3] as number) : 0;
      red +=
        weightA * (mixed[a] as number) + weightB * (mixed[b] as number) + weightC * (mixed[c] as number) + weightD * (mixed[d] as number);
      green +=
        weightA * (mixed[a + 1] as number) +
        weightB * (mixed[b + 1] as number) +
        weightC * (mixed[c + 1] as number) +
        weightD * (mixed[d + 1] as number);
      blue +=
        weightA * (mixed[a + 2] as number) +
        weightB * (mixed[b + 2] as number) +
        weightC * (mixed[c + 2] as number) +
        weightD * (mixed[d + 2] as number);
    }
    row[target] = red;
    row[target + 1] = green;
    row[target + 2] = blue;
  }
}
