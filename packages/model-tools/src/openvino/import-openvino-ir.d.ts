/** Imports OpenVINO networks. */
import { type OpenVinoIrFiles } from './parse-ir.ts';
/**
 * Converts an OpenVINO IR of version 10 or 11 with one input and one output to ONNX. Half-precision constants stay so in the file;
 * all arithmetic is float32.
 *
 * Input `input` float32 [N, C, H, W] in whatever channel order and range the network was made for. Output `embedding` [N, D]:
 * what the network gives, flattened.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if the files are damaged; `MODEL_UNSUPPORTED` for operations that are not known
 */
export declare function importOpenVinoIr({ xml, bin }: OpenVinoIrFiles): Uint8Array;
