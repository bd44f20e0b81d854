/** ONNX Runtime as the port that model-tools takes. */

import { asHostTensor, FaceError, type InferenceBackend } from '@isoface/core';
import { getOutput, loadModel } from './run-model.ts';

/** Runs models with one input on the CPU. */
export const ortBackend: InferenceBackend = {
  async createSession(model) {
    const run = await loadModel(model);
    return {
      executionProvider: 'cpu',
      inputs: [],
      outputs: [],
      async run(inputs) {
        const [tensor] = Object.values(inputs);
        if (tensor?.location !== 'host') throw new FaceError('SHAPE_MISMATCH', 'Expected one input in ordinary memory.');
        const outputs = await run(tensor.data, tensor.dims);
        return Object.fromEntries(
          Object.keys(outputs).map((name) => {
            const { data, dims } = getOutput(outputs, name);
            return [name, asHostTensor(data, dims)];
          }),
        );
      },
      dispose: async () => {},
    };
  },
};
