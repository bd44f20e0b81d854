/** The part of WebCrypto that is used. Looked up at run time, for pages that were not loaded over https have none. */

import { FaceError } from '../../errors/face-error.ts';
import type { PlatformKey } from './gallery-keys.ts';

/** AES-GCM as it is used: 12 random bytes as the nonce, a tag of 16 bytes behind the ciphertext. */
export interface AesGcmParameters {
  readonly name: 'AES-GCM';
  readonly iv: Uint8Array;
  readonly additionalData: Uint8Array;
}

/** AES in counter mode, as a generator of bits. */
export interface AesCtrParameters {
  readonly name: 'AES-CTR';
  readonly counter: Uint8Array;
  /** Bits of the counter that count. */
  readonly length: number;
}

/** `SubtleCrypto`, as far as it is used. */
export interface SubtleWebCrypto {
  importKey(
    format: 'raw',
    bytes: Uint8Array,
    algorithm: { readonly name: string; readonly hash?: string },
    extractable: boolean,
    usages: readonly string[],
  ): Promise<PlatformKey>;
  encrypt(algorithm: AesGcmParameters | AesCtrParameters, key: PlatformKey, bytes: Uint8Array): Promise<ArrayBuffer>;
  decrypt(algorithm: AesGcmParameters, key: PlatformKey, bytes: Uint8Array): Promise<ArrayBuffer>;
  sign(algorithm: { readonly name: 'HMAC' }, key: PlatformKey, bytes: Uint8Array): Promise<ArrayBuffer>;
}

/** Random bytes. They are there on insecure pages too, where the rest of WebCrypto is not. */
export function drawRandomBytes(count: number): Uint8Array {
  const { crypto } = globalThis as unknown as { readonly crypto: Pick<WebCrypto, 'getRandomValues'> };
  return crypto.getRandomValues(new Uint8Array(count));
}

/** `Crypto`, as far as it is used. */
export interface WebCrypto {
  readonly subtle: SubtleWebCrypto;
  getRandomValues(bytes: Uint8Array): Uint8Array;
}

/**
 * The platform's WebCrypto.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` where it has none, or only the random numbers.
 */
export function requireWebCrypto(): WebCrypto {
  const found = (globalThis as unknown as { readonly crypto?: Partial<WebCrypto> }).crypto;
  if (found?.subtle !== undefined) return found as WebCrypto;
  throw new FaceError(
    'BACKEND_UNAVAILABLE',
    'Expected WebCrypto (crypto.subtle), which protected galleries need, but the platform has none: browsers offer it to pages loaded over https ' +
      'or from localhost; load the page that way, or open the gallery without keys.',
    { feature: 'crypto.subtle' },
  );
}
