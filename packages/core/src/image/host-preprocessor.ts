/** What preprocessors that give tensors in ordinary memory have in common: buffers that are used again. */

import type { InputSpec } from '../ports/model-manifest.ts';
import type { Preprocessor, WarpOptions } from '../ports/preprocessor.ts';
import type { HostTensor } from '../ports/tensor.ts';
import { inputDims } from './channel-layout.ts';
import type { FitGeometry } from './fit.ts';
import { type RgbaImage, requireHostImage } from './rgba-image.ts';

/** How many disposed buffers of one size are kept for the next call. */
const BUFFERS_PER_SIZE = 2;

/** The work on pixels: each function fills `out`, which may hold anything before. */
export interface PixelWork {
  resize(image: RgbaImage, geometry: FitGeometry, input: InputSpec, out: Float32Array): void;
  warp(image: RgbaImage, transform: ArrayLike<number>, input: InputSpec, out: Float32Array, options?: WarpOptions): void;
}

/** Makes a preprocessor of the two functions. The buffers of its tensors are used again after `dispose`. */
export function createHostPreprocessor({ resize, warp }: PixelWork): Preprocessor {
  const free = new Map<number, Float32Array[]>();

  function allocate(dims: readonly number[]): HostTensor {
    const length = dims.reduce((product, dim) => product * dim, 1);
    const buffers = free.get(length);
    const data = buffers?.pop() ?? new Float32Array(length);
    let isFree = false;
    return {
      location: 'host',
      dims,
      data,
      dispose(): void {
        if (isFree) return;
        isFree = true;
        const kept = free.get(length) ?? [];
        if (kept.length < BUFFERS_PER_SIZE) free.set(length, [...kept, data]);
      },
    };
  }

  return {
    async fit(image, geometry, input) {
      const tensor = allocate(inputDims(input, 1, geometry.inputWidth, geometry.inputHeight));
      resize(requireHostImage(image), geometry, input, tensor.data);
      return tensor;
    },
    async warp(image, transforms, input, options) {
      const pixels = requireHostImage(image);
      const tensor = allocate(inputDims(input, transforms.length, input.width, input.height));
      const size = input.width * input.height * 3;
      transforms.forEach((transform, index) => {
        warp(pixels, transform, input, tensor.data.subarray(index * size, (index + 1) * size), options);
      });
      return tensor;
    },
  };
}
