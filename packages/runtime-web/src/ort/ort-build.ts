/** Which build of ONNX Runtime Web suits a browser. Each is one wasm file that also holds the CPU kernels. */

import ortFiles from './ort-files.json' with { type: 'json' };

/**
 * - `wasm`: the smallest; CPU kernels only.
 * - `jspi`: with WebGPU; needs JavaScript Promise Integration.
 * - `asyncify`: with WebGPU, for browsers without it; the largest and slowest to load.
 */
export type OrtBuild = keyof typeof ortFiles.builds;

/** Version of ONNX Runtime whose files are published with this package. */
export const ORT_VERSION: string = ortFiles.version;

/** Name of ONNX Runtime where models have their id: in progress events, errors and warnings. */
export const ORT_FILE_ID = 'onnxruntime';

/** One file of ONNX Runtime, in the form in which model files are described: it is loaded and checked in the same way. */
export interface OrtFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The wasm file of a build. */
export function ortWasmFile(build: OrtBuild): OrtFile {
  return ortFiles.builds[build];
}

/** The build to load: the smallest one that can run the provider. */
export function chooseOrtBuild(executionProvider: 'wasm' | 'webgpu'): OrtBuild {
  if (executionProvider === 'wasm') return 'wasm';
  return 'Suspending' in WebAssembly ? 'jspi' : 'asyncify';
}
