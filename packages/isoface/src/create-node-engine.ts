/** `createFaceEngine` in Node. The runtime is a package that applications add themselves, and is loaded when the first engine is created. */

import { FaceError } from '@isoface/core';
import type { NodeEngineOptions, NodeFaceEngine } from '@isoface/runtime-node';

/**
 * Creates a face engine in Node. Resolves when the models are loaded, opened and proved on a generated face.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if the package `@isoface/runtime-node` is not installed or its provider does not start;
 * `PACK_UNKNOWN`, `MANIFEST_INVALID`, `MODEL_NOT_FOUND`, `MODEL_INTEGRITY`, `DOWNLOAD_FAILED`, `SELF_TEST_FAILED` or `INVALID_OPTION`.
 *
 * @example
 * const engine = await createFaceEngine({ pack: 'starter' });
 * const { match, similarity } = await engine.verify('a.jpg', 'b.jpg', { fmr: 1e-3 });
 * await engine.dispose();
 */
export async function createFaceEngine(options: NodeEngineOptions = {}): Promise<NodeFaceEngine> {
  const runtime = await loadRuntime();
  return runtime.createFaceEngine(options);
}

async function loadRuntime(): Promise<typeof import('@isoface/runtime-node')> {
  try {
    // Bundlers of server code leave this import alone: threads and native libraries work only from their own package folder.
    return await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ '@isoface/runtime-node');
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new FaceError(
      'BACKEND_UNAVAILABLE',
      'Expected the package @isoface/runtime-node, which runs the models in Node, got none; run `npm install @isoface/runtime-node`. In a browser, bundle for the browser (export condition "browser").',
      { package: '@isoface/runtime-node' },
      { cause },
    );
  }
}

/** Whether the runtime itself is not there; anything that it lacks in turn is reported as it is. */
function isMissing(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  const isNotFound = cause.code === 'ERR_MODULE_NOT_FOUND' || cause.code === 'MODULE_NOT_FOUND';
  return isNotFound && /Cannot find (package|module) '@isoface\/runtime-node'/.test(cause.message);
}
