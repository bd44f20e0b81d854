/** Input data for models that is the same in every run. */
/** Uniform values in [0, 255), from a linear congruential generator. */
export declare function randomPixels(length: number, seed: number): Float32Array;
/** Smooth [3, size, size] picture: slow waves per channel, like the light on a face, in 0..255. */
export declare function smoothPixels(size: number, seed: number): Float32Array;
/** Joins samples to a batch. */
export declare function concatPixels(samples: readonly Float32Array[]): Float32Array;
