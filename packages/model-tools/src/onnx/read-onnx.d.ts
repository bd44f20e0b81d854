/** Reads ONNX bytes from any source: nothing about them is trusted. */
import { type GraphProto, type ModelProto } from './generated/onnx_pb.ts';
/** A model that is known to hold a graph. Fields that this package does not know are kept for {@link writeOnnx}. */
export type OnnxModel = ModelProto & {
    graph: GraphProto;
};
/**
 * Decodes an ONNX model. Byte fields of the result are views into `bytes`.
 *
 * @param bytes - a complete ONNX file
 * @throws {FaceError} `MODEL_INTEGRITY` if the bytes are not a complete ONNX model; `MODEL_UNSUPPORTED` if weights lie in another file
 */
export declare function readOnnx(bytes: Uint8Array): OnnxModel;
