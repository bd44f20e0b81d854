/** Layers that the networks of face-api.js share. Activations are NCHW; `same` padding is written out as explicit pads. */
import type { OnnxGraphBuilder } from '../onnx/onnx-graph-builder.ts';
import { type TfjsWeights } from './tfjs-weights.ts';
/** A weight manifest as face-api publishes it. */
export interface FaceApiModelFiles {
    /** Parsed `<name>_model-weights_manifest.json`. */
    readonly manifest: unknown;
    /** Content of `<name>_model.bin`. */
    readonly shard: Uint8Array;
}
/** The graph in the making and the weights it takes from. */
export interface FaceApiNetwork {
    readonly graph: OnnxGraphBuilder;
    readonly weights: TfjsWeights;
}
/** How a convolution is laid over its input. */
export interface ConvolutionLayout {
    readonly kernel: number;
    readonly stride: number;
    /** Zeros at top, left, bottom and right. */
    readonly pads: readonly [number, number, number, number];
    /** Whether each channel has its own filter. @defaultValue false */
    readonly depthwise?: boolean | undefined;
}
/** What a convolution is made of: names of tensors in the weight file. */
export interface ConvolutionParts {
    readonly filters: string;
    readonly bias?: string | undefined;
    /** Prefix of the per-channel `weights` and `biases` that scale and shift the result; they are folded into filters and bias. */
    readonly affine?: string | undefined;
    readonly layout: ConvolutionLayout;
}
/** Mean colour (RGB, 0..255) and divisor that the landmark and recognition networks were trained with. */
export declare const FACE_API_NORMALIZATION: {
    readonly mean: readonly [122.782, 117.001, 104.298];
    readonly divisor: 255;
};
/**
 * Adds a convolution and returns its output.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if a tensor is missing or has another shape than the layout asks for
 */
export declare function addConvolution(network: FaceApiNetwork, input: string, { filters, bias, affine, layout }: ConvolutionParts): string;
/** Adds an average pooling without padding. */
export declare function addAveragePool(graph: OnnxGraphBuilder, input: string, { kernel, stride }: {
    kernel: number;
    stride: number;
}): string;
/** Adds the filter matrix `name` [inputs, outputs], kept in 8 bits where it was published so. */
export declare function addMatrix({ graph, weights }: FaceApiNetwork, name: string, shape: readonly number[]): string;
/** Adds the vector `name` as float32. */
export declare function addVector(network: FaceApiNetwork, name: string, shape: readonly number[]): string;
