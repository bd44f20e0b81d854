/** SHA-256 with the browser's own crypto, which exists in secure contexts only. */

import { FaceError } from '@isoface/core';

/**
 * Digest of bytes as 64 lower-case hexadecimal digits.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` in a page that was not loaded over https or from localhost.
 */
export async function sha256(bytes: Uint8Array): Promise<string> {
  // The type says that it is always there; in insecure contexts it is not.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    throw new FaceError(
      'BACKEND_UNAVAILABLE',
      'Expected a secure context, got a page without crypto.subtle; serve it over https or from localhost.',
    );
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
