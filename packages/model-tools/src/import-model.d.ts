/** Makes ONNX models from files of other formats. */
import { type ImportFormat } from '@isoface/core';
/**
 * Converts published files to ONNX. Deterministic: the same files always give the same bytes.
 *
 * @param format - `openvino-ir`: an OpenVINO IR; `onnx-dynamic-size`: an ONNX detector to be freed from its input size
 * @param files - `[xml, bin]` for `openvino-ir`, `[onnx]` for `onnx-dynamic-size`
 * @throws {FaceError} `INVALID_OPTION` for a wrong number of files; `MODEL_INTEGRITY` if they are damaged; `MODEL_UNSUPPORTED` if
 * they use something that the importer does not know, or `format` is none
 */
export declare function importModel(format: ImportFormat, files: readonly Uint8Array[]): Uint8Array;
