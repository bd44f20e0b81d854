/** The port through which the pipeline runs neural networks. */

import type { HostTensor, Tensor } from './tensor.ts';

/** The unit that runs a model. `cpu`, `webgpu` and `cuda` in Node; `wasm` and `webgpu` in the browser. */
export type ExecutionProvider = 'cpu' | 'cuda' | 'wasm' | 'webgpu';

/** Name and shape of a model input or output; a string is a dimension that may vary. */
export interface TensorInfo {
  readonly name: string;
  readonly dims: readonly (number | string)[];
}

/** A loaded model. Calls may overlap; an adapter that cannot run in parallel queues them. */
export interface InferenceSession {
  /** What really runs the model, not what was asked for. */
  readonly executionProvider: ExecutionProvider;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /**
   * Runs the model once.
   *
   * @param inputs - One tensor per model input, by name.
   * @returns One tensor per model output, by name, in memory that the caller owns.
   * @throws {FaceError} `SHAPE_MISMATCH` if a tensor does not fit; `DISPOSED` after `dispose`.
   */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, HostTensor>>>;
  /** Frees the model; idempotent. */
  dispose(): Promise<void>;
}

/** What the pipeline tells the backend about a model it opens. */
export interface SessionOptions {
  /** Used in error messages. */
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
}

/** Creates sessions. */
export interface InferenceBackend {
  /**
   * @param model - The bytes of an ONNX model, already verified.
   * @throws {FaceError} `BACKEND_UNAVAILABLE` if the execution provider does not start; `MODEL_INTEGRITY` if the bytes are no model.
   */
  createSession(model: Uint8Array, options: SessionOptions): Promise<InferenceSession>;
}
