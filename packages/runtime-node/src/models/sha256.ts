/** SHA-256 with Node's own crypto. */

import { createHash } from 'node:crypto';

/** Digest of bytes as 64 lower-case hexadecimal digits. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  return createHash('sha256').update(bytes).digest('hex');
}
