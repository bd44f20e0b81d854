/**
 * The three loops of a resize. Rows are mixed to four floats per pixel first, alpha among them: an unused lane costs less than leaving it out.
 * Every loop runs in whole vectors; the caller leaves room for reads and writes a little beyond the end.
 */

import { storePixels } from './store-pixels';

/** Bytes of one pixel's entry in the table of columns. */
const COLUMN_BYTES: usize = 20;

/**
 * mixed = top * topWeight + bottom * bottomWeight, for two rows of 8-bit RGBA.
 *
 * @param pixels - Length of a row; up to three more are read and written.
 */
export function mixTwoRows(top: usize, bottom: usize, topWeight: f32, bottomWeight: f32, pixels: i32, mixed: usize): void {
  const topWeights = f32x4.splat(topWeight);
  const bottomWeights = f32x4.splat(bottomWeight);
  const end = mixed + (<usize>pixels << 4);
  while (mixed < end) {
    const a = v128.load8x8_u(top);
    const b = v128.load8x8_u(top, 8);
    const c = v128.load8x8_u(bottom);
    const d = v128.load8x8_u(bottom, 8);
    v128.store(mixed, f32x4.add(f32x4.mul(lowFloats(a), topWeights), f32x4.mul(lowFloats(c), bottomWeights)));
    v128.store(mixed, f32x4.add(f32x4.mul(highFloats(a), topWeights), f32x4.mul(highFloats(c), bottomWeights)), 16);
    v128.store(mixed, f32x4.add(f32x4.mul(lowFloats(b), topWeights), f32x4.mul(lowFloats(d), bottomWeights)), 32);
    v128.store(mixed, f32x4.add(f32x4.mul(highFloats(b), topWeights), f32x4.mul(highFloats(d), bottomWeights)), 48);
    top += 16;
    bottom += 16;
    mixed += 64;
  }
}

/**
 * mixed = the sum of rows * weight, plus what `mixed` held if `add` is not 0. The sum is one of 16-bit integers, hence exact.
 *
 * @param rows - At most 257, so that the sum of bytes fits 16 bits.
 * @param pixels - Length of a row; up to seven more are read and written.
 */
export function sumRows(source: usize, rowBytes: usize, rows: i32, weight: f32, pixels: i32, mixed: usize, add: i32): void {
  const weights = f32x4.splat(weight);
  const end = mixed + (<usize>pixels << 4);
  while (mixed < end) {
    let a = v128.load8x8_u(source);
    let b = v128.load8x8_u(source, 8);
    let c = v128.load8x8_u(source, 16);
    let d = v128.load8x8_u(source, 24);
    let row = source;
    for (let i = 1; i < rows; i++) {
      row += rowBytes;
      a = i16x8.add(a, v128.load8x8_u(row));
      b = i16x8.add(b, v128.load8x8_u(row, 8));
      c = i16x8.add(c, v128.load8x8_u(row, 16));
      d = i16x8.add(d, v128.load8x8_u(row, 24));
    }
    storeSum(mixed, a, weights, add);
    storeSum(mixed + 32, b, weights, add);
    storeSum(mixed + 64, c, weights, add);
    storeSum(mixed + 96, d, weights, add);
    source += 32;
    mixed += 128;
  }
}

/**
 * Resamples one mixed row and writes it as a row of the model input.
 *
 * @param columns - Per output pixel: byte offset of its first and of its last source pixel in `mixed` (i32), and the weights of the first,
 *   of each between and of the last (f32).
 * @param row - Room for `width` + 3 pixels of four floats.
 * @param layout - See `storePixels`.
 * @param at - Address of the row's first pixel.
 */
export function resampleRow(mixed: usize, columns: usize, width: i32, row: usize, layout: usize, at: usize): void {
  const rowEnd = row + (<usize>width << 4);
  for (let target = row; target < rowEnd; target += 16, columns += COLUMN_BYTES) {
    let source = mixed + load<u32>(columns);
    const last = mixed + load<u32>(columns, 4);
    let sum = f32x4.add(
      f32x4.mul(v128.load(source), v128.load32_splat(columns, 8)),
      f32x4.mul(v128.load(last), v128.load32_splat(columns, 16)),
    );
    source += 16;
    if (source < last) {
      let inner = v128.load(source);
      for (source += 16; source < last; source += 16) inner = f32x4.add(inner, v128.load(source));
      sum = f32x4.add(sum, f32x4.mul(inner, v128.load32_splat(columns, 12)));
    }
    v128.store(target, sum);
  }
  const step = load<i32>(layout, 36) << 2;
  for (let left = width; left > 0; left -= 4, row += 64, at += step) {
    const first = v128.load(row);
    const second = v128.load(row, 16);
    const third = v128.load(row, 32);
    const fourth = v128.load(row, 48);
    const redGreenA = v128.shuffle<f32>(first, second, 0, 4, 1, 5);
    const redGreenB = v128.shuffle<f32>(third, fourth, 0, 4, 1, 5);
    const blueA = v128.shuffle<f32>(first, second, 2, 6, 3, 7);
    const blueB = v128.shuffle<f32>(third, fourth, 2, 6, 3, 7);
    const red = v128.shuffle<f32>(redGreenA, redGreenB, 0, 1, 4, 5);
    const green = v128.shuffle<f32>(redGreenA, redGreenB, 2, 3, 6, 7);
    const blue = v128.shuffle<f32>(blueA, blueB, 0, 1, 4, 5);
    storePixels(layout, at, left, red, green, blue);
  }
}

// @ts-ignore: decorator
@inline
function lowFloats(words: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(words));
}

// @ts-ignore: decorator
@inline
function highFloats(words: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(words));
}

// @ts-ignore: decorator
@inline
function storeSum(mixed: usize, sums: v128, weights: v128, add: i32): void {
  let low = f32x4.mul(lowFloats(sums), weights);
  let high = f32x4.mul(highFloats(sums), weights);
  if (add) {
    low = f32x4.add(low, v128.load(mixed));
    high = f32x4.add(high, v128.load(mixed, 16));
  }
  v128.store(mixed, low);
  v128.store(mixed, high, 16);
}
