/** A preprocessor whose buffers are never used again, to compare with. */

import type { Preprocessor, Tensor } from '@isoface/core';

/** Gives the tensors of `maker` without the way back to it: every call allocates. */
export function withFreshBuffers(maker: Preprocessor): Preprocessor {
  return {
    fit: async (...given) => keep(await maker.fit(...given)),
    warp: async (...given) => keep(await maker.warp(...given)),
  };
}

function keep(tensor: Tensor): Tensor {
  return tensor.location === 'host' ? { ...tensor, dispose: () => {} } : tensor;
}
