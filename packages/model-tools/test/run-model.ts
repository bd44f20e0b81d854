/** Runs ONNX models on the CPU, with all graph optimisations, so that folding and fusing are part of what is tested. */

import { InferenceSession, Tensor } from 'onnxruntime-node';

/** A loaded model: feeds its only input and gives all outputs by name. */
export type RunModel = (data: Float32Array, dims: readonly number[]) => Promise<Readonly<Record<string, ModelOutput>>>;

/** One output. */
export interface ModelOutput {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** Loads a model. */
export async function loadModel(bytes: Uint8Array): Promise<RunModel> {
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const [inputName = ''] = session.inputNames;
  return async (data, dims) => {
    const results = await session.run({ [inputName]: new Tensor('float32', data, dims) });
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, toOutput(tensor)]));
  };
}

/** The output `name`; fails if the model has none. */
export function getOutput(outputs: Readonly<Record<string, ModelOutput>>, name: string): ModelOutput {
  const output = outputs[name];
  if (output === undefined) throw new Error(`no output "${name}" among ${Object.keys(outputs).join(', ')}`);
  return output;
}

/** Largest absolute difference of two arrays of one length. */
export function maxDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`lengths ${actual.length} and ${expected.length}`);
  let largest = 0;
  for (let index = 0; index < actual.length; index += 1) {
    const difference = Math.abs((actual[index] ?? 0) - (expected[index] ?? 0));
    // Written so that NaN is never taken for a small difference.
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

function toOutput(tensor: Tensor): ModelOutput {
  if (!(tensor.data instanceof Float32Array)) throw new Error(`expected float32, got ${tensor.type}`);
  return { data: tensor.data, dims: tensor.dims };
}
