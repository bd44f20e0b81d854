import { afterEach, describe, expect, it, vi } from 'vitest';
import { isFaceError } from '../../../src/errors/face-error.ts';
import type { GalleryKeys, PlatformKey } from '../../../src/gallery/protection/gallery-keys.ts';
import { createProtection, openProtection, type Protection } from '../../../src/gallery/protection/protection.ts';
import type { GalleryHeader } from '../../../src/ports/gallery-store.ts';
import { countKey, GALLERY_ID } from './keys.ts';

const GALLERY = { galleryId: GALLERY_ID, dimension: 8 };
const OTHER_ID = GALLERY_ID.replace('0', 'f');
const VECTOR = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);

const header = (facts: Protection['facts'] = {}): GalleryHeader => ({
  ...GALLERY,
  ...facts,
  formatVersion: 1,
  contract: 'contract',
  metric: 'cosine',
  normalization: 'l2',
  pack: 'pack',
  createdAtMs: 0,
});
const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index * 7);
type Usage = 'encrypt' | 'decrypt' | 'sign' | 'verify';

const importAes = (bits: number, usages: Usage[], name = 'AES-GCM'): Promise<PlatformKey> =>
  crypto.subtle.importKey('raw', countKey().subarray(0, bits / 8), { name }, false, usages);
const importHmac = (hash: string, length: number, usages: Usage[] = ['sign']): Promise<PlatformKey> =>
  crypto.subtle.importKey('raw', new Uint8Array(length).fill(1), { name: 'HMAC', hash }, false, usages);
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isFaceError(error) ? error.code : `no FaceError: ${error}`;
};

afterEach(() => vi.unstubAllGlobals());

describe('encryption', async () => {
  const { seal, open } = await createProtection({ encryption: countKey() }, GALLERY);

  it.each([0, 1, 15, 16, 2048, 70_000])('opens %i bytes as they were', async (length) => {
    const plain = bytesOf(length);
    const sealed = await seal(plain, 'vector of anna');
    expect(sealed).toHaveLength(length + 29);
    expect(await open(sealed, 'vector of anna')).toEqual(plain);
    expect(plain).toEqual(bytesOf(length));
  });

  it('takes a part of a larger buffer', async () => {
    const plain = bytesOf(64);
    const sealed = await seal(plain.subarray(8, 40), 'x');
    const within = new Uint8Array(100);
    within.set(sealed, 13);
    expect(await open(within.subarray(13, 13 + sealed.length), 'x')).toEqual(plain.slice(8, 40));
  });

  it('never gives the same bytes twice, nor the plain ones', async () => {
    const plain = new Uint8Array(32).fill(65);
    const seals = await Promise.all(Array.from({ length: 50 }, () => seal(plain, 'x')));
    expect(new Set(seals.map((sealed) => sealed.subarray(1, 13).join())).size).toBe(50);
    expect(new Set(seals.map((sealed) => sealed.subarray(13).join())).size).toBe(50);
    for (const sealed of seals) expect(sealed.subarray(13).join()).not.toContain('65,65,65,65');
  });

  it('opens nothing in which one bit is another, nor a part, nor more', async () => {
    const sealed = await seal(bytesOf(5), 'x');
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await codeOf(open(changed, 'x')), `byte ${at}`).toBe('GALLERY_DAMAGED');
      expect(await codeOf(open(sealed.subarray(0, at), 'x')), `first ${at} bytes`).toBe('GALLERY_DAMAGED');
    }
    expect(await codeOf(open(Uint8Array.of(...sealed, 0), 'x'))).toBe('GALLERY_DAMAGED');
  });

  it.each([
    { name: 'another context', context: 'vector of bert', keys: { encryption: countKey() }, galleryId: GALLERY_ID },
    { name: 'another case', context: 'Vector of anna', keys: { encryption: countKey() }, galleryId: GALLERY_ID },
    { name: 'another gallery', context: 'vector of anna', keys: { encryption: countKey() }, galleryId: OTHER_ID },
    { name: 'another key', context: 'vector of anna', keys: { encryption: countKey(1) }, galleryId: GALLERY_ID },
  ])('does not open in $name', async ({ context, keys, galleryId }) => {
    const sealed = await seal(bytesOf(40), 'vector of anna');
    const other = await createProtection(keys, { ...GALLERY, galleryId });
    expect(await codeOf(other.open(sealed, context))).toBe('GALLERY_DAMAGED');
    expect(await open(sealed, 'vector of anna')).toEqual(bytesOf(40));
  });

  it('opens with a key of the platform what was sealed with the same bytes', async () => {
    const encryption = await importAes(256, ['encrypt', 'decrypt']);
    const other = await createProtection({ encryption }, GALLERY);
    expect(await other.open(await seal(bytesOf(9), 'é 漢 😀'), 'é 漢 😀')).toEqual(bytesOf(9));
  });

  it('keeps a copy of the key', async () => {
    const key = countKey();
    const { seal: sealHere } = await createProtection({ encryption: key }, GALLERY);
    key.fill(0);
    expect(await open(await sealHere(bytesOf(3), 'x'), 'x')).toEqual(bytesOf(3));
  });
});

