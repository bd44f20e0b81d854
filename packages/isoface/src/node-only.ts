/** Names that only Node can serve. They exist in browsers too, so that code for both can import them; calling them there fails. */

import { FaceError } from '@isoface/core';

/**
 * Opens a gallery file in Node; here it fails.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE`.
 */
export async function openFileStore(): Promise<never> {
  throw new FaceError('BACKEND_UNAVAILABLE', 'Expected Node for openFileStore, got a browser; keep the gallery with openIndexedDbStore.', {
    name: 'openFileStore',
  });
}
