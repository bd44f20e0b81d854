/** In which forms a model is measured. */

/**
 * - `float32`: the file as it is shipped. Its arithmetic is float32, whatever its weights are stored in.
 * - `float16-stored`: weights stored in half precision, arithmetic in float32.
 * - `float16`: weights and arithmetic in half precision, inputs and outputs float32. CPU providers have few half-precision kernels and put
 *   conversions around the others.
 * - `int8`: weights and activations in 8 bits, by ranges that were collected on calibration pictures.
 * - `int8-mixed`: the same, with the most sensitive nodes left in float32.
 */
export const VARIANT_NAMES = ['float32', 'float16-stored', 'float16', 'int8', 'int8-mixed'] as const;

/** One of {@link VARIANT_NAMES}. */
export type VariantName = (typeof VARIANT_NAMES)[number];

/** What everything is compared with. */
export const BASELINE: VariantName = 'float32';
