/** Makes ONNX models from files of other formats. */

import { FaceError, type ImportFormat } from '@isoface/core';
import { makeInputSizeDynamic } from './onnx/make-input-size-dynamic.ts';
import { importOpenVinoIr } from './openvino/import-openvino-ir.ts';

/**
 * Converts published files to ONNX. Deterministic: the same files always give the same bytes.
 *
 * @param format - `openvino-ir`: an OpenVINO IR; `onnx-dynamic-size`: an ONNX detector to be freed from its input size
 * @param files - `[xml, bin]` for `openvino-ir`, `[onnx]` for `onnx-dynamic-size`
 * @throws {FaceError} `INVALID_OPTION` for a wrong number of files; `MODEL_INTEGRITY` if they are damaged; `MODEL_UNSUPPORTED` if
 * they use something that the importer does not know, or `format` is none
 */
export function importModel(format: ImportFormat, files: readonly Uint8Array[]): Uint8Array {
  switch (format) {
    case 'openvino-ir': {
      const [xml, bin] = files;
      if (xml === undefined || bin === undefined || files.length !== 2) throw wrongFiles(format, '[xml, bin]', files);
      return importOpenVinoIr({ xml, bin });
    }
    case 'onnx-dynamic-size': {
      const [onnx] = files;
      if (onnx === undefined || files.length !== 1) throw wrongFiles(format, '[onnx]', files);
      return makeInputSizeDynamic(onnx);
    }
    default:
      throw new FaceError('MODEL_UNSUPPORTED', `There is no importer for the format "${String(format)}".`, { format });
  }
}

function wrongFiles(format: ImportFormat, expected: string, files: readonly Uint8Array[]): FaceError {
  return new FaceError('INVALID_OPTION', `Format "${format}" needs the files ${expected}, got ${files.length}.`, { format });
}
