/** Writes ONNX bytes. */
import { type ModelProto } from './generated/onnx_pb.ts';
/** Encodes a model, unknown fields included. The same model always gives the same bytes. */
export declare function writeOnnx(model: ModelProto): Uint8Array;
