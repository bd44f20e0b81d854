/** Model runs that can be made again. */

import { asHostTensor, type InferenceBackend, readTensor, type Tensor } from '@isoface/core';

/** One run of a model, as it was made. */
export interface ModelRun {
  /** Id of the model. */
  readonly model: string;
  /** Makes it again, in the same session with the same inputs. */
  run(): Promise<unknown>;
}

/** A backend that can be watched. */
export interface RunRecorder {
  readonly backend: InferenceBackend;
  /** Does some work and returns, beside its result, the runs that it made, in order. */
  record<T>(work: () => Promise<T>): Promise<readonly [result: T, runs: readonly ModelRun[]]>;
}

/** Wraps a backend. While nothing is recorded its sessions only pass on. */
export function createRunRecorder(inner: InferenceBackend): RunRecorder {
  let runs: ModelRun[] | undefined;
  return {
    backend: {
      async createSession(model, options) {
        const session = await inner.createSession(model, options);
        return {
          ...session,
          async run(inputs) {
            if (runs === undefined) return session.run(inputs);
            const recorded = runs;
            const copies = await copyInputs(inputs);
            recorded.push({ model: options.name, run: () => session.run(copies) });
            return session.run(inputs);
          },
        };
      },
    },
    async record(work) {
      const recorded: ModelRun[] = [];
      runs = recorded;
      try {
        return [await work(), recorded];
      } finally {
        runs = undefined;
      }
    },
  };
}

/** The memory of an input is used for the next one. */
async function copyInputs(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
  const copies: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(inputs)) copies[name] = asHostTensor((await readTensor(tensor)).slice(), tensor.dims);
  return copies;
}
