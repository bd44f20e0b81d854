/** Input data for models that is the same in every run. */

/** Uniform values in [0, 255), from a linear congruential generator. */
export function randomPixels(length: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return new Float32Array(length).map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32) * 255;
  });
}

/** Smooth [3, size, size] picture: slow waves per channel, like the light on a face, in 0..255. */
export function smoothPixels(size: number, seed: number): Float32Array {
  return new Float32Array(3 * size * size).map((_, index) => {
    const channel = Math.floor(index / (size * size));
    const y = Math.floor(index / size) % size;
    const x = index % size;
    const wave = Math.sin(((x + seed) * (channel + 2)) / size) + Math.cos((y * (channel + 3) + seed) / size);
    return Math.round(127.5 + 63 * wave);
  });
}

/** Joins samples to a batch. */
export function concatPixels(samples: readonly Float32Array[]): Float32Array {
  return Float32Array.from(samples.flatMap((sample) => Array.from(sample)));
}
