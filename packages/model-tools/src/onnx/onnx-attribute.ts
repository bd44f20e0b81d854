/** Node attributes of ONNX models: from and to plain values. */

import { create } from '@bufbuild/protobuf';
import { FaceError } from '@isoface/core';
import { type AttributeProto, AttributeProtoSchema, AttributeProto_AttributeType as AttributeType } from './generated/onnx_pb.ts';

/** The value of an attribute. ONNX tells integers from floats, so the kind is always named. */
export type AttributeValue =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly string: string };

/** Makes the attribute `name`. Integers must be safe integers; floats are rounded to float32. */
export function createAttribute(name: string, value: AttributeValue): AttributeProto {
  if ('int' in value) return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value.int) });
  if ('ints' in value) return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.ints.map(BigInt) });
  if ('float' in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  if ('floats' in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...value.floats] });
  return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value.string) });
}

/**
 * Reads an attribute.
 *
 * @throws {FaceError} `MODEL_UNSUPPORTED` for tensors, graphs and other kinds
 */
export function readAttribute(attribute: AttributeProto): AttributeValue {
  switch (attribute.type) {
    case AttributeType.INT:
      return { int: Number(attribute.i) };
    case AttributeType.INTS:
      return { ints: attribute.ints.map(Number) };
    case AttributeType.FLOAT:
      return { float: attribute.f };
    case AttributeType.FLOATS:
      return { floats: attribute.floats };
    case AttributeType.STRING:
      return { string: new TextDecoder().decode(attribute.s) };
    default:
      throw new FaceError('MODEL_UNSUPPORTED', `Attribute "${attribute.name}" is of kind ${attribute.type}, which is not read here.`);
  }
}
