/** Secret random bits that follow from a key: the same ones in every runtime. */

import type { PlatformKey } from './gallery-keys.ts';
import type { SubtleWebCrypto } from './web-crypto.ts';

/** Bytes that are made at a time; a whole number of AES blocks. */
const CHUNK_BYTES = 1 << 16;
const BLOCK_BYTES = 16;

/** Gives the next numbers of a keystream: an even count of them, 32 bits each. */
export type Keystream = () => Promise<Uint32Array>;

/**
 * Creates a keystream: HMAC-SHA-256 of the label gives an AES-256 key, whose counter mode gives the bits. One HMAC for every 32 bytes would be as
 * good, but each of the tens of thousands needed would be a call of the platform.
 *
 * @param key - HMAC key with SHA-256.
 */
export async function createKeystream(subtle: SubtleWebCrypto, key: PlatformKey, label: Uint8Array): Promise<Keystream> {
  const seed = new Uint8Array(await subtle.sign({ name: 'HMAC' }, key, label));
  const generator = await subtle.importKey('raw', seed, { name: 'AES-CTR' }, false, ['encrypt']);
  seed.fill(0);
  const zeros = new Uint8Array(CHUNK_BYTES);
  let blocks = 0;
  return async () => {
    const counter = new Uint8Array(BLOCK_BYTES);
    const view = new DataView(counter.buffer);
    view.setUint32(BLOCK_BYTES - 4, blocks);
    blocks += CHUNK_BYTES / BLOCK_BYTES;
    const bytes = new DataView(await subtle.encrypt({ name: 'AES-CTR', counter, length: 64 }, generator, zeros));
    return Uint32Array.from({ length: CHUNK_BYTES / 4 }, (_, index) => bytes.getUint32(4 * index, true));
  };
}
