/** What stands between templates as they are compared and templates as they are kept. */

import { decodeBase64, encodeBase64 } from '../../encoding/base64.ts';
import { FaceError } from '../../errors/face-error.ts';
import type { EncryptionFacts, GalleryHeader, TransformFacts } from '../../ports/gallery-store.ts';
import { assertKnownOptions, assertOption, isWholeNumber } from '../../recognizers/assert-option.ts';
import type { GalleryKeys, ProtectionKey } from './gallery-keys.ts';
import { importKey } from './import-key.ts';
import { toLabel } from './label.ts';
import { createSealing, SEAL_OVERHEAD_BYTES, type Sealing } from './sealing.ts';
import {
  computeTransformKeyCheck,
  createVectorTransform,
  type ProtectedGallery,
  TRANSFORM_ALGORITHM,
  type VectorTransform,
} from './vector-transform.ts';
import { requireWebCrypto, type WebCrypto } from './web-crypto.ts';

/** Protection of one gallery. */
export interface Protection extends Sealing, VectorTransform {
  /** What the header must say of it. */
  readonly facts: Pick<GalleryHeader, 'encryption' | 'transform'>;
}

const ENCRYPTION_ALGORITHM: EncryptionFacts['algorithm'] = 'AES-GCM-256';
const KEY_NAMES: readonly (keyof GalleryKeys)[] = ['encryption', 'transform'];
const KEY_CHECK_CONTEXT = 'key check';
const KEY_CHECK_TEXT = 'isoface';
const DIGEST_BYTES = 32;
/** The transform of so many numbers takes seconds to make and 128 MB to hold; embeddings have 128 to 1,024. */
const MAX_DIMENSION = 4_096;

const PLAIN: Sealing & VectorTransform = {
  transform: (vector) => vector,
  restore: (vector) => vector,
  seal: async (plain) => plain,
  open: async (sealed) => sealed,
};

/**
 * Creates the protection of a new gallery.
 *
 * @throws {FaceError} `INVALID_OPTION` for keys of another kind or length; `BACKEND_UNAVAILABLE` where the platform has no WebCrypto (pages that
 * were not loaded over https).
 */
export async function createProtection(keys: GalleryKeys, gallery: ProtectedGallery): Promise<Protection> {
  const { sealing, rotation } = await prepare(keys, gallery);
  return {
    ...PLAIN,
    ...sealing,
    ...(await rotation?.createTransform()),
    facts: {
      ...(sealing && { encryption: { algorithm: ENCRYPTION_ALGORITHM, keyCheck: await createKeyCheck(sealing) } }),
      ...(rotation && { transform: { algorithm: TRANSFORM_ALGORITHM, keyCheck: rotation.keyCheck } }),
    },
  };
}

/**
 * Opens the protection of a gallery that exists.
 *
 * @throws {FaceError} `KEY_WRONG` if a key is missing, is another one, or is given for a gallery that is not protected by one; else as
 * {@link createProtection}. `GALLERY_UNSUPPORTED` for a protection of another kind, `GALLERY_DAMAGED` if what the header says of it cannot be read.
 */
export async function openProtection(keys: GalleryKeys, header: GalleryHeader): Promise<Protection> {
  assertKeyNames(keys);
  assertPresence('encryption', keys, header, ENCRYPTION_ALGORITHM);
  assertPresence('transform', keys, header, TRANSFORM_ALGORITHM);
  const { sealing, rotation } = await prepare(keys, header);
  const { encryption, transform } = header;
  if (sealing && encryption) await assertSealedKeyCheck(sealing, readKeyCheck(encryption, SEAL_OVERHEAD_BYTES + KEY_CHECK_TEXT.length));
  if (rotation && transform) {
    readKeyCheck(transform, DIGEST_BYTES);
    if (rotation.keyCheck !== transform.keyCheck) throw wrongKey('transform');
  }
  return {
    ...PLAIN,
    ...sealing,
    ...(await rotation?.createTransform()),
    facts: { ...(encryption && { encryption }), ...(transform && { transform }) },
  };
}

interface Prepared {
  readonly sealing?: Sealing | undefined;
  readonly rotation?: Rotation | undefined;
}

