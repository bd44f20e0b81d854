/** The warp by SIMD kernels; `warpToTensor` is its reference. Only the part of the image that a patch covers is copied, in tiles if it is large. */

import { invertAffine } from '../../geometry/similarity-transform.ts';
import type { InputSpec } from '../../ports/model-manifest.ts';
import type { WarpOptions } from '../../ports/preprocessor.ts';
import { asPlainBytes, assertRgbaImage, type RgbaImage } from '../rgba-image.ts';
import { countSamples, warpToTensor } from '../warp-to-tensor.ts';
import type { Kernels } from './create-kernels.ts';
import { LAYOUT_AT, MATRIX_AT, OUT_AT, PIXELS_AT } from './memory-map.ts';
import { BORDER, type PatchTile, planPatch } from './plan-patch.ts';
import { handOverTile, writeLayout } from './tensor-block.ts';

/**
 * Does what `warpToTensor` does, and calls it for the rare patches for which the kernels are no gain.
 *
 * @param out - Receives `3 * width * height` floats in the layout of `input`.
 * @throws {FaceError} `DEGENERATE_LANDMARKS` if the transform has no inverse; `IMAGE_INVALID` if the size of the image and the length of its
 *   data disagree: the kernels' memory holds parts of other pictures, none of which may show.
 */
export function warpWithKernels(
  kernels: Kernels,
  image: RgbaImage,
  transform: ArrayLike<number>,
  input: InputSpec,
  out: Float32Array,
  options: WarpOptions = {},
): void {
  assertRgbaImage(image);
  const inverse = invertAffine(transform);
  const matrix = options.mirrored === true ? mirrorColumns(inverse, input.width) : inverse;
  const samples = countSamples(inverse, options);
  const plan = planPatch(image, matrix, samples, input);
  if (plan === undefined) {
    warpToTensor(image, transform, input, out, options);
    return;
  }
  const data = asPlainBytes(image);
  for (const part of plan) {
    const source = copyRegion(kernels, data, image.width, part);
    writeMatrix(kernels, matrix, samples, part);
    writeLayout(kernels, input, part.tile);
    const { columns, rows } = part.region;
    const { width, height } = part.tile;
    // Where the tile lies outside of the image one sample says as much as many.
    const perSide = columns * rows === 0 ? 1 : samples;
    kernels.warpPatch(source, (columns + BORDER) * 4, columns, rows, MATRIX_AT, perSide, width, height, LAYOUT_AT, OUT_AT);
    handOverTile(kernels, input, part.tile, height, input, out);
  }
}

/** The matrix from patch to image pixels of the patch that is mirrored left to right. */
function mirrorColumns([a, b, tx, c, d, ty]: Float64Array, width: number): Float64Array {
  const [stepX, stepY] = [a as number, c as number];
  return Float64Array.of(
    -stepX,
    b as number,
    (tx as number) + stepX * (width - 1),
    -stepY,
    d as number,
    (ty as number) + stepY * (width - 1),
  );
}

/** Copies a region, with zeros around it, to the kernels' memory; returns the address of its first pixel. */
function copyRegion({ bytes, words }: Kernels, data: Uint8Array, imageWidth: number, { region }: PatchTile): number {
  const { left, top, columns, rows } = region;
  const stride = columns + BORDER;
  const start = PIXELS_AT + (BORDER * stride + BORDER) * 4;
  bytes.fill(0, PIXELS_AT, start);
  for (let row = 0; row < rows; row++) {
    const from = ((top + row) * imageWidth + left) * 4;
    const to = start + row * stride * 4;
    bytes.set(data.subarray(from, from + columns * 4), to);
    words.fill(0, to / 4 + columns, to / 4 + stride);
  }
  const end = start + rows * stride * 4;
  bytes.fill(0, end, end + (BORDER * stride + BORDER) * 4);
  return start;
}

/** Writes where in the region the samples of a tile lie. */
function writeMatrix({ doubles }: Kernels, matrix: Float64Array, samples: number, { tile, region }: PatchTile): void {
  const [a, b, tx, c, d, ty] = matrix as unknown as readonly [number, number, number, number, number, number];
  const u = tile.x - 0.5 + 0.5 / samples;
  const v = tile.y - 0.5 + 0.5 / samples;
  doubles.set([a * u + b * v + tx - region.left, c * u + d * v + ty - region.top, a, c, b, d], MATRIX_AT / 8);
}
