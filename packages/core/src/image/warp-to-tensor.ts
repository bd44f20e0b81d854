/** Cuts a patch out of an image by an affine transform: the alignment step, from 8-bit RGBA straight to floats. */

import { invertAffine } from '../geometry/similarity-transform.ts';
import type { InputSpec } from '../ports/model-manifest.ts';
import { computeChannelLayout } from './channel-layout.ts';
import { asPlainBytes, type RgbaImage } from './rgba-image.ts';

/** A face 112 * 64 pixels wide is averaged fully; landmarks that a hostile picture throws far apart cannot ask for endless work. */
const MAX_SAMPLES = 64;

/** Options of {@link warpToTensor}. */
export interface WarpOptions {
  /** Mirror the patch left to right. @defaultValue false */
  readonly mirrored?: boolean | undefined;
  /**
   * Bounds `s`: fewer sub-samples than the footprint asks for are faster and let fine detail alias.
   * @defaultValue 64
   */
  readonly maxSamples?: number | undefined;
}

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
  const { mirrored = false, maxSamples = MAX_SAMPLES } = options;
  const inverse = invertAffine(transform);
  const [a, b, , c, d] = inverse as unknown as Affine;
  const samples = Math.min(maxSamples, Math.max(1, Math.round(Math.sqrt(Math.abs(a * d - b * c)))));
  const layout = computeChannelLayout(input, input.width, input.height);
  const sample = isInside(image, inverse, input) ? sampleInside : sampleAnywhere;
  const pixels: Pixels = { width: image.width, height: image.height, data: asPlainBytes(image) };
  const color = new Float64Array(3);
  for (let v = 0; v < input.height; v++) {
    for (let u = 0; u < input.width; u++) {
      sample(pixels, inverse, u, v, samples, color);
      const column = mirrored ? input.width - 1 - u : u;
      const target = (v * input.width + column) * layout.pixelStride;
      for (let channel = 0; channel < 3; channel++) {
        out[target + (layout.offsets[channel] as number)] =
          (color[channel] as number) * (layout.scales[channel] as number) + (layout.shifts[channel] as number);
      }
    }
  }
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

/** Mean of `samples x samples` bilinear samples around patch pixel (u, v), written to `color` as red, green, blue. */
function sampleInside({ data, width }: Pixels, matrix: Float64Array, u: number, v: number, samples: number, color: Float64Array): void {
  const a = matrix[0] as number;
  const b = matrix[1] as number;
  const c = matrix[3] as number;
  const d = matrix[4] as number;
  const step = 1 / samples;
  const rowStride = width * 4;
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let sampleY = 0; sampleY < samples; sampleY++) {
    const sv = v - 0.5 + (sampleY + 0.5) * step;
    const su = u - 0.5 + 0.5 * step;
    let x = a * su + b * sv + (matrix[2] as number);
    let y = c * su + d * sv + (matrix[5] as number);
    for (let sampleX = 0; sampleX < samples; sampleX++, x += a * step, y += c * step) {
      // Coordinates are not negative here: truncation is the floor.
      const left = x | 0;
      const top = y | 0;
      const fx = x - left;
      const fy = y - top;
      const at = top * rowStride + left * 4;
      const below = at + rowStride;
      const topLeft = (1 - fx) * (1 - fy);
      const topRight = fx * (1 - fy);
      const bottomLeft = (1 - fx) * fy;
      const bottomRight = fx * fy;
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
    }
  }
  const weight = step * step;
  color[0] = red * weight;
  color[1] = green * weight;
  color[2] = blue * weight;
}

/** The same where the patch may leave the image: neighbours outside count as zero. */
function sampleAnywhere(
  { data, width, height }: Pixels,
  matrix: Float64Array,
  u: number,
  v: number,
  samples: number,
  color: Float64Array,
): void {
  const [a, b, tx, c, d, ty] = matrix as unknown as Affine;
  const step = 1 / samples;
  color.fill(0);
  for (let sampleY = 0; sampleY < samples; sampleY++) {
    const sv = v - 0.5 + (sampleY + 0.5) * step;
    for (let sampleX = 0; sampleX < samples; sampleX++) {
      const su = u - 0.5 + (sampleX + 0.5) * step;
      const x = a * su + b * sv + tx;
      const y = c * su + d * sv + ty;
      const left = Math.floor(x);
      const top = Math.floor(y);
      for (let neighbour = 0; neighbour < 4; neighbour++) {
        const column = left + (neighbour & 1);
        const row = top + (neighbour >> 1);
        if (!(column >= 0 && row >= 0 && column < width && row < height)) continue;
        const weight = Math.abs(x - left + (neighbour & 1) - 1) * Math.abs(y - top + (neighbour >> 1) - 1) * step * step;
        const source = (row * width + column) * 4;
        for (let channel = 0; channel < 3; channel++) {
          color[channel] = (color[channel] as number) + weight * (data[source + channel] as number);
        }
      }
    }
  }
}
