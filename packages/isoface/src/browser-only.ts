/**
 * Names that only a browser can serve. They exist in Node too, so that a component which imports them can be rendered on a server; calling them
 * there fails.
 */

import { FaceError } from '@isoface/core';

/** @throws {FaceError} `BACKEND_UNAVAILABLE`: cameras are opened in browsers. */
export async function openCamera(): Promise<never> {
  throw needsBrowser('openCamera');
}

/** @throws {FaceError} `BACKEND_UNAVAILABLE`: images are handed over in browsers. */
export function handOver(): never {
  throw needsBrowser('handOver');
}

function needsBrowser(name: string): FaceError {
  return new FaceError('BACKEND_UNAVAILABLE', `Expected a browser for ${name}, got Node; call it in client code only.`, { name });
}
