/** What a model of a pack is fed in use: the engine itself makes the inputs, and they are copied on their way. */

import { createHash } from 'node:crypto';
import {
  asHostTensor,
  createBestPreprocessor,
  createFaceEngine,
  type HostTensor,
  type InferenceBackend,
  isFaceError,
  type ModelManifest,
  type ModelSource,
  type PackManifest,
  readTensor,
  type Tensor,
} from '@isoface/core';
import { createSharpImageDecoder } from '@isoface/runtime-node';

/** Gives the inputs of one model. */
export interface InputRecorder {
  /** The inputs, one sample each, that the model gets for a photo; `undefined` where the photo cannot be read. */
  record(path: string): Promise<readonly HostTensor[] | undefined>;
  dispose(): Promise<void>;
}

/** What a recorder needs. */
export interface InputRecorderOptions {
  readonly pack: PackManifest;
  /** The model of the pack whose inputs are wanted. */
  readonly model: ModelManifest;
  readonly backend: InferenceBackend;
  readonly modelSource: ModelSource;
  readonly signal: AbortSignal;
}

/** So that one picture of a crowd does not decide alone. */
const FACES_PER_PHOTO = 8;

/** Opens the pipeline up to the model. */
export async function openInputRecorder({ pack, model, backend, modelSource, signal }: InputRecorderOptions): Promise<InputRecorder> {
  const inputs: HostTensor[] = [];
  const engine = await createFaceEngine(
    {
      pack,
      backend: recordRuns(backend, model.id, inputs),
      preprocessor: await createBestPreprocessor(),
      decoder: createSharpImageDecoder(),
      modelSource,
      sha256: async (bytes) => createHash('sha256').update(bytes).digest('hex'),
      now: () => performance.now(),
    },
    { signal },
  );
  return {
    async record(path) {
      // What the self-test or a photo that failed has left.
      inputs.length = 0;
      try {
        if (model.task === 'embed') await engine.analyze(path, { maxFaces: FACES_PER_PHOTO, signal });
        else await engine.detect(path, { maxFaces: FACES_PER_PHOTO, signal });
        return [...inputs];
      } catch (error) {
        if (isFaceError(error, 'IMAGE_INVALID', 'IMAGE_TOO_LARGE', 'IO_FAILED')) return undefined;
        throw error;
      }
    },
    dispose: () => engine.dispose(),
  };
}

function recordRuns(backend: InferenceBackend, model: string, inputs: HostTensor[]): InferenceBackend {
  return {
    async createSession(bytes, options) {
      const session = await backend.createSession(bytes, options);
      if (options.name !== model) return session;
      return {
        ...session,
        async run(feeds) {
          for (const tensor of Object.values(feeds)) inputs.push(...(await toSamples(tensor)));
          return session.run(feeds);
        },
      };
    },
  };
}

/** Copies a batch as batches of one: the memory of the original is used again. */
async function toSamples(tensor: Tensor): Promise<HostTensor[]> {
  const [batch = 1, ...rest] = tensor.dims;
  const data = await readTensor(tensor);
  const size = data.length / batch;
  return Array.from({ length: batch }, (_, index) => asHostTensor(data.slice(index * size, (index + 1) * size), [1, ...rest]));
}
