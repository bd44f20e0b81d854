/** The form of a model that ranges are measured on and that is quantized: the same bytes always give the same value names. */

import { FaceError } from '@isoface/core';
import { TensorProto_DataType as DataType, type GraphProto, type ValueInfoProto } from '../onnx/generated/onnx_pb.ts';
import { type OnnxModel, readOnnx } from '../onnx/read-onnx.ts';
import { foldBatchNormalization } from './fold-batch-normalization.ts';
import { foldConstants } from './fold-constants.ts';
import { dropUnusedConstants, labelNode } from './graph-edges.ts';
import { joinBiases } from './join-biases.ts';
import { raiseOpset } from './raise-opset.ts';

/** First version of the file format in which constants are no inputs. */
const CONSTANTS_APART_IR = 4n;

/**
 * Reads a model and brings it to operator set 13, with plain float32 weights and without batch normalisation after convolutions.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` or `MODEL_UNSUPPORTED`
 */
export function prepareModel(bytes: Uint8Array): OnnxModel {
  const model = readSimpleModel(bytes);
  raiseOpset(model);
  foldConstants(model.graph);
  foldBatchNormalization(model.graph);
  joinBiases(model.graph);
  return model;
}

/**
 * Reads a model with one float32 input and no inner graphs.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` or `MODEL_UNSUPPORTED`
 */
export function readSimpleModel(bytes: Uint8Array): OnnxModel {
  const model = readOnnx(bytes);
  const { graph } = model;
  findInput(graph);
  if (model.functions.length > 0 || graph.sparseInitializer.length > 0) {
    throw unsupported('it has functions of its own or sparse weights');
  }
  const nested = graph.node.find(({ attribute }) => attribute.some(({ g, graphs }) => g !== undefined || graphs.length > 0));
  if (nested !== undefined) throw unsupported(`the operator ${nested.opType} (${labelNode(nested)}) has a graph of its own`);
  dropUnusedConstants(graph);
  // Before, every constant had to be declared as an input.
  if (model.irVersion < CONSTANTS_APART_IR) model.irVersion = CONSTANTS_APART_IR;
  return model;
}

/** The only input of a graph; constants that old files declare as inputs do not count. */
export function findInput(graph: GraphProto): ValueInfoProto {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !constants.has(name));
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1) {
    throw unsupported(`it has ${inputs.length} inputs (${inputs.map(({ name }) => name).join(', ')}), and one is expected`);
  }
  const elementType = input.type?.tensorType?.elemType;
  if (elementType === DataType.FLOAT) return input;
  throw unsupported(`its input "${input.name}" is ${DataType[elementType ?? 0] ?? 'unknown'}, and float32 is expected`);
}

function unsupported(reason: string): FaceError {
  return new FaceError('MODEL_UNSUPPORTED', `This model cannot be made smaller here: ${reason}.`);
}
