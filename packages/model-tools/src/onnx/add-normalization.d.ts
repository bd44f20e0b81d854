/** Input normalisation as part of a graph, so that callers feed plain pixels. */
import type { OnnxGraphBuilder } from './onnx-graph-builder.ts';
/** Value fed to the network = (pixel - mean) / divisor. */
export interface PixelNormalization {
    /** One value for all channels, or one per channel in the order of the input; pixel values 0..255. */
    readonly mean: readonly number[];
    readonly divisor: number;
}
/** Adds the normalisation of `input` [N, C, H, W] and returns the normalised value. */
export declare function addNormalization(graph: OnnxGraphBuilder, input: string, { mean, divisor }: PixelNormalization): string;
