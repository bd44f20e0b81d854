/**
 * The loop of a warp: four neighbouring patch pixels at a time, one per lane. Coordinates are 64-bit fixed-point numbers with 32 bits after
 * the point, so that both the floor and the fraction are halves of a lane, also below zero.
 */

import { storePixels } from './store-pixels';

/**
 * Samples a rectangle of a patch out of a region of the image.
 *
 * @param source - Address of the region's pixel (0, 0). Two zero rows lie above it and below the region, two zero pixels before and behind
 *   each row; those behind a row may be those before the next.
 * @param rowBytes - From row to row.
 * @param columns - Width of the region; no sample reads beyond the zeros, whatever the matrix says.
 * @param rows - Height of the region.
 * @param matrix - Address of six f64: x and y of the first sample of the first pixel, steps in x and y to the next pixel of the row and to
 *   the next row, all in pixels of the region.
 * @param samples - Sub-samples per axis of a patch pixel.
 * @param width - Of the rectangle.
 * @param height - Of the rectangle.
 * @param layout - See `storePixels`.
 * @param at - Address of the first pixel to write; rows follow one another.
 */
export function warpPatch(
  source: usize,
  rowBytes: i32,
  columns: i32,
  rows: i32,
  matrix: usize,
  samples: i32,
  width: i32,
  height: i32,
  layout: usize,
  at: usize,
): void {
  const stepXU = toFixed(load<f64>(matrix, 16));
  const stepYU = toFixed(load<f64>(matrix, 24));
  const stepXV = toFixed(load<f64>(matrix, 32));
  const stepYV = toFixed(load<f64>(matrix, 40));
  const share = 1 / <f64>samples;
  const sampleXU = i64x2.splat(toFixed(load<f64>(matrix, 16) * share));
  const sampleYU = i64x2.splat(toFixed(load<f64>(matrix, 24) * share));
  const sampleXV = i64x2.splat(toFixed(load<f64>(matrix, 32) * share));
  const sampleYV = i64x2.splat(toFixed(load<f64>(matrix, 40) * share));
  const weight = f32x4.splat(<f32>(share * share));
  const pixelBytes = load<i32>(layout, 36);
  const rowStep = i32x4.splat(rowBytes);
  const source4 = i32x4.splat(<i32>source);
  const least = i32x4.splat(-2);
  const mostX = i32x4.splat(columns);
  const mostY = i32x4.splat(rows);
  const byte = i32x4.splat(255);
  const one = f32x4.splat(1);
  const unit = f32x4.splat(1 / <f32>(1 << 24));

  let rowX = toFixed(load<f64>(matrix));
  let rowY = toFixed(load<f64>(matrix, 8));
  for (let v = 0; v < height; v++) {
    let startX = i64x2.add(i64x2.splat(rowX), i64x2.replace_lane(i64x2.splat(0), 1, stepXU));
    let startY = i64x2.add(i64x2.splat(rowY), i64x2.replace_lane(i64x2.splat(0), 1, stepYU));
    for (let left = width; left > 0; left -= 4) {
      let red = f32x4.splat(0);
      let green = f32x4.splat(0);
      let blue = f32x4.splat(0);
      let lineX = startX;
      let lineY = startY;
      for (let sampleV = 0; sampleV < samples; sampleV++) {
        let x01 = lineX;
        let y01 = lineY;
        let x23 = i64x2.add(x01, i64x2.splat(stepXU << 1));
        let y23 = i64x2.add(y01, i64x2.splat(stepYU << 1));
        for (let sampleU = 0; sampleU < samples; sampleU++) {
          const column = i32x4.min_s(i32x4.max_s(v128.shuffle<i32>(x01, x23, 1, 3, 5, 7), least), mostX);
          const line = i32x4.min_s(i32x4.max_s(v128.shuffle<i32>(y01, y23, 1, 3, 5, 7), least), mostY);
          const address = i32x4.add(i32x4.add(i32x4.mul(line, rowStep), i32x4.shl(column, 2)), source4);
          const fx = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(v128.shuffle<i32>(x01, x23, 0, 2, 4, 6), 8)), unit);
          const fy = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(v128.shuffle<i32>(y01, y23, 0, 2, 4, 6), 8)), unit);

          const p0 = <usize>i32x4.extract_lane(address, 0);
          const p1 = <usize>i32x4.extract_lane(address, 1);
          const p2 = <usize>i32x4.extract_lane(address, 2);
          const p3 = <usize>i32x4.extract_lane(address, 3);
          // A pixel and its right neighbour are one read of 8 bytes.
          const top01 = v128.load64_lane(p1, v128.load64_zero(p0), 1);
          const top23 = v128.load64_lane(p3, v128.load64_zero(p2), 1);
          const bottom01 = v128.load64_lane(p1 + rowBytes, v128.load64_zero(p0 + rowBytes), 1);
          const bottom23 = v128.load64_lane(p3 + rowBytes, v128.load64_zero(p2 + rowBytes), 1);

          const bottomRight = f32x4.mul(fx, fy);
          const topRight = f32x4.sub(fx, bottomRight);
          const bottomLeft = f32x4.sub(fy, bottomRight);
          const topLeft = f32x4.sub(f32x4.sub(one, fx), bottomLeft);

          let pixel = v128.shuffle<i32>(top01, top23, 0, 2, 4, 6);
          red = f32x4.add(red, f32x4.mul(topLeft, redOf(pixel, byte)));
          green = f32x4.add(green, f32x4.mul(topLeft, greenOf(pixel, byte)));
          blue = f32x4.add(blue, f32x4.mul(topLeft, blueOf(pixel, byte)));
          pixel = v128.shuffle<i32>(top01, top23, 1, 3, 5, 7);
          red = f32x4.add(red, f32x4.mul(topRight, redOf(pixel, byte)));
          green = f32x4.add(green, f32x4.mul(topRight, greenOf(pixel, byte)));
          blue = f32x4.add(blue, f32x4.mul(topRight, blueOf(pixel, byte)));
          pixel = v128.shuffle<i32>(bottom01, bottom23, 0, 2, 4, 6);
          red = f32x4.add(red, f32x4.mul(bottomLeft, redOf(pixel, byte)));
          green = f32x4.add(green, f32x4.mul(bottomLeft, greenOf(pixel, byte)));
          blue = f32x4.add(blue, f32x4.mul(bottomLeft, blueOf(pixel, byte)));
          pixel = v128.shuffle<i32>(bottom01, bottom23, 1, 3, 5, 7);
          red = f32x4.add(red, f32x4.mul(bottomRight, redOf(pixel, byte)));
          green = f32x4.add(green, f32x4.mul(bottomRight, greenOf(pixel, byte)));
          blue = f32x4.add(blue, f32x4.mul(bottomRight, blueOf(pixel, byte)));

          x01 = i64x2.add(x01, sampleXU);
          y01 = i64x2.add(y01, sampleYU);
          x23 = i64x2.add(x23, sampleXU);
          y23 = i64x2.add(y23, sampleYU);
        }
        lineX = i64x2.add(lineX, sampleXV);
        lineY = i64x2.add(lineY, sampleYV);
      }
      storePixels(layout, at, left, f32x4.mul(red, weight), f32x4.mul(green, weight), f32x4.mul(blue, weight));
      at += min(left, 4) * pixelBytes;
      startX = i64x2.add(startX, i64x2.splat(stepXU << 2));
      startY = i64x2.add(startY, i64x2.splat(stepYU << 2));
    }
    rowX += stepXV;
    rowY += stepYV;
  }
}

/** Pixels as a fixed-point number with 32 bits after the point. */
function toFixed(pixels: f64): i64 {
  return <i64>nearest<f64>(pixels * 4294967296);
}

// @ts-ignore: decorator
@inline
function redOf(pixels: v128, byte: v128): v128 {
  return f32x4.convert_i32x4_s(v128.and(pixels, byte));
}

// @ts-ignore: decorator
@inline
function greenOf(pixels: v128, byte: v128): v128 {
  return f32x4.convert_i32x4_s(v128.and(i32x4.shr_u(pixels, 8), byte));
}

// @ts-ignore: decorator
@inline
function blueOf(pixels: v128, byte: v128): v128 {
  return f32x4.convert_i32x4_s(v128.and(i32x4.shr_u(pixels, 16), byte));
}
