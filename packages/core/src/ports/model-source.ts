/** The port through which an engine gets the bytes of its models. */

import type { ModelManifest } from './model-manifest.ts';

/** How far the loading of one model has come. */
export interface ModelProgress {
  readonly phase: 'load';
  /** Id of the model. */
  readonly model: string;
  /** Where the bytes come from, e.g. `bundled`, `folder`, `cache`, `download`, `import`. */
  readonly source: string;
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

/** What the caller of a source may ask for. */
export interface LoadModelOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with growing `loadedBytes`; what it throws is ignored. */
  readonly onProgress?: ((event: ModelProgress) => void) | undefined;
}

/** What a source must know of a model; any file that an engine needs can be described so. */
export type LoadableModel = Pick<ModelManifest, 'id' | 'file' | 'importFrom'>;

/** Gives the verified bytes of models. */
export interface ModelSource {
  /**
   * @returns The bytes of the ONNX model. Their size and SHA-256 are those of `model.file`.
   * @throws {FaceError} `MODEL_NOT_FOUND`, `MODEL_INTEGRITY` or `DOWNLOAD_FAILED`.
   */
  load(model: LoadableModel, options?: LoadModelOptions): Promise<Uint8Array>;
}
