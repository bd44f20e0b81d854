/** Input normalisation as part of a graph, so that callers feed plain pixels. */

import { addFloat32 } from './add-weights.ts';
import type { OnnxGraphBuilder } from './onnx-graph-builder.ts';

/** Value fed to the network = (pixel - mean) / divisor. */
export interface PixelNormalization {
  /** One value for all channels, or one per channel in the order of the input; pixel values 0..255. */
  readonly mean: readonly number[];
  readonly divisor: number;
}

/** Adds the normalisation of `input` [N, C, H, W] and returns the normalised value. */
export function addNormalization(graph: OnnxGraphBuilder, input: string, { mean, divisor }: PixelNormalization): string {
  const centred = mean.some((value) => value !== 0) ? graph.node('Sub', [input, addMean(graph, mean)]) : input;
  return graph.node('Div', [centred, addFloat32(graph, [], Float32Array.of(divisor))]);
}

function addMean(graph: OnnxGraphBuilder, mean: readonly number[]): string {
  return addFloat32(graph, mean.length === 1 ? [] : [mean.length, 1, 1], Float32Array.from(mean));
}
