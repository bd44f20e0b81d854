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

/**
 * Opens a gallery in the storage of a browser; here it fails.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE`.
 */
export async function openIndexedDbStore(): Promise<never> {
  throw needsBrowser('openIndexedDbStore');
}

/**
 * Deletes a gallery from the storage of a browser; here it fails.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE`.
 */
export async function deleteIndexedDbGallery(): Promise<never> {
  throw needsBrowser('deleteIndexedDbGallery');
}

/**
 * Opens the keys that a browser keeps for itself; here it fails.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE`.
 */
export async function openDeviceKeys(): Promise<never> {
  throw needsBrowser('openDeviceKeys');
}

/**
 * Deletes the keys that a browser keeps for itself; here it fails.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE`.
 */
export async function deleteDeviceKeys(): Promise<never> {
  throw needsBrowser('deleteDeviceKeys');
}

/**
 * Keeps the template of a face unlock in the storage of a browser; here it fails.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE`.
 */
export function createBrowserUnlockStore(): never {
  throw needsBrowser('createBrowserUnlockStore');
}

function needsBrowser(name: string): FaceError {
  return new FaceError('BACKEND_UNAVAILABLE', `Expected a browser for ${name}, got Node; call it in client code only.`, { name });
}
