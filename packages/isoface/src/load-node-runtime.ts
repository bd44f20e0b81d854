/** The runtime of Node is a package that applications add themselves. It is loaded when it is first used. */

import { FaceError } from '@isoface/core';

/**
 * Loads the runtime.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if the package `@isoface/runtime-node` is not installed.
 */
export async function loadNodeRuntime(): Promise<typeof import('@isoface/runtime-node')> {
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
