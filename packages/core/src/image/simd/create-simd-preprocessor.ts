/** The reference preprocessor's work done by WebAssembly SIMD: the same numbers, in a fraction of the time. */

import { isFaceError } from '../../errors/face-error.ts';
import type { Preprocessor } from '../../ports/preprocessor.ts';
import { createCpuPreprocessor } from '../cpu-preprocessor.ts';
import { createHostPreprocessor } from '../host-preprocessor.ts';
import { createKernels } from './create-kernels.ts';
import { resizeWithKernels } from './resize-with-kernels.ts';
import { warpWithKernels } from './warp-with-kernels.ts';

/**
 * Creates a preprocessor whose loops are WebAssembly SIMD. Its values differ from those of `createCpuPreprocessor` by rounding alone, at most
 * 1e-5 of the range of a pixel. It holds 2 MiB of memory, whatever the size of the images, and frees it when it is garbage collected; pixels of
 * the last image stay in it until the next. As with the CPU preprocessor, buffers of tensors are used again after `dispose`.
 *
 * Besides the errors of the port, it rejects an image whose size and data length disagree with `IMAGE_INVALID`.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` where there is no WebAssembly with SIMD, or where a content security policy forbids it.
 */
export async function createSimdPreprocessor(): Promise<Preprocessor> {
  const kernels = await createKernels();
  return createHostPreprocessor({
    resize: (image, geometry, input, out) => resizeWithKernels(kernels, image, geometry, input, out),
    warp: (image, transform, input, out, options) => warpWithKernels(kernels, image, transform, input, out, options),
  });
}

/** Creates the SIMD preprocessor, or the CPU preprocessor where there is no WebAssembly SIMD: the results are the same, only the speed differs. */
export async function createBestPreprocessor(): Promise<Preprocessor> {
  try {
    return await createSimdPreprocessor();
  } catch (error) {
    if (isFaceError(error, 'BACKEND_UNAVAILABLE')) return createCpuPreprocessor();
    throw error;
  }
}
