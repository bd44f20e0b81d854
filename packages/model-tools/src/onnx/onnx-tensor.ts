/** Constant tensors of ONNX models: from and to typed arrays. */

import { create } from '@bufbuild/protobuf';
import { FaceError } from '@isoface/core';
import { TensorProto_DataType as DataType, type TensorProto, TensorProtoSchema } from './generated/onnx_pb.ts';

/** Values of one element type. `float16` holds bit patterns; `int64` values must be safe integers. */
export type TensorValues =
  | { readonly type: 'float32'; readonly values: Float32Array }
  | { readonly type: 'float16'; readonly values: Uint16Array }
  | { readonly type: 'uint8'; readonly values: Uint8Array }
  | { readonly type: 'int8'; readonly values: Int8Array }
  | { readonly type: 'int32'; readonly values: Int32Array }
  | { readonly type: 'int64'; readonly values: readonly number[] };

/** Element types that {@link createTensor} writes and {@link readTensor} reads. */
export type TensorElementType = TensorValues['type'];

/** ONNX numbers of the element types. */
export const ELEMENT_TYPE_NUMBERS: Readonly<Record<TensorElementType, DataType>> = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  uint8: DataType.UINT8,
  int8: DataType.INT8,
  int32: DataType.INT32,
  int64: DataType.INT64,
};

/** Bytes per element of the types of fixed width; complex, string and sub-byte types are left out. */
const ELEMENT_BYTES: ReadonlyMap<number, number> = new Map([
  [DataType.FLOAT, 4],
  [DataType.UINT8, 1],
  [DataType.INT8, 1],
  [DataType.UINT16, 2],
  [DataType.INT16, 2],
  [DataType.INT32, 4],
  [DataType.INT64, 8],
  [DataType.BOOL, 1],
  [DataType.FLOAT16, 2],
  [DataType.DOUBLE, 8],
  [DataType.UINT32, 4],
  [DataType.UINT64, 8],
  [DataType.BFLOAT16, 2],
]);

/**
 * Makes a tensor with its values in `raw_data`.
 *
 * @param name - value name in the graph; empty for attribute tensors
 * @param dims - row-major dimensions; their product must be the number of values
 * @throws {FaceError} `SHAPE_MISMATCH` if it is not
 */
export function createTensor(name: string, dims: readonly number[], content: TensorValues): TensorProto {
  const expected = countElements(dims);
  if (content.values.length !== expected) {
    throw new FaceError('SHAPE_MISMATCH', `Tensor "${name}" [${dims.join(', ')}] needs ${expected} values, got ${content.values.length}.`);
  }
  return create(TensorProtoSchema, {
    dims: dims.map(BigInt),
    dataType: ELEMENT_TYPE_NUMBERS[content.type],
    name,
    rawData: toLittleEndian(content),
  });
}

/**
 * Reads the values of a tensor, wherever the model keeps them. `int32_data` is understood for uint8, int8, int32 and float16.
 *
 * @throws {FaceError} `MODEL_UNSUPPORTED` for other element types, `MODEL_INTEGRITY` when values are missing
 */
export function readTensor(tensor: TensorProto): { readonly dims: readonly number[]; readonly content: TensorValues } {
  checkTensor(tensor);
  const dims = tensorDims(tensor);
  const content = tensor.rawData.length > 0 ? fromLittleEndian(tensor) : fromTypedField(tensor);
  if (content.values.length !== countElements(dims)) throw wrongSize(tensor, `${content.values.length} values`);
  return { dims, content };
}

/**
 * Checks that a tensor carries its own values and, for raw data, that their number fits the dimensions.
 *
 * @throws {FaceError} `MODEL_UNSUPPORTED` for data kept in another file, `MODEL_INTEGRITY` for a wrong size
 */
export function checkTensor(tensor: TensorProto): void {
  if (tensor.dataLocation !== 0 || tensor.externalData.length > 0) {
    throw new FaceError(
      'MODEL_UNSUPPORTED',
      `Tensor "${tensor.name}" keeps its values in another file; save the model with its weights inside.`,
      { tensor: tensor.name },
    );
  }
  const elementBytes = ELEMENT_BYTES.get(tensor.dataType);
  const elements = countElements(tensorDims(tensor));
  if (tensor.rawData.length > 0 && elementBytes !== undefined && tensor.rawData.length !== elements * elementBytes) {
    throw wrongSize(tensor, `${tensor.rawData.length} bytes`);
  }
}

