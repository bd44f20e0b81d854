/**
 * ONNX Runtime Web, loaded once. Its settings are global to a worker or page, so this module holds what was chosen; nothing else touches them.
 */

import { FaceError } from '@isoface/core';
import * as ort from 'onnxruntime-web/webgpu';
import type { OrtBuild } from './ort-build.ts';

/** How ONNX Runtime is started. */
export interface OrtSettings {
  readonly build: OrtBuild;
  /** Threads of the CPU kernels; more than 1 needs cross-origin isolation. */
  readonly threads: number;
  /** The wasm file, verified. Asked for once. */
  readonly loadWasm: () => Promise<Uint8Array>;
  /** Address of the JavaScript that belongs to the wasm file. */
  readonly glueUrl: string;
}

/** ONNX Runtime as it was started. */
export interface LoadedOrt {
  readonly ort: typeof ort;
  readonly build: OrtBuild;
  readonly threads: number;
  /** Runs `work` when everything before it is done: ONNX Runtime Web does one thing at a time. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

/** A start with threads has hung on some browsers; then it is given up and one thread is tried. */
const THREADS_START_TIMEOUT_MS = 20_000;

// The settings of ONNX Runtime are global, and so is the memory of its wasm module.
let started: { readonly build: OrtBuild; readonly threads: number; readonly result: Promise<LoadedOrt> } | undefined;

/**
 * Starts ONNX Runtime, or gives the one that was started before.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if it does not start; `INVALID_OPTION` if another build or number of threads runs here already.
 */
export function loadOrt(settings: OrtSettings): Promise<LoadedOrt> {
  const { build, threads } = settings;
  if (started === undefined) {
    const result = start(settings);
    started = { build, threads, result };
    // What could not be fetched may be there at the next try; a start that failed inside ONNX Runtime cannot be repeated in this realm.
    result.catch(() => {
      started = undefined;
    });
    return result;
  }
  // The builds with WebGPU hold the CPU kernels too.
  const isServed = started.threads === threads && (started.build === build || build === 'wasm');
  if (isServed) return started.result;
  const running = `build ${started.build} with ${started.threads} threads`;
  const wanted = `build ${build} with ${threads}`;
  throw new FaceError(
    'INVALID_OPTION',
    `Expected one setting of ONNX Runtime for the page, got ${wanted} while ${running} runs; create the engine in a worker.`,
    { option: 'worker' },
  );
}

async function start({ build, threads, loadWasm, glueUrl }: OrtSettings): Promise<LoadedOrt> {
  const wasm = await loadWasm();
  const { env } = ort;
  env.logLevel = 'error';
  env.wasm.numThreads = threads;
  env.wasm.proxy = false;
  env.wasm.wasmBinary = wasm.buffer as ArrayBuffer;
  env.wasm.wasmPaths = { mjs: glueUrl };
  env.wasm.initTimeout = threads > 1 ? THREADS_START_TIMEOUT_MS : 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    ort,
    build,
    threads,
    exclusively(work) {
      const result = last.then(work);
      last = result.catch(() => {});
      return result;
    },
  };
}
