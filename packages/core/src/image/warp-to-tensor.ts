/** Cuts a patch out of an image by an affine transform: the alignment step, from 8-bit RGBA straight to floats. */

import { invertAffine } from '../geometry/similarity-transform.ts';
import type { InputSpec } from '../ports/model-manifest.ts';
import type { WarpOptions } from '../ports/preprocessor.ts';
import { computeChannelLayout } from './channel-layout.ts';
import { asPlainBytes, type RgbaImage } from './rgba-image.ts';
import { writeRow } from './write-row.ts';

/** A face 112 * 64 pixels wide is averaged fully; landmarks that a hostile picture throws far apart cannot ask for endless work. */
const MAX_SAMPLES = 64;

/** An image whose pixels are a plain byte array. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

type Affine = readonly [number, number, number, number, number, number];

/**
 * Warps `image` into one patch of the input's size and writes (pixel - mean) * scale.
 * Bilinear, zero outside the image, pixel centres at integer coordinates. Where one patch pixel covers several image pixels, the mean of
 * `s x s` sub-samples is taken with `s = max(1, round(image pixels per patch pixel))`, at most 64.
 *
 * @param transform - Row-major 2x3 matrix from image to patch pixels.
 * @param out - Receives `3 * width * height` floats in the layout of `input`.
 * @throws {FaceError} `DEGENERATE_LANDMARKS` if the transform has no inverse.
 */
export function warpToTensor(
  image: RgbaImage,
  transform: ArrayLike<number>,
  input: InputSpec,
  out: Float32Array,
  options: WarpOptions = {},
): void {
  const { mirrored = false } = options;
  const inverse = invertAffine(transform);
  const samples = countSamples(inverse, options);
  const layout = computeChannelLayout(input, input.width, input.height);
  const pixels: Pixels = { width: image.width, height: image.height, data: asPlainBytes(image) };
  const sampleRow = isInside(image, inverse, input) ? sampleRowInside : sampleRowAnywhere;
  const row = new Float32Array(input.width * 3);
  for (let v = 0; v < input.height; v++) {
    sampleRow(pixels, inverse, v, samples, row);
    writeRow(row, layout, v * input.width, mirrored, out);
  }
}

/** Sub-samples per axis of a patch pixel, from the matrix that maps patch to image pixels. */
export function countSamples(inverse: Float64Array, { maxSamples = MAX_SAMPLES }: WarpOptions): number {
  const [a, b, , c, d] = inverse as unknown as Affine;
  return Math.min(maxSamples, Math.max(1, Math.round(Math.sqrt(Math.abs(a * d - b * c)))));
}

/** Whether every sample of the patch has its four neighbours in the image, so that no border has to be looked for. */
function isInside(image: RgbaImage, [a, b, tx, c, d, ty]: Float64Array | Affine, { width, height }: InputSpec): boolean {
  const corners = [-0.5, width - 0.5].flatMap((u) => [-0.5, height - 0.5].map((v) => [u, v] as const));
  return corners.every(([u, v]) => {
    const x = (a as number) * u + (b as number) * v + (tx as number);
    const y = (c as number) * u + (d as number) * v + (ty as number);
    return x >= 0 && y >= 0 && x < image.width - 1 && y < image.height - 1;
  });
}

/** Fills `row` with patch row `v`: per pixel the mean of `samples x samples` bilinear samples, as red, green, blue. */
function sampleRowInside({ data, width }: Pixels, matrix: Float64Array, v: number, samples: number, row: Float32Array): void {
  const [a, b, tx, c, d, ty] = matrix as unknown as Affine;
  const step = 1 / samples;
  const stepX = a * step;
  const stepY = c * step;
  const weight = step * step;
  const rowStride = width * 4;
  for (let target = 0, u = 0; target < row.length; target += 3, u++) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let sampleY = 0; sampleY < samples; sampleY++) {
      const sv = v - 0.5 + (sampleY + 0.5) * step;
      const su = u - 0.5 + 0.5 * step;
      let x = a * su + b * sv + tx;
      let y = c * su + d * sv + ty;
      for (let sampleX = 0; sampleX < samples; sampleX++) {
        // Coordinates are not negative here: truncation is the floor.
        const left = x | 0;
        const top = y | 0;
        const fx = x - left;
        const fy = y - top;
        const at = top * rowStride + left * 4;
        const below = at + rowStride;
        const bottomRight = fx * fy;
        const topRight = fx - bottomRight;
        const bottomLeft = fy - bottomRight;
        const topLeft = 1 - fx - bottomLeft;
        red +=
          topLeft * (data[at] as number) +
          topRight * (data[at + 4] as number) +
          bottomLeft * (data[below] as number) +
          bottomRight * (data[below + 4] as number);
        green +=
          topLeft * (data[at + 1] as number) +
          topRight * (data[at + 5] as number) +
          bottomLeft * (data[below + 1] as number) +
          bottomRight * (data[below + 5] as number);
        blue +=
          topLeft * (data[at + 2] as number) +
          topRight * (data[at + 6] as number) +
          bottomLeft * (data[below + 2] as number) +
          bottomRight * (data[below + 6] as number);
        x += stepX;
        y += stepY;
      }
    }
    row[target] = red * weight;
    row[target + 1] = green * weight;
    row[target + 2] = blue * weight;
  }
}

/** The same where the patch may leave the image: neighbours outside count as zero. */
function sampleRowAnywhere({ data, width, height }: Pixels, matrix: Float64Array, v: number, samples: number, row: Float32Array): void {
  const [a, b, tx, c, d, ty] = matrix as unknown as Affine;
  const step = 1 / samples;
  row.fill(0);
  for (let target = 0, u = 0; target < row.length; target += 3, u++) {
    for (let sample = 0; sample < samples * samples; sample++) {
      const su = u - 0.5 + ((sample % samples) + 0.5) * step;
      const sv = v - 0.5 + (Math.floor(sample / samples) + 0.5) * step;
      const x = a * su + b * sv + tx;
      const y = c * su + d * sv + ty;
      const left = Math.floor(x);
      const top = Math.floor(y);
      for (let neighbour = 0; neighbour < 4; neighbour++) {
        const column = left + (neighbour & 1);
        const line = top + (neighbour >> 1);
        if (!(column >= 0 && line >= 0 && column < width && line < height)) continue;
        const weight = Math.abs(x - left + (neighbour & 1) - 1) * Math.abs(y - top + (neighbour >> 1) - 1) * step * step;
        const source = (line * width + column) * 4;
        for (let channel = 0; channel < 3; channel++) {
          row[target + channel] = (row[target + channel] as number) + weight * (data[source + channel] as number);
        }
      }
    }
  }
}