/**
 * Dimensions as numbers.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` for negative or absurdly large ones
 */
export function tensorDims(tensor: TensorProto): number[] {
  return tensor.dims.map((dim) => {
    const size = Number(dim);
    if (size >= 0 && Number.isSafeInteger(size)) return size;
    throw new FaceError('MODEL_INTEGRITY', `Tensor "${tensor.name}" has the impossible dimension ${dim}.`, { tensor: tensor.name });
  });
}

/** Number of elements of a row-major tensor: 1 for a scalar. */
export function countElements(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

function wrongSize(tensor: TensorProto, got: string): FaceError {
  const dims = tensorDims(tensor);
  return new FaceError('MODEL_INTEGRITY', `Tensor "${tensor.name}" [${dims.join(', ')}] does not fit its ${got}; the file is damaged.`, {
    tensor: tensor.name,
  });
}

function toLittleEndian(content: TensorValues): Uint8Array<ArrayBuffer> {
  switch (content.type) {
    case 'uint8':
      // Not `slice`, which gives a view where the array is a Node.js Buffer.
      return Uint8Array.from(content.values);
    case 'int8':
      return writeElements(content.values, 1, (view, offset, value) => view.setInt8(offset, value));
    case 'int32':
      return writeElements(content.values, 4, (view, offset, value) => view.setInt32(offset, value, true));
    case 'float32':
      return writeElements(content.values, 4, (view, offset, value) => view.setFloat32(offset, value, true));
    case 'float16':
      return writeElements(content.values, 2, (view, offset, value) => view.setUint16(offset, value, true));
    case 'int64':
      return writeElements(content.values, 8, (view, offset, value) => view.setBigInt64(offset, BigInt(value), true));
  }
}

function writeElements(
  values: ArrayLike<number>,
  elementBytes: number,
  write: (view: DataView, offset: number, value: number) => void,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * elementBytes);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < values.length; index += 1) write(view, index * elementBytes, values[index] ?? 0);
  return bytes;
}

function fromLittleEndian(tensor: TensorProto): TensorValues {
  const raw = tensor.rawData;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  switch (tensor.dataType) {
    case DataType.UINT8:
      return { type: 'uint8', values: Uint8Array.from(raw) };
    case DataType.INT8:
      return { type: 'int8', values: Int8Array.from(raw) };
    case DataType.INT32:
      return { type: 'int32', values: new Int32Array(raw.length / 4).map((_, index) => view.getInt32(index * 4, true)) };
    case DataType.FLOAT:
      return { type: 'float32', values: new Float32Array(raw.length / 4).map((_, index) => view.getFloat32(index * 4, true)) };
    case DataType.FLOAT16:
      return { type: 'float16', values: new Uint16Array(raw.length / 2).map((_, index) => view.getUint16(index * 2, true)) };
    case DataType.INT64:
      return { type: 'int64', values: Array.from({ length: raw.length / 8 }, (_, index) => Number(view.getBigInt64(index * 8, true))) };
    default:
      throw unsupportedType(tensor);
  }
}

function fromTypedField(tensor: TensorProto): TensorValues {
  switch (tensor.dataType) {
    case DataType.UINT8:
      return { type: 'uint8', values: Uint8Array.from(tensor.int32Data) };
    case DataType.INT8:
      return { type: 'int8', values: Int8Array.from(tensor.int32Data) };
    case DataType.INT32:
      return { type: 'int32', values: Int32Array.from(tensor.int32Data) };
    case DataType.FLOAT:
      return { type: 'float32', values: Float32Array.from(tensor.floatData) };
    case DataType.FLOAT16:
      return { type: 'float16', values: Uint16Array.from(tensor.int32Data) };
    case DataType.INT64:
      return { type: 'int64', values: tensor.int64Data.map(Number) };
    default:
      throw unsupportedType(tensor);
  }
}

function unsupportedType(tensor: TensorProto): FaceError {
  return new FaceError('MODEL_UNSUPPORTED', `Tensor "${tensor.name}" has element type ${tensor.dataType}, which is not read here.`, {
    tensor: tensor.name,
    elementType: tensor.dataType,
  });
}
