import type { Sha256 } from '@isoface/core';

/** SHA-256 in lower-case hex, by the Web Crypto of Node or the browser. */
export const sha256: Sha256 = async (bytes) => {
  // A view of shared memory is refused, and a copy of test data costs nothing.
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
};
