/** What stands between templates as they are compared and templates as they are kept. */

import type { GalleryHeader } from '../../ports/gallery-store.ts';
import type { GalleryKeys } from './gallery-keys.ts';

/** Protection of one gallery. */
export interface Protection {
  /** What the header must say of it. */
  readonly facts: Pick<GalleryHeader, 'encryption' | 'transform'>;
  /** The vector in the space of this gallery; a new array where there is a transform key, else the vector itself. */
  transform(vector: Float32Array): Float32Array;
  /** The inverse of `transform`. */
  restore(vector: Float32Array): Float32Array;
  /**
   * Encrypts bytes; gives them back as they are where there is no encryption key.
   *
   * @param context - What the bytes are, e.g. whose vector: they open in the same context only.
   */
  seal(plain: Uint8Array, context: string): Promise<Uint8Array>;
  /** @throws {FaceError} `GALLERY_DAMAGED` if the bytes are not what was sealed in this context. */
  open(sealed: Uint8Array, context: string): Promise<Uint8Array>;
}

/** What a protection is bound to. */
export type ProtectedGallery = Pick<GalleryHeader, 'galleryId' | 'dimension'>;

/**
 * Creates the protection of a new gallery.
 *
 * @throws {FaceError} `INVALID_OPTION` for keys of another kind or length; `BACKEND_UNAVAILABLE` where the platform has no WebCrypto (pages that
 * were not loaded over https).
 */
export async function createProtection(_keys: GalleryKeys, _gallery: ProtectedGallery): Promise<Protection> {
  return { facts: {}, transform: (v) => v, restore: (v) => v, seal: async (b) => b, open: async (b) => b };
}

/**
 * Opens the protection of a gallery that exists.
 *
 * @throws {FaceError} `KEY_WRONG` if a key is missing, is another one, or is given for a gallery that is not protected by one; else as
 * {@link createProtection}.
 */
export async function openProtection(_keys: GalleryKeys, _header: GalleryHeader): Promise<Protection> {
  return { facts: {}, transform: (v) => v, restore: (v) => v, seal: async (b) => b, open: async (b) => b };
}
