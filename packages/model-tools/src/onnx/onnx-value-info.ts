/** Declarations of graph inputs and outputs. */

import { create } from '@bufbuild/protobuf';
import {
  type TensorShapeProto_Dimension,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.ts';
import { ELEMENT_TYPE_NUMBERS } from './onnx-tensor.ts';

/** A size, or the name of a size that is only known when the model runs. */
export type Dimension = number | string;

/** Declares a float32 value with these dimensions; without them the model leaves open how many there are. */
export function createValueInfo(name: string, dims?: readonly Dimension[]): ValueInfoProto {
  const shape = dims && create(TensorShapeProtoSchema, { dim: dims.map(createDimension) });
  const tensorType = create(TypeProto_TensorSchema, { elemType: ELEMENT_TYPE_NUMBERS.float32, ...(shape && { shape }) });
  return create(ValueInfoProtoSchema, { name, type: create(TypeProtoSchema, { tensorType }) });
}

/** The dimensions of a declaration; `?` where the model states none. */
export function readDimensions(value: ValueInfoProto): Dimension[] {
  const dims = value.type?.tensorType?.shape?.dim ?? [];
  return dims.map(({ value: dim }) => {
    if (dim.case === 'dimValue') return Number(dim.value);
    return dim.case === 'dimParam' ? dim.value : '?';
  });
}

function createDimension(dim: Dimension): TensorShapeProto_Dimension {
  const value = typeof dim === 'number' ? { case: 'dimValue' as const, value: BigInt(dim) } : { case: 'dimParam' as const, value: dim };
  return create(TensorShapeProto_DimensionSchema, { value });
}
