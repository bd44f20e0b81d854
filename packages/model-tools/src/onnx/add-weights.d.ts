/**
 * Constants in compact storage. The nodes that widen them read only constants, so ONNX Runtime computes them once, when a session is
 * created. `DequantizeLinear` is not used on purpose: it is not folded, and in front of a `MatMul` it makes the runtime quantise
 * activations as well.
 */
import type { OnnxGraphBuilder } from './onnx-graph-builder.ts';
/** 8-bit weights: value = (values - zeroPoint) * scale. */
export interface Uint8Weights {
    readonly values: Uint8Array;
    /** Integer in 0..255. */
    readonly zeroPoint: number;
    /** One factor, or one per index of the first dimension. */
    readonly scale: Float32Array;
}
/** Adds a float32 constant as it is. */
export declare function addFloat32(graph: OnnxGraphBuilder, dims: readonly number[], values: Float32Array): string;
/** Adds a float32 constant, in half width where that loses nothing. */
export declare function addCompactFloat32(graph: OnnxGraphBuilder, dims: readonly number[], values: Float32Array): string;
/** Adds half-precision bit patterns, widened to float32 for use. */
export declare function addFloat16(graph: OnnxGraphBuilder, dims: readonly number[], bits: Uint16Array): string;
/** Adds 8-bit weights, dequantised to float32 for use. */
export declare function addUint8(graph: OnnxGraphBuilder, dims: readonly number[], { values, zeroPoint, scale }: Uint8Weights): string;
