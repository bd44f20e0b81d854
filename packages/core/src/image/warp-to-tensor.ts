/** Cuts a patch out of an image by an affine transform: the alignment step, from 8-bit RGBA straight to floats. */

import { invertAffine } from '../geometry/similarity-transform.ts';
import type { InputSpec } from '../ports/model-manifest.ts';
import { computeChannelLayout } from './channel-layout.ts';
import type { RgbaImage } from './rgba-image.ts';

/** A face 112 * 64 pixels wide is averaged fully; landmarks that a hostile picture throws far apart cannot ask for endless work. */
const MAX_SAMPLES = 64;

/**
 * Warps `image` into one patch of the input's size and writes (pixel - mean) * scale.
 * Bilinear, zero outside the image, pixel centres at integer coordinates. Where one patch pixel covers several image pixels, the mean of
 * `s x s` sub-samples is taken with `s = max(1, round(image pixels per patch pixel))`, at most 64.
 *
 * @param transform - Row-major 2x3 matrix from image to patch pixels.
 * @param out - Receives `3 * width * height` floats in the layout of `input`.
 * @throws {FaceError} `DEGENERATE_LANDMARKS` if the transform has no inverse.
 */
export function warpToTensor(image: RgbaImage, transform: ArrayLike<number>, input: InputSpec, out: Float32Array, mirrored = false): void {
  const { data, width, height } = image;
  const inverse = invertAffine(transform);
  const [a, b, tx, c, d, ty] = Array.from(inverse) as [number, number, number, number, number, number];
  const { offsets, pixelStride, scales, shifts } = computeChannelLayout(input, input.width, input.height);
  const [redOffset, greenOffset, blueOffset] = offsets;
  const samples = Math.min(MAX_SAMPLES, Math.max(1, Math.round(Math.sqrt(Math.abs(a * d - b * c)))));
  const weight = 1 / (samples * samples);
  const step = 1 / samples;
  const firstSample = step / 2 - 0.5;

  for (let v = 0; v < input.height; v++) {
    for (let u = 0; u < input.width; u++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let sampleY = 0; sampleY < samples; sampleY++) {
        const sv = v + firstSample + sampleY * step;
        for (let sampleX = 0; sampleX < samples; sampleX++) {
          const su = u + firstSample + sampleX * step;
          const x = a * su + b * sv + tx;
          const y = c * su + d * sv + ty;
          const left = Math.floor(x);
          const top = Math.floor(y);
          if (!(left >= -1 && top >= -1 && left < width && top < height)) continue;
          const fx = x - left;
          const fy = y - top;
          const topLeft = (top * width + left) * 4;
          const hasLeft = left >= 0;
          const hasRight = left + 1 < width;
          if (top >= 0) {
            if (hasLeft) {
              const share = (1 - fx) * (1 - fy);
              red += share * (data[topLeft] as number);
              green += share * (data[topLeft + 1] as number);
              blue += share * (data[topLeft + 2] as number);
            }
            if (hasRight) {
              const share = fx * (1 - fy);
              red += share * (data[topLeft + 4] as number);
              green += share * (data[topLeft + 5] as number);
              blue += share * (data[topLeft + 6] as number);
            }
          }
          if (top + 1 < height) {
            const bottomLeft = topLeft + width * 4;
            if (hasLeft) {
              const share = (1 - fx) * fy;
              red += share * (data[bottomLeft] as number);
              green += share * (data[bottomLeft + 1] as number);
              blue += share * (data[bottomLeft + 2] as number);
            }
            if (hasRight) {
              const share = fx * fy;
              red += share * (data[bottomLeft + 4] as number);
              green += share * (data[bottomLeft + 5] as number);
              blue += share * (data[bottomLeft + 6] as number);
            }
          }
        }
      }
      const column = mirrored ? input.width - 1 - u : u;
      const target = (v * input.width + column) * pixelStride;
      out[target + redOffset] = red * weight * scales[0] + shifts[0];
      out[target + greenOffset] = green * weight * scales[1] + shifts[1];
      out[target + blueOffset] = blue * weight * scales[2] + shifts[2];
    }
  }
}
