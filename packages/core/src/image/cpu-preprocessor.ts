/** The reference preprocessor: plain TypeScript over typed arrays, the same in every runtime. */

import type { Preprocessor } from '../ports/preprocessor.ts';
import type { HostTensor } from '../ports/tensor.ts';
import { inputDims } from './channel-layout.ts';
import { resizeToTensor } from './resize-to-tensor.ts';
import { requireHostImage } from './rgba-image.ts';
import { warpToTensor } from './warp-to-tensor.ts';

/** How many disposed buffers of one size are kept for the next call. */
const BUFFERS_PER_SIZE = 2;

/**
 * Creates the CPU preprocessor. The buffers of its tensors are used again after `dispose`: a steady stream of images allocates nothing.
 */
export function createCpuPreprocessor(): Preprocessor {
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
      resizeToTensor(requireHostImage(image), geometry, input, tensor.data);
      return tensor;
    },
    async warp(image, transforms, input, options) {
      const pixels = requireHostImage(image);
      const tensor = allocate(inputDims(input, transforms.length, input.width, input.height));
      const size = input.width * input.height * 3;
      transforms.forEach((transform, index) => {
        warpToTensor(pixels, transform, input, tensor.data.subarray(index * size, (index + 1) * size), options);
      });
      return tensor;
    },
  };
}
