/** Writes ONNX bytes. */

import { toBinary } from '@bufbuild/protobuf';
import { type ModelProto, ModelProtoSchema } from './generated/onnx_pb.ts';

/** Encodes a model, unknown fields included. The same model always gives the same bytes. */
export function writeOnnx(model: ModelProto): Uint8Array {
  return toBinary(ModelProtoSchema, model);
}
