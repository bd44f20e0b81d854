/** Encryption of what is kept. */

import { FaceError } from '../../errors/face-error.ts';
import type { PlatformKey } from './gallery-keys.ts';
import { toLabel } from './label.ts';
import type { WebCrypto } from './web-crypto.ts';

/** Sealed bytes are: this number, the nonce, the ciphertext, the tag. */
const VERSION = 1;
/** The length for which AES-GCM takes a nonce as it is. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Bytes that sealing adds. */
export const SEAL_OVERHEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/** Encryption of one gallery. */
export interface Sealing {
  /**
   * Encrypts bytes; gives them back as they are where there is no encryption key.
   *
   * @param context - What the bytes are, e.g. whose vector: they open in the same context only.
   */
  seal(plain: Uint8Array, context: string): Promise<Uint8Array>;
  /** @throws {FaceError} `GALLERY_DAMAGED` if the bytes are not what was sealed in this context. */
  open(sealed: Uint8Array, context: string): Promise<Uint8Array>;
}

/**
 * Creates the encryption of a gallery: AES-GCM with a random nonce for each seal. Sealed bytes open under the same key, in the same gallery and the
 * same context only. Random nonces allow 2^32 seals with one key (NIST SP 800-38D, section 8.3).
 *
 * @param key - AES-GCM key of 256 bits.
 */
export function createSealing(crypto: WebCrypto, key: PlatformKey, galleryId: string): Sealing {
  const { subtle } = crypto;
  const bind = (context: string): Uint8Array => toLabel('isoface gallery', String(VERSION), galleryId, context);
  return {
    async seal(plain, context) {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const ciphertext = await subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: bind(context) }, key, plain);
      const sealed = new Uint8Array(SEAL_OVERHEAD_BYTES + plain.length);
      sealed[0] = VERSION;
      sealed.set(nonce, 1);
      sealed.set(new Uint8Array(ciphertext), 1 + NONCE_BYTES);
      return sealed;
    },
    async open(sealed, context) {
      if (sealed.length < SEAL_OVERHEAD_BYTES || sealed[0] !== VERSION) throw damaged(context);
      const iv = sealed.subarray(1, 1 + NONCE_BYTES);
      try {
        const plain = await subtle.decrypt({ name: 'AES-GCM', iv, additionalData: bind(context) }, key, sealed.subarray(1 + NONCE_BYTES));
        return new Uint8Array(plain);
      } catch (cause) {
        throw damaged(context, cause);
      }
    },
  };
}

function damaged(context: string, cause?: unknown): FaceError {
  return new FaceError(
    'GALLERY_DAMAGED',
    `Expected the encrypted bytes that were written for ${JSON.stringify(context)}, got others: they were changed, cut, moved from elsewhere or ` +
      'encrypted with another key. Restore them from a backup, or remove the entry.',
    { context },
    cause === undefined ? undefined : { cause },
  );
}
