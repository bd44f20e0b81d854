/** Imports the recognition network of face-api.js, which is dlib's 29-layer residual network. */

import { addNormalization } from '../onnx/add-normalization.ts';
import { OnnxGraphBuilder } from '../onnx/onnx-graph-builder.ts';
import {
  addAveragePool,
  addConvolution,
  addMatrix,
  type ConvolutionLayout,
  FACE_API_NORMALIZATION,
  type FaceApiModelFiles,
  type FaceApiNetwork,
} from './face-api-layers.ts';
import { readTfjsWeights } from './tfjs-weights.ts';

const INPUT_SIZE = 150;
const CHANNELS = 256;
const DIMENSION = 128;

const STEM: ConvolutionLayout = { kernel: 7, stride: 2, pads: [0, 0, 0, 0] };
const HALVING: ConvolutionLayout = { kernel: 3, stride: 2, pads: [0, 0, 0, 0] };
const KEEPING: ConvolutionLayout = { kernel: 3, stride: 1, pads: [1, 1, 1, 1] };

/** One residual block. Where the size is halved, the two branches may differ in channels and by one row and column. */
interface ResidualBlock {
  readonly name: string;
  readonly halving?: { readonly addedChannels: number; readonly paddedRows: 0 | 1 } | undefined;
}

const BLOCKS: readonly ResidualBlock[] = [
  { name: 'conv32_1' },
  { name: 'conv32_2' },
  { name: 'conv32_3' },
  { name: 'conv64_down', halving: { addedChannels: 32, paddedRows: 0 } },
  { name: 'conv64_1' },
  { name: 'conv64_2' },
  { name: 'conv64_3' },
  { name: 'conv128_down', halving: { addedChannels: 64, paddedRows: 0 } },
  { name: 'conv128_1' },
  { name: 'conv128_2' },
  { name: 'conv256_down', halving: { addedChannels: 128, paddedRows: 1 } },
  { name: 'conv256_1' },
  { name: 'conv256_2' },
  { name: 'conv256_down_out', halving: { addedChannels: 0, paddedRows: 1 } },
];

/**
 * Converts `face_recognition_model`. Filters that were published in 8 bits stay so, the eight float32 filters stay float32: the
 * embeddings are those of the original.
 *
 * Input `input` float32 [N, 3, 150, 150], RGB 0..255. Output `embedding` [N, 128], not normalised.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if manifest and shard do not fit this network or each other
 */
export function importFaceRecognition({ manifest, shard }: FaceApiModelFiles): Uint8Array {
  const graph = new OnnxGraphBuilder('face_recognition');
  const network = { graph, weights: readTfjsWeights(manifest, shard) };
  const input = graph.input('input', ['N', 3, INPUT_SIZE, INPUT_SIZE]);
  let features = addStem(network, addNormalization(graph, input, FACE_API_NORMALIZATION));
  for (const block of BLOCKS) features = addResidualBlock(network, features, block);
  const pooled = graph.node('Flatten', [graph.node('GlobalAveragePool', [features])]);
  const matrix = addMatrix(network, 'fc', [CHANNELS, DIMENSION]);
  graph.output(graph.node('MatMul', [pooled, matrix], { output: 'embedding' }), ['N', DIMENSION]);
  return graph.build();
}

function addStem(network: FaceApiNetwork, input: string): string {
  const { graph } = network;
  const rectified = graph.node('Relu', [addScaledConvolution(network, input, { name: 'conv32_down', layout: STEM })]);
  return graph.node('MaxPool', [rectified], { attributes: { kernel_shape: { ints: [3, 3] }, strides: { ints: [2, 2] } } });
}

function addResidualBlock(network: FaceApiNetwork, input: string, { name, halving }: ResidualBlock): string {
  const { graph } = network;
  const first = addScaledConvolution(network, input, { name: `${name}/conv1`, layout: halving ? HALVING : KEEPING });
  const second = addScaledConvolution(network, graph.node('Relu', [first]), { name: `${name}/conv2`, layout: KEEPING });
  const skip = halving ? addAveragePool(graph, input, { kernel: 2, stride: 2 }) : input;
  const rows = halving?.paddedRows ?? 0;
  const branch = addZeros(graph, second, [0, 0, rows, rows]);
  const identity = addZeros(graph, skip, [0, halving?.addedChannels ?? 0, 0, 0]);
  return graph.node('Relu', [graph.node('Add', [identity, branch])]);
}

/** A convolution whose output dlib scales and shifts per channel. */
function addScaledConvolution(
  network: FaceApiNetwork,
  input: string,
  { name, layout }: { name: string; layout: ConvolutionLayout },
): string {
  return addConvolution(network, input, {
    filters: `${name}/conv/filters`,
    bias: `${name}/conv/bias`,
    affine: `${name}/scale`,
    layout,
  });
}

/** Appends zeros after the existing values of each axis `[N, C, H, W]`. */
function addZeros(graph: OnnxGraphBuilder, input: string, after: readonly number[]): string {
  if (after.every((count) => count === 0)) return input;
  const pads = graph.initializer([8], { type: 'int64', values: [0, 0, 0, 0, ...after] });
  return graph.node('Pad', [input, pads]);
}
