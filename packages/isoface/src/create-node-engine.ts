/** `createFaceEngine` in Node. */

import type { NodeEngineOptions, NodeFaceEngine } from '@isoface/runtime-node';
import { loadNodeRuntime } from './load-node-runtime.ts';

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
  const runtime = await loadNodeRuntime();
  return runtime.createFaceEngine(options);
}
