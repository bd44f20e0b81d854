/** Constant tensors of ONNX models: from and to typed arrays. */
import { TensorProto_DataType as DataType, type TensorProto } from './generated/onnx_pb.ts';
/** Values of one element type. `float16` holds bit patterns; `int64` values must be safe integers. */
export type TensorValues = {
    readonly type: 'float32';
    readonly values: Float32Array;
} | {
    readonly type: 'float16';
    readonly values: Uint16Array;
} | {
    readonly type: 'uint8';
    readonly values: Uint8Array;
} | {
    readonly type: 'int64';
    readonly values: readonly number[];
};
/** Element types that {@link createTensor} writes and {@link readTensor} reads. */
export type TensorElementType = TensorValues['type'];
/** ONNX numbers of the element types. */
export declare const ELEMENT_TYPE_NUMBERS: Readonly<Record<TensorElementType, DataType>>;
/**
 * Makes a tensor with its values in `raw_data`.
 *
 * @param name - value name in the graph; empty for attribute tensors
 * @param dims - row-major dimensions; their product must be the number of values
 * @throws {FaceError} `SHAPE_MISMATCH` if it is not
 */
export declare function createTensor(name: string, dims: readonly number[], content: TensorValues): TensorProto;
/**
 * Reads the values of a tensor, wherever the model keeps them. `int32_data` is understood for uint8 and float16.
 *
 * @throws {FaceError} `MODEL_UNSUPPORTED` for other element types, `MODEL_INTEGRITY` when values are missing
 */
export declare function readTensor(tensor: TensorProto): {
    readonly dims: readonly number[];
    readonly content: TensorValues;
};
/**
 * Checks that a tensor carries its own values and, for raw data, that their number fits the dimensions.
 *
 * @throws {FaceError} `MODEL_UNSUPPORTED` for data kept in another file, `MODEL_INTEGRITY` for a wrong size
 */
export declare function checkTensor(tensor: TensorProto): void;
/**
 * Dimensions as numbers.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` for negative or absurdly large ones
 */
export declare function tensorDims(tensor: TensorProto): number[];
/** Number of elements of a row-major tensor: 1 for a scalar. */
export declare function countElements(dims: readonly number[]): number;
