import { createProtection, type GalleryHeader, openProtection } from '@isoface/core/gallery';
import { deleteDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEVICE_KEY_DATABASE, deleteDeviceKeys, openDeviceKeys } from '../../src/gallery/device-keys.ts';

const GALLERY = { galleryId: '00112233445566778899aabbccddeeff', dimension: 4 };
const PLAIN = Uint8Array.of(1, 2, 3);
const VECTOR = Float32Array.of(1, 2, 3, 4);
const header = async (name: string): Promise<GalleryHeader> => ({
  ...GALLERY,
  formatVersion: 1,
  contract: 'contract',
  metric: 'cosine',
  normalization: 'l2',
  pack: 'pack',
  createdAtMs: 0,
  ...(await createProtection(await openDeviceKeys(name), GALLERY)).facts,
});

beforeEach(() => deleteDB(DEVICE_KEY_DATABASE));
afterEach(() => vi.unstubAllGlobals());

describe('keys of a device', () => {
  it('cannot be read by anybody', async () => {
    for (const key of Object.values(await openDeviceKeys('a'))) {
      expect(key.extractable).toBe(false);
      for (const format of ['raw', 'jwk'] as const) await expect(crypto.subtle.exportKey(format, key)).rejects.toThrow();
    }
  });

  it('are there again when they are asked for again', async () => {
    const facts = await header('a');
    const first = await openProtection(await openDeviceKeys('a'), facts);
    const again = await openProtection(await openDeviceKeys('a'), facts);
    expect(await again.open(await first.seal(PLAIN, 'x'), 'x')).toEqual(PLAIN);
    expect(again.transform(VECTOR)).toEqual(first.transform(VECTOR));
  });

  it('are the same for all who make them at the same moment', async () => {
    // Each call has a connection of its own, as tabs have.
    const [first, ...others] = await Promise.all(
      Array.from({ length: 8 }, async () => createProtection(await openDeviceKeys('a'), GALLERY)),
    );
    const sealed = await first?.seal(PLAIN, 'x');
    expect(sealed).toHaveLength(PLAIN.length + 29);
    for (const other of others) {
      expect(await other.open(sealed ?? PLAIN, 'x')).toEqual(PLAIN);
      expect(other.facts.transform).toEqual(first?.facts.transform);
    }
  });

  it('are others under another name', async () => {
    await expect(openProtection(await openDeviceKeys('b'), await header('a'))).rejects.toMatchObject({ code: 'KEY_WRONG' });
  });

  it.each([
    { name: 'deleted', lose: () => deleteDeviceKeys('a') },
    { name: 'cleared by the browser', lose: () => deleteDB(DEVICE_KEY_DATABASE) },
  ])('no longer open anything once they are $name', async ({ lose }) => {
    const facts = await header('a');
    await openProtection(await openDeviceKeys('a'), facts);
    await lose();
    await expect(openProtection(await openDeviceKeys('a'), facts)).rejects.toMatchObject({ code: 'KEY_WRONG' });
  });

  it('are deleted without those of other names, and once', async () => {
    const facts = await header('b');
    await openDeviceKeys('a');
    expect(await deleteDeviceKeys('a')).toBe(true);
    expect(await deleteDeviceKeys('a')).toBe(false);
    await expect(openProtection(await openDeviceKeys('b'), facts)).resolves.toBeDefined();
  });

  it.each([
    { name: 'no WebCrypto', stub: { crypto: {} }, code: 'BACKEND_UNAVAILABLE' },
    { name: 'no IndexedDB', stub: { indexedDB: undefined }, code: 'BACKEND_UNAVAILABLE' },
    { name: 'no permission to store', stub: { indexedDB: refusing('SecurityError') }, code: 'IO_FAILED' },
    { name: 'no room', stub: { indexedDB: refusing('QuotaExceededError') }, code: 'STORAGE_FULL' },
  ])('are refused where there is $name', async ({ stub, code }) => {
    for (const [name, value] of Object.entries(stub)) vi.stubGlobal(name, value);
    for (const call of [openDeviceKeys, deleteDeviceKeys]) await expect(call('a')).rejects.toMatchObject({ code });
  });

  it('need a name', async () => {
    for (const call of [openDeviceKeys, deleteDeviceKeys]) await expect(call('')).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

function refusing(name: string): Pick<IDBFactory, 'open'> {
  return {
    open() {
      throw new DOMException('Refused.', name);
    },
  };
}
