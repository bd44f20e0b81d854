/** Constants of an OpenVINO IR: float tensors in the `.bin` file. */
import type { OnnxGraphBuilder } from '../onnx/onnx-graph-builder.ts';
import { type IrLayer } from './parse-ir.ts';
/** A constant as stored; `float16` holds bit patterns. */
export interface IrConstant {
    readonly dims: readonly number[];
    readonly content: {
        readonly type: 'float32';
        readonly values: Float32Array;
    } | {
        readonly type: 'float16';
        readonly values: Uint16Array;
    };
}
/**
 * Reads the values of a `Const` layer.
 *
 * @throws {FaceError} `MODEL_UNSUPPORTED` for element types other than f16 and f32; `MODEL_INTEGRITY` if `bin` is too short
 */
export declare function readIrConstant(layer: IrLayer, bin: Uint8Array): IrConstant;
/** Adds a constant to a graph as float32 value, in the width it is stored in, with other dimensions if wanted. */
export declare function addIrConstant(graph: OnnxGraphBuilder, { dims, content }: IrConstant, reshaped?: readonly number[]): string;
