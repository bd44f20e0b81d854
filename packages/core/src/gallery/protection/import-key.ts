/** Keys as they come from callers, checked and given to the platform. */

import { FaceError } from '../../errors/face-error.ts';
import type { GalleryKeys, PlatformKey } from './gallery-keys.ts';
import type { SubtleWebCrypto } from './web-crypto.ts';

/** Bytes of a key. */
const KEY_BYTES = 32;

interface KeyKind {
  readonly algorithm: 'AES-GCM' | 'HMAC';
  readonly hash?: string;
  readonly usages: readonly string[];
  readonly description: string;
}

const KINDS: Readonly<Record<keyof GalleryKeys, KeyKind>> = {
  encryption: {
    algorithm: 'AES-GCM',
    usages: ['encrypt', 'decrypt'],
    description: 'an AES-GCM key of 256 bits with the usages encrypt and decrypt',
  },
  transform: {
    algorithm: 'HMAC',
    hash: 'SHA-256',
    usages: ['sign'],
    description: 'an HMAC key for SHA-256 of 256 bits or more with the usage sign',
  },
};

/**
 * Makes a key ready for use. Bytes are copied, and cannot be read from the result.
 *
 * @throws {FaceError} `INVALID_OPTION` for anything but 32 bytes or a key of the platform for this very use. What came is named by kind and length,
 * never by value.
 */
export async function importKey(subtle: SubtleWebCrypto, use: keyof GalleryKeys, key: unknown): Promise<PlatformKey> {
  const { algorithm, hash, usages, description } = KINDS[use];
  if (isBytes(key) && key.length === KEY_BYTES) {
    return subtle.importKey('raw', key, hash === undefined ? { name: algorithm } : { name: algorithm, hash }, false, usages);
  }
  if (isPlatformKey(key) && isFit(key, KINDS[use])) return key;
  const came = describeKey(key);
  throw new FaceError('INVALID_OPTION', `Expected keys.${use} to be ${KEY_BYTES} bytes or ${description}, got ${came}.`, {
    option: `keys.${use}`,
    came,
  });
}

function isFit(key: PlatformKey, { algorithm, hash, usages }: KeyKind): boolean {
  const { name, bits, hashName } = readAlgorithm(key);
  const isLongEnough = algorithm === 'HMAC' ? bits >= 8 * KEY_BYTES : bits === 8 * KEY_BYTES;
  return key.type === 'secret' && name === algorithm && isLongEnough && hashName === hash && usages.every((u) => key.usages.includes(u));
}

/** A typed array of bytes of any realm. */
function isBytes(key: unknown): key is Uint8Array {
  return ArrayBuffer.isView(key) && Object.prototype.toString.call(key) === '[object Uint8Array]';
}

function isPlatformKey(key: unknown): key is PlatformKey {
  if (Object.prototype.toString.call(key) !== '[object CryptoKey]') return false;
  const { type, algorithm, usages } = key as Partial<PlatformKey>;
  return typeof type === 'string' && typeof algorithm === 'object' && Array.isArray(usages);
}

function readAlgorithm({ algorithm }: PlatformKey): {
  readonly name: string;
  readonly bits: number;
  readonly hashName: string | undefined;
} {
  const { name, length, hash } = algorithm as {
    readonly name: string;
    readonly length?: number;
    readonly hash?: { readonly name: string };
  };
  return { name, bits: length ?? 0, hashName: hash?.name };
}

function describeKey(key: unknown): string {
  if (isBytes(key)) return `${key.length} bytes`;
  if (isPlatformKey(key)) {
    const { name, bits, hashName } = readAlgorithm(key);
    const facts = [`${key.type} ${name} key`, hashName === undefined ? '' : ` for ${hashName}`, bits > 0 ? ` of ${bits} bits` : ''].join(
      '',
    );
    return `a ${facts} with the usages ${key.usages.join(', ') || 'none'}`;
  }
  if (typeof key === 'string') return 'a text; a password has to become a key first, by PBKDF2 or another slow derivation';
  if (key === null) return 'null';
  if (Array.isArray(key)) return 'an array';
  return typeof key === 'object' ? 'an object of another kind' : `a ${typeof key}`;
}