describe('without keys', () => {
  it('gives everything back as it is, even where there is no WebCrypto', async () => {
    vi.stubGlobal('crypto', undefined);
    for (const protection of [await createProtection({}, GALLERY), await openProtection({}, header())]) {
      expect(protection.facts).toEqual({});
      const plain = bytesOf(4);
      expect(await protection.seal(plain, 'x')).toBe(plain);
      expect(await protection.open(plain, 'y')).toBe(plain);
      expect(protection.transform(VECTOR)).toBe(VECTOR);
      expect(protection.restore(VECTOR)).toBe(VECTOR);
    }
  });

  it.each(['encryption', 'transform'])('needs WebCrypto as soon as there is a key for %s', async (use) => {
    vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array) => bytes });
    const work = createProtection({ [use]: countKey() }, GALLERY);
    expect(await codeOf(work)).toBe('BACKEND_UNAVAILABLE');
    await expect(work).rejects.toThrow(/https/);
  });
});

describe('keys', async () => {
  it.each<{ name: string; keys: unknown; came: RegExp }>([
    { name: '31 bytes', keys: { encryption: new Uint8Array(31) }, came: /got 31 bytes/ },
    { name: '33 bytes', keys: { transform: new Uint8Array(33) }, came: /got 33 bytes/ },
    { name: 'a password', keys: { encryption: 'correct horse battery staple 123' }, came: /got a text; .*PBKDF2/ },
    { name: 'an empty text', keys: { encryption: '' }, came: /got a text/ },
    { name: 'null', keys: { transform: null }, came: /got null/ },
    { name: 'numbers', keys: { encryption: new Float32Array(8) }, came: /got an object of another kind/ },
    { name: 'a list', keys: { encryption: [...countKey()] }, came: /got an array/ },
    { name: 'a look-alike of a key', keys: { encryption: { type: 'secret', usages: [] } }, came: /got an object of another kind/ },
    { name: 'AES of 128 bits', keys: { encryption: await importAes(128, ['encrypt', 'decrypt']) }, came: /AES-GCM key of 128 bits/ },
    { name: 'AES-CBC', keys: { encryption: await importAes(256, ['encrypt', 'decrypt'], 'AES-CBC') }, came: /AES-CBC key/ },
    { name: 'a key that only decrypts', keys: { encryption: await importAes(256, ['decrypt']) }, came: /with the usages decrypt\./ },
    { name: 'HMAC for encryption', keys: { encryption: await importHmac('SHA-256', 32) }, came: /HMAC key for SHA-256/ },
    { name: 'AES for the transform', keys: { transform: await importAes(256, ['encrypt', 'decrypt']) }, came: /AES-GCM key/ },
    { name: 'HMAC with SHA-1', keys: { transform: await importHmac('SHA-1', 32) }, came: /for SHA-1/ },
    { name: 'HMAC of 128 bits', keys: { transform: await importHmac('SHA-256', 16) }, came: /of 128 bits/ },
    { name: 'HMAC that only verifies', keys: { transform: await importHmac('SHA-256', 32, ['verify']) }, came: /usages verify/ },
    { name: 'a name that is misspelt', keys: { encrypt: countKey() }, came: /got "encrypt"/ },
  ])('refuses $name', async ({ keys, came }) => {
    const work = createProtection(keys as GalleryKeys, GALLERY);
    expect(await codeOf(work)).toBe('INVALID_OPTION');
    await expect(work).rejects.toThrow(came);
    await expect(work).rejects.not.toThrow(/horse/);
  });

  it.each([0, 1.5, 1e9])('refuses a dimension of %d', async (dimension) => {
    expect(await codeOf(createProtection({ transform: countKey() }, { ...GALLERY, dimension }))).toBe('INVALID_OPTION');
  });

  it.each<{ name: string; made: GalleryKeys; given: GalleryKeys; message: RegExp }>([
    { name: 'no key', made: { encryption: countKey() }, given: {}, message: /keys\.encryption .* got none/ },
    {
      name: 'another key',
      made: { encryption: countKey() },
      given: { encryption: countKey(1) },
      message: /keys\.encryption .* another one/,
    },
    { name: 'no transform key', made: { transform: countKey() }, given: {}, message: /keys\.transform .* got none/ },
    {
      name: 'another transform key',
      made: { transform: countKey() },
      given: { transform: countKey(1) },
      message: /keys\.transform .* another/,
    },
    {
      name: 'one of two keys',
      made: { encryption: countKey(), transform: countKey(9) },
      given: { encryption: countKey() },
      message: /keys\.transform .* got none/,
    },
    {
      name: 'both keys in each other’s place',
      made: { encryption: countKey(), transform: countKey(9) },
      given: { encryption: countKey(9), transform: countKey() },
      message: /keys\.encryption .* another one/,
    },
    { name: 'a key for an open gallery', made: {}, given: { encryption: countKey() }, message: /not protected by keys\.encryption/ },
    {
      name: 'a key too many',
      made: { encryption: countKey() },
      given: { encryption: countKey(), transform: countKey(9) },
      message: /not protected by keys\.transform/,
    },
  ])('are wrong: $name', async ({ made, given, message }) => {
    const { facts } = await createProtection(made, GALLERY);
    const work = openProtection(given, header(facts));
    expect(await codeOf(work)).toBe('KEY_WRONG');
    await expect(work).rejects.toThrow(message);
  });

  it('of one gallery do not open a header with another id', async () => {
    const keys = { encryption: countKey(), transform: countKey(9) };
    const { facts } = await createProtection(keys, GALLERY);
    const moved = { ...header(facts), galleryId: OTHER_ID };
    expect(await codeOf(openProtection(keys, moved))).toBe('KEY_WRONG');
    expect(await codeOf(openProtection({ transform: countKey(9) }, { ...moved, encryption: undefined }))).toBe('KEY_WRONG');
  });

  it.each<{ name: string; facts: object; code: string }>([
    { name: 'no base64', facts: { encryption: { algorithm: 'AES-GCM-256', keyCheck: '%' } }, code: 'GALLERY_DAMAGED' },
    { name: 'too short', facts: { encryption: { algorithm: 'AES-GCM-256', keyCheck: 'AAAA' } }, code: 'GALLERY_DAMAGED' },
    { name: 'another algorithm', facts: { encryption: { algorithm: 'ROT13', keyCheck: '' } }, code: 'GALLERY_UNSUPPORTED' },
  ])('cannot be checked against a header that is $name', async ({ facts, code }) => {
    expect(await codeOf(openProtection({ encryption: countKey() }, header(facts)))).toBe(code);
  });

  it.each<{ name: string; keys: GalleryKeys }>([
    { name: 'encryption', keys: { encryption: countKey() } },
    { name: 'transform', keys: { transform: countKey(9) } },
    { name: 'both', keys: { encryption: countKey(), transform: countKey(9) } },
  ])('open what they protected, as JSON keeps the header: $name', async ({ keys }) => {
    const first = await createProtection(keys, GALLERY);
    const again = await openProtection(keys, JSON.parse(JSON.stringify(header(first.facts))) as GalleryHeader);
    expect(again.facts).toEqual(first.facts);
    expect(again.transform(VECTOR)).toEqual(first.transform(VECTOR));
    expect(await again.open(await first.seal(bytesOf(12), 'x'), 'x')).toEqual(bytesOf(12));
  });
});
