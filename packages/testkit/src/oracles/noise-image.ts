/** Pictures for comparisons of pixels. */

import type { RgbaImage } from '@isoface/core';

/** Noise in all four channels, the same for the same seed. Its alpha is noise too: nothing may read it. */
export function noiseImage(width: number, height: number, seed = 1): RgbaImage {
  let state = seed >>> 0;
  const next = (): number => {
    // The generator of Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) & 255;
  };
  return { width, height, data: Uint8Array.from({ length: width * height * 4 }, next) };
}

/** One colour everywhere. */
export function plainImage(width: number, height: number, [red, green, blue]: readonly [number, number, number]): RgbaImage {
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < data.length; i += 4) data.set([red, green, blue, 255], i);
  return { width, height, data };
}