/** A transform whose key can be checked before the matrix is made. */
interface Rotation {
  readonly keyCheck: string;
  createTransform(): Promise<VectorTransform>;
}

async function prepare(keys: GalleryKeys, gallery: ProtectedGallery): Promise<Prepared> {
  assertKeyNames(keys);
  if (keys.encryption === undefined && keys.transform === undefined) return {};
  const { dimension } = gallery;
  assertOption('dimension', dimension, isWholeNumber(dimension, 1, MAX_DIMENSION), `a whole number from 1 to ${MAX_DIMENSION}`);
  const crypto = requireWebCrypto();
  return {
    sealing: keys.encryption === undefined ? undefined : await prepareSealing(crypto, keys.encryption, gallery),
    rotation: keys.transform === undefined ? undefined : await prepareRotation(crypto, keys.transform, gallery),
  };
}

async function prepareSealing(crypto: WebCrypto, key: ProtectionKey, { galleryId }: ProtectedGallery): Promise<Sealing> {
  return createSealing(crypto, await importKey(crypto.subtle, 'encryption', key), galleryId);
}

async function prepareRotation({ subtle }: WebCrypto, key: ProtectionKey, gallery: ProtectedGallery): Promise<Rotation> {
  const imported = await importKey(subtle, 'transform', key);
  return {
    keyCheck: encodeBase64(await computeTransformKeyCheck(subtle, imported, gallery.galleryId)),
    createTransform: () => createVectorTransform(subtle, imported, gallery),
  };
}

async function createKeyCheck(sealing: Sealing): Promise<string> {
  return encodeBase64(await sealing.seal(toLabel(KEY_CHECK_TEXT), KEY_CHECK_CONTEXT));
}

/** The key check may have been changed rather than the key: nobody can tell, and neither opens the gallery. */
async function assertSealedKeyCheck(sealing: Sealing, sealed: Uint8Array): Promise<void> {
  try {
    await sealing.open(sealed, KEY_CHECK_CONTEXT);
  } catch {
    throw wrongKey('encryption');
  }
}

function readKeyCheck({ keyCheck }: EncryptionFacts | TransformFacts, length: number): Uint8Array {
  const bytes = decodeBase64(keyCheck);
  if (bytes?.length === length) return bytes;
  throw new FaceError(
    'GALLERY_DAMAGED',
    `Expected a key check of ${length} bytes in base64 in the header of the gallery, got ${bytes?.length ?? 'no base64'}; restore the gallery from a backup.`,
    { expectedBytes: length },
  );
}

/** A misspelt name would mean: not protected. */
function assertKeyNames(keys: GalleryKeys): void {
  assertKnownOptions(keys, KEY_NAMES);
}

/** A key for a gallery without protection is refused too: somebody may have replaced a protected gallery by a plain one. */
function assertPresence(use: keyof GalleryKeys, keys: GalleryKeys, header: GalleryHeader, algorithm: string): void {
  const kept = header[use];
  const isGiven = keys[use] !== undefined;
  if (kept !== undefined && kept.algorithm !== algorithm) {
    throw new FaceError(
      'GALLERY_UNSUPPORTED',
      `Expected a gallery whose ${use} is ${algorithm}, got ${JSON.stringify(kept.algorithm)}; use a newer version of isoface.`,
      { expected: algorithm, got: kept.algorithm },
    );
  }
  if (kept !== undefined && !isGiven) {
    throw new FaceError('KEY_WRONG', `This gallery is protected: expected the key keys.${use} that it was protected with, got none.`, {
      key: use,
      reason: 'missing',
    });
  }
  if (kept === undefined && isGiven) {
    throw new FaceError(
      'KEY_WRONG',
      `This gallery is not protected by keys.${use}: expected no such key, got one. If it is the right gallery, open it without that key and ` +
        'protect it with changeKeys.',
      { key: use, reason: 'superfluous' },
    );
  }
}

function wrongKey(use: keyof GalleryKeys): FaceError {
  return new FaceError(
    'KEY_WRONG',
    `Expected the key keys.${use} that this gallery was protected with, got another one; without that key its templates cannot be read.`,
    { key: use, reason: 'other' },
  );
}
