/**
 * What lies where in the 2 MiB of the kernels' memory, in bytes. It never grows: large pictures pass through in parts, so nothing a photo
 * needed is held on to, and no view of the memory is ever detached.
 */

/** Scales, shifts and addresses of the three colours: see `storePixels`. */
export const LAYOUT_AT = 0;
/** Six f64 for a warp. */
export const MATRIX_AT = 64;
/** Bytes of one entry of the table of columns: see `resampleRow`. */
export const COLUMN_BYTES = 20;

/** Widest model input. */
export const MAX_INPUT_WIDTH = 4096;
/** Widest image that is resized: 16,384 pixels are more than cameras give, and a row still leaves room for others. */
export const MAX_IMAGE_WIDTH = 16_384;
/** Loops run in whole vectors and may pass the end of a block by this much: 8 pixels of four floats. */
const SLACK = 128;

export const COLUMNS_AT = 1024;
/** One output row, four floats per pixel. */
export const ROW_AT = COLUMNS_AT + MAX_INPUT_WIDTH * COLUMN_BYTES;
/** One mixed source row, four floats per pixel. */
export const MIXED_AT = ROW_AT + MAX_INPUT_WIDTH * 16 + SLACK;
/** Values of the model input on their way out. */
export const OUT_AT = MIXED_AT + MAX_IMAGE_WIDTH * 16 + SLACK;
export const OUT_BYTES = 512 * 1024;
/** 8-bit RGBA pixels on their way in. */
export const PIXELS_AT = OUT_AT + OUT_BYTES + SLACK;
export const PIXELS_BYTES = 1024 * 1024;
/** What the module asks for; `scripts/build-kernels.mjs` says it in pages. */
export const MEMORY_BYTES = 2 * 1024 * 1024;
