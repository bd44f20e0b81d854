/** The resampling of face-api.js and human: zero padding to a square, then bilinear without half-pixel centres or averaging. */

import { asHostTensor, createCpuPreprocessor, type InputSpec, type Preprocessor, type RgbaImage } from '@isoface/core';

/** An integer region of an image, pixels. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Pads a region with zeros to a centred square (the odd pixel goes before) and samples it at `d * side / size`.
 *
 * @returns RGB 0..255, shape [1, 3, size, size].
 */
export function legacySquareResize(image: RgbaImage, region: Region, size: number): Float32Array {
  const side = Math.max(region.width, region.height);
  const padX = side - region.width - Math.round((side - region.width) / 2);
  const padY = side - region.height - Math.round((side - region.height) / 2);
  const pixel = (x: number, y: number, channel: number): number => {
    const [u, v] = [x - padX, y - padY];
    if (u < 0 || v < 0 || u >= region.width || v >= region.height) return 0;
    return image.data[((v + region.y) * image.width + u + region.x) * 4 + channel] as number;
  };
  const axis = Array.from({ length: size }, (_, i) => {
    const position = i * (side / size);
    const low = Math.floor(position);
    return { low, high: Math.min(side - 1, Math.ceil(position)), share: position - low };
  });
  const out = new Float32Array(3 * size * size);
  for (let channel = 0; channel < 3; channel++) {
    for (const [v, y] of axis.entries()) {
      for (const [u, x] of axis.entries()) {
        const top = pixel(x.low, y.low, channel) * (1 - x.share) + pixel(x.high, y.low, channel) * x.share;
        const bottom = pixel(x.low, y.high, channel) * (1 - x.share) + pixel(x.high, y.high, channel) * x.share;
        out[(channel * size + v) * size + u] = top * (1 - y.share) + bottom * y.share;
      }
    }
  }
  return out;
}

/**
 * A preprocessor whose detector input is the legacy square resize, for comparison with numbers that the original libraries gave.
 * Aligned faces are cut as always.
 */
export function createLegacyPreprocessor(): Preprocessor {
  return {
    ...createCpuPreprocessor(),
    async fit(image: RgbaImage, _geometry, input: InputSpec) {
      const whole = { x: 0, y: 0, width: image.width, height: image.height };
      const pixels = legacySquareResize(image, whole, input.width);
      const plane = input.width * input.height;
      const scaled = pixels.map((value, i) => {
        const channel = Math.floor(i / plane);
        return (value - (input.mean[channel] ?? 0)) * (input.scale[channel] ?? 1);
      });
      return asHostTensor(scaled, [1, 3, input.height, input.width]);
    },
  };
}
