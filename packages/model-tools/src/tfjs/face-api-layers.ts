/** Layers that the networks of face-api.js share. Activations are NCHW; `same` padding is written out as explicit pads. */

import { addFloat32, addUint8 } from '../onnx/add-weights.ts';
import type { OnnxGraphBuilder } from '../onnx/onnx-graph-builder.ts';
import { permuteAxes } from '../onnx/permute-axes.ts';
import { dequantize, findZeroPoint, requireWeight, type TfjsWeight, type TfjsWeights } from './tfjs-weights.ts';

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
export const FACE_API_NORMALIZATION = { mean: [122.782, 117.001, 104.298], divisor: 255 } as const;

const HWIO_TO_OIHW = [3, 2, 0, 1];
/** Depthwise filters are `[kh, kw, C, 1]`. */
const HWCM_TO_CMHW = [2, 3, 0, 1];

/**
 * Adds a convolution and returns its output.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if a tensor is missing or has another shape than the layout asks for
 */
export function addConvolution(network: FaceApiNetwork, input: string, { filters, bias, affine, layout }: ConvolutionParts): string {
  const { kernel, stride, pads, depthwise = false } = layout;
  const weight = requireFilters(network, filters, kernel);
  const channels = [weight.shape[depthwise ? 2 : 3] ?? 0];
  const factors = affine && vector(network, `${affine}/weights`, channels);
  const shifts = affine && vector(network, `${affine}/biases`, channels);
  const filter = addFilters(network.graph, weight, { order: depthwise ? HWCM_TO_CMHW : HWIO_TO_OIHW, channelScale: factors || undefined });
  const attributes = {
    kernel_shape: { ints: [kernel, kernel] },
    strides: { ints: [stride, stride] },
    pads: { ints: pads },
    ...(depthwise && { group: { int: channels[0] ?? 0 } }),
  };
  if (!bias) return network.graph.node('Conv', [input, filter], { attributes });
  const offsets = vector(network, bias, channels);
  const folded = factors && shifts ? offsets.map((value, c) => value * (factors[c] ?? 1) + (shifts[c] ?? 0)) : offsets;
  return network.graph.node('Conv', [input, filter, addFloat32(network.graph, channels, folded)], { attributes });
}

/** Adds an average pooling without padding. */
export function addAveragePool(graph: OnnxGraphBuilder, input: string, { kernel, stride }: { kernel: number; stride: number }): string {
  return graph.node('AveragePool', [input], {
    attributes: { kernel_shape: { ints: [kernel, kernel] }, strides: { ints: [stride, stride] } },
  });
}

/** Adds the filter matrix `name` [inputs, outputs], kept in 8 bits where it was published so. */
export function addMatrix({ graph, weights }: FaceApiNetwork, name: string, shape: readonly number[]): string {
  return addFilters(graph, requireWeight(weights, name, shape), { order: [0, 1] });
}

/** Adds the vector `name` as float32. */
export function addVector(network: FaceApiNetwork, name: string, shape: readonly number[]): string {
  return addFloat32(network.graph, shape, vector(network, name, shape));
}

function vector({ weights }: FaceApiNetwork, name: string, shape: readonly number[]): Float32Array {
  return dequantize(requireWeight(weights, name, shape));
}

function requireFilters({ weights }: FaceApiNetwork, name: string, kernel: number): TfjsWeight {
  const { shape } = requireWeight(weights, name);
  return requireWeight(weights, name, [kernel, kernel, shape[2] ?? 0, shape[3] ?? 0]);
}

function addFilters(
  graph: OnnxGraphBuilder,
  weight: TfjsWeight,
  { order, channelScale }: { order: readonly number[]; channelScale?: Float32Array | undefined },
): string {
  const zeroPoint = weight.type === 'uint8' ? findZeroPoint(weight) : undefined;
  if (weight.type === 'uint8' && zeroPoint !== undefined) {
    const { values, dims } = permuteAxes(weight.values, weight.shape, order);
    const scale = channelScale ? Float32Array.from(channelScale, (factor) => factor * weight.scale) : Float32Array.of(weight.scale);
    return addUint8(graph, dims, { values, zeroPoint, scale });
  }
  const { values, dims } = permuteAxes(dequantize(weight), weight.shape, order);
  return addFloat32(graph, dims, channelScale ? scaleChannels(values, channelScale) : values);
}

/** Multiplies each slice along the first dimension with its factor. */
function scaleChannels(values: Float32Array, channelScale: Float32Array): Float32Array {
  const channelSize = values.length / channelScale.length;
  return values.map((value, index) => value * (channelScale[Math.floor(index / channelSize)] ?? 1));
}
