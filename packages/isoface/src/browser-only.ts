/**
 * Names that only a browser can serve. They exist in Node too, so that a component which imports them can be rendered on a server; calling them
 * there fails.
 */

import { FaceError } from '@isoface/core';

/**
 * Opens a camera in a browser; here it fails.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE`.
 */
export async function openCamera(): Promise<never> {
  throw needsBrowser('openCamera');
}

/**
 * Hands an image over to the worker in a browser; here it fails.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE`.
 */
export function handOver(): never {
  throw needsBrowser('handOver');
}

function needsBrowser(name: string): FaceError {
  return new FaceError('BACKEND_UNAVAILABLE', `Expected a browser for ${name}, got Node; call it in client code only.`, { name });
}
