/** Imports the 68-point landmark network of face-api.js: four densely connected blocks of separable convolutions. */

import { addNormalization } from '../onnx/add-normalization.ts';
import { OnnxGraphBuilder } from '../onnx/onnx-graph-builder.ts';
import {
  addAveragePool,
  addConvolution,
  addMatrix,
  addVector,
  type ConvolutionLayout,
  FACE_API_NORMALIZATION,
  type FaceApiModelFiles,
  type FaceApiNetwork,
} from './face-api-layers.ts';
import { readTfjsWeights } from './tfjs-weights.ts';

const INPUT_SIZE = 112;
const BLOCKS = 4;
const CHANNELS = 256;
const COORDINATES = 136;

/** 3x3 with `same` padding on the even sizes of this network. */
const HALVING: ConvolutionLayout = { kernel: 3, stride: 2, pads: [0, 0, 1, 1] };
const KEEPING: ConvolutionLayout = { kernel: 3, stride: 1, pads: [1, 1, 1, 1] };
const POINTWISE: ConvolutionLayout = { kernel: 1, stride: 1, pads: [0, 0, 0, 0] };

/**
 * Converts `face_landmark_68_model`.
 *
 * Input `input` float32 [N, 3, 112, 112], RGB 0..255. Output `landmarks` [N, 136]: 68 x, y pairs relative to the square input.
 *
 * @returns ONNX bytes with the 8-bit weights of the original
 * @throws {FaceError} `MODEL_INTEGRITY` if manifest and shard do not fit this network or each other
 */
export function importFaceLandmark68({ manifest, shard }: FaceApiModelFiles): Uint8Array {
  const graph = new OnnxGraphBuilder('face_landmark_68');
  const network = { graph, weights: readTfjsWeights(manifest, shard) };
  const input = graph.input('input', ['N', 3, INPUT_SIZE, INPUT_SIZE]);
  let features = addNormalization(graph, input, FACE_API_NORMALIZATION);
  for (let block = 0; block < BLOCKS; block += 1) features = addDenseBlock(network, features, block);
  const pooled = graph.node('Flatten', [addAveragePool(graph, features, { kernel: 7, stride: 2 })]);
  const product = graph.node('MatMul', [pooled, addMatrix(network, 'fc/weights', [CHANNELS, COORDINATES])]);
  const bias = addVector(network, 'fc/bias', [COORDINATES]);
  graph.output(graph.node('Add', [product, bias], { output: 'landmarks' }), ['N', COORDINATES]);
  return graph.build();
}

/** Each convolution reads the rectified sum of all that came before it in the block. */
function addDenseBlock(network: FaceApiNetwork, input: string, block: number): string {
  const { graph } = network;
  let sum = graph.node('Relu', [addFirstConvolution(network, input, block)]);
  let rectified = sum;
  for (const layer of ['conv1', 'conv2', 'conv3']) {
    sum = graph.node('Add', [sum, addSeparable(network, rectified, { name: `dense${block}/${layer}`, layout: KEEPING })]);
    rectified = graph.node('Relu', [sum]);
  }
  return rectified;
}

/** The very first convolution of the network is an ordinary one. */
function addFirstConvolution(network: FaceApiNetwork, input: string, block: number): string {
  const name = `dense${block}/conv0`;
  if (block > 0) return addSeparable(network, input, { name, layout: HALVING });
  return addConvolution(network, input, { filters: `${name}/filters`, bias: `${name}/bias`, layout: HALVING });
}

function addSeparable(network: FaceApiNetwork, input: string, { name, layout }: { name: string; layout: ConvolutionLayout }): string {
  const depthwise = addConvolution(network, input, { filters: `${name}/depthwise_filter`, layout: { ...layout, depthwise: true } });
  return addConvolution(network, depthwise, { filters: `${name}/pointwise_filter`, bias: `${name}/bias`, layout: POINTWISE });
}
