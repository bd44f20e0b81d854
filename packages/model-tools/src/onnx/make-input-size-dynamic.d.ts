/** Frees a detector that was exported for one image size from that size. */
/**
 * Makes batch, height and width of a fully convolutional model free. Written for the YuNet release of 2023, whose twelve outputs
 * `[1, rows, channels]` come from a `Reshape` to `[1, -1, channels]`; names and order of the outputs stay as they are.
 *
 * @param bytes - ONNX model with one input `[1, C, H, W]`
 * @returns ONNX model with the input `[N, C, height, width]` and outputs `[N, <name>_rows, channels]`
 * @throws {FaceError} `MODEL_INTEGRITY` if the bytes are not an ONNX model; `MODEL_UNSUPPORTED` if the graph depends on its size
 */
export declare function makeInputSizeDynamic(bytes: Uint8Array): Uint8Array;
