/** Resizes an image into a model input: the one resize convention of isoface, from 8-bit RGBA straight to floats. */

import type { InputSpec } from '../ports/model-manifest.ts';
import { computeChannelLayout } from './channel-layout.ts';
import type { FitGeometry } from './fit.ts';
import { type AxisTaps, computeAxisTaps } from './resample-axis.ts';
import type { RgbaImage } from './rgba-image.ts';

/**
 * Resizes `image` as `geometry` says and writes (pixel - mean) * scale.
 * Half-pixel centres; bilinear up to a reduction of 2, area-averaged beyond; zero pixels where the input leaves the image.
 * No value is rounded on the way.
 *
 * @param out - Receives `3 * inputWidth * inputHeight` floats in the layout of `input`.
 */
export function resizeToTensor(image: RgbaImage, geometry: FitGeometry, input: InputSpec, out: Float32Array): void {
  const { inputWidth: width, inputHeight: height } = geometry;
  const columns = computeAxisTaps(image.width, width, geometry.scaleX, geometry.originX);
  const rows = computeAxisTaps(image.height, height, geometry.scaleY, geometry.originY);
  const { offsets, pixelStride, scales, shifts } = computeChannelLayout(input, width, height);

  const rowLength = width * 3;
  // Two resampled source rows are kept: neighbouring output rows share at most one or two.
  const cache: [Float32Array, Float32Array] = [new Float32Array(rowLength), new Float32Array(rowLength)];
  const cachedRow = [-1, -1];
  const sum = new Float32Array(rowLength);

  for (let y = 0; y < height; y++) {
    const first = rows.first[y] as number;
    sum.fill(0);
    for (let tap = 0; first >= 0 && tap < (rows.count[y] as number); tap++) {
      const row = first + tap;
      const slot = (row & 1) as 0 | 1;
      const resampled = cache[slot];
      if (cachedRow[slot] !== row) {
        resampleRow(image, row, columns, resampled);
        cachedRow[slot] = row;
      }
      const weight = rows.weights[y * rows.stride + tap] as number;
      for (let i = 0; i < rowLength; i++) sum[i] = (sum[i] as number) + weight * (resampled[i] as number);
    }
    let target = y * width * pixelStride;
    for (let i = 0; i < rowLength; i += 3, target += pixelStride) {
      out[target + offsets[0]] = (sum[i] as number) * scales[0] + shifts[0];
      out[target + offsets[1]] = (sum[i + 1] as number) * scales[1] + shifts[1];
      out[target + offsets[2]] = (sum[i + 2] as number) * scales[2] + shifts[2];
    }
  }
}

/** Resamples one source row to interleaved RGB floats. */
function resampleRow(image: RgbaImage, row: number, columns: AxisTaps, out: Float32Array): void {
  const { data } = image;
  const { first, count, weights, stride } = columns;
  const rowStart = row * image.width * 4;
  for (let x = 0, target = 0; x < first.length; x++, target += 3) {
    const start = first[x] as number;
    let red = 0;
    let green = 0;
    let blue = 0;
    if (start >= 0) {
      const end = rowStart + (start + (count[x] as number)) * 4;
      for (let source = rowStart + start * 4, tap = x * stride; source < end; source += 4, tap++) {
        const weight = weights[tap] as number;
        red += weight * (data[source] as number);
        green += weight * (data[source + 1] as number);
        blue += weight * (data[source + 2] as number);
      }
    }
    out[target] = red;
    out[target + 1] = green;
    out[target + 2] = blue;
  }
}
