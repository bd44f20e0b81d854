/** The resize by SIMD kernels; `resizeToTensor` is its reference. Source rows stream through the kernels' memory, finished rows stream out. */

import type { InputSpec } from '../../ports/model-manifest.ts';
import type { FitGeometry } from '../fit.ts';
import { type AxisTaps, computeAxisTaps } from '../resample-axis.ts';
import { resizeToTensor } from '../resize-to-tensor.ts';
import { assertRgbaImage, type RgbaImage } from '../rgba-image.ts';
import type { Kernels } from './create-kernels.ts';
import { COLUMN_BYTES, COLUMNS_AT, LAYOUT_AT, MAX_IMAGE_WIDTH, MAX_INPUT_WIDTH, MIXED_AT, OUT_AT, ROW_AT } from './memory-map.ts';
import { createRowMixer } from './row-mixer.ts';
import { handOverTile, writeLayout, writePadding } from './tensor-block.ts';

/** Finished values are handed over in blocks of about this size: they are still in the cache then. */
const BLOCK_BYTES = 128 * 1024;

/**
 * Does what `resizeToTensor` does, and calls it for images and inputs that are too wide for the kernels' memory.
 *
 * @param out - Receives `3 * inputWidth * inputHeight` floats in the layout of `input`.
 * @throws {FaceError} `IMAGE_INVALID` if the size of the image and the length of its data disagree: the kernels' memory holds parts of other
 *   pictures, none of which may show.
 */
export function resizeWithKernels(kernels: Kernels, image: RgbaImage, geometry: FitGeometry, input: InputSpec, out: Float32Array): void {
  assertRgbaImage(image);
  const { inputWidth: width, inputHeight: height } = geometry;
  if (width > MAX_INPUT_WIDTH || image.width > MAX_IMAGE_WIDTH) {
    resizeToTensor(image, geometry, input, out);
    return;
  }
  const rows = computeAxisTaps(image.height, height, geometry.scaleY, geometry.originY);
  const picture = findInside(rows);
  const size = { width, height };
  writePadding(input, 0, picture.from, size, out);
  writePadding(input, picture.to, height, size, out);

  const span = writeColumns(kernels, computeAxisTaps(image.width, width, geometry.scaleX, geometry.originX));
  const mixRow = createRowMixer(kernels, image, rows, span);
  const blockRows = Math.max(1, Math.floor(BLOCK_BYTES / (width * 12)));
  const rowBytes = width * (input.layout === 'NCHW' ? 4 : 12);
  writeLayout(kernels, input, { width, height: blockRows });
  for (let from = picture.from; from < picture.to; from += blockRows) {
    const to = Math.min(from + blockRows, picture.to);
    for (let y = from; y < to; y++) {
      mixRow(y);
      kernels.resampleRow(MIXED_AT, COLUMNS_AT, width, ROW_AT, LAYOUT_AT, OUT_AT + (y - from) * rowBytes);
    }
    handOverTile(kernels, input, { x: 0, y: from, width, height: to - from }, blockRows, size, out);
  }
}

/** Positions `from … to - 1`. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The output positions that lie in the source: one run, for they are in order. */
function findInside({ first }: AxisTaps): Span {
  let from = 0;
  let to = first.length;
  while (from < to && (first[from] as number) < 0) from++;
  while (to > from && (first[to - 1] as number) < 0) to--;
  return { from, to };
}

/** Writes the table of columns; returns the span of source columns that any of them reads. */
function writeColumns({ words, floats }: Kernels, taps: AxisTaps): Span {
  const { first, count, weights, stride } = taps;
  const inside = findInside(taps);
  const from = inside.to > inside.from ? (first[inside.from] as number) : 0;
  for (let x = 0, at = COLUMNS_AT / 4; x < first.length; x++, at += COLUMN_BYTES / 4) {
    const columns = count[x] as number;
    // Outside of the image all weights are 0: the first pixel is read and counts for nothing.
    const start = columns > 0 ? (first[x] as number) - from : 0;
    words[at] = start * 16;
    words[at + 1] = (start + Math.max(0, columns - 1)) * 16;
    floats[at + 2] = columns > 0 ? (weights[x * stride] as number) : 0;
    floats[at + 3] = columns > 2 ? (weights[x * stride + 1] as number) : 0;
    floats[at + 4] = columns > 1 ? (weights[x * stride + columns - 1] as number) : 0;
  }
  const last = inside.to - 1;
  return { from, to: inside.to > inside.from ? (first[last] as number) + (count[last] as number) : from };
}
