/** The reference preprocessor: plain TypeScript over typed arrays, the same in every runtime. */

import type { Preprocessor } from '../ports/preprocessor.ts';
import { createHostPreprocessor } from './host-preprocessor.ts';
import { resizeToTensor } from './resize-to-tensor.ts';
import { warpToTensor } from './warp-to-tensor.ts';

/**
 * Creates the CPU preprocessor. The buffers of its tensors are used again after `dispose`: a steady stream of images allocates nothing.
 */
export function createCpuPreprocessor(): Preprocessor {
  return createHostPreprocessor({ resize: resizeToTensor, warp: warpToTensor });
}
