/** Parameters as the kernels read them: 32-bit words, laid out by the rules of WGSL's uniform address space. */

import type { ChannelLayout } from '@isoface/core';

/** Words that `Channels` of `write-pixel.wgsl.ts` takes. */
export const CHANNELS_WORDS = 12;

/** Writes `layout` as `Channels`, from word `at` on, a multiple of 4. */
export function writeChannels({ offsets, pixelStride, scales, shifts }: ChannelLayout, words: ArrayBuffer, at: number): void {
  new Uint32Array(words, at * 4, 4).set([...offsets, pixelStride]);
  new Float32Array(words, (at + 4) * 4, 3).set(scales);
  new Float32Array(words, (at + 8) * 4, 3).set(shifts);
}
