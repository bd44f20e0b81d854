/** The secret rotation of a gallery's templates. */

import { FaceError } from '../../errors/face-error.ts';
import type { GalleryHeader } from '../../ports/gallery-store.ts';
import type { PlatformKey } from './gallery-keys.ts';
import { createKeystream } from './keystream.ts';
import { toLabel } from './label.ts';
import { createNormalSource } from './normal-source.ts';
import { drawOrthonormalMatrix, multiplyByMatrix, multiplyByTranspose } from './orthonormal-matrix.ts';
import type { SubtleWebCrypto } from './web-crypto.ts';

/** In the header, and in what keys are bound to: another way from key to matrix gets another name. */
export const TRANSFORM_ALGORITHM = 'orthonormal-1';

/** What a protection is bound to. */
export type ProtectedGallery = Pick<GalleryHeader, 'galleryId' | 'dimension'>;

/** Transform of the templates of one gallery. */
export interface VectorTransform {
  /**
   * The vector in the space of this gallery; a new array where there is a transform key, else the vector itself.
   *
   * @throws {FaceError} `SHAPE_MISMATCH` for a vector of another length.
   */
  transform(vector: Float32Array): Float32Array;
  /** The inverse of `transform`. */
  restore(vector: Float32Array): Float32Array;
}

/**
 * Creates the transform of a gallery: an orthonormal matrix that follows from key, gallery and dimension, the same to the last bit in every
 * runtime. Lengths and angles are kept; rounding to float32 changes a length by at most 6e-8 of itself and a cosine by at most 1.2e-7, and a vector
 * that is transformed and restored differs from itself by at most 1.2e-7 of its length.
 *
 * @param key - HMAC key with SHA-256.
 */
export async function createVectorTransform(
  subtle: SubtleWebCrypto,
  key: PlatformKey,
  { galleryId, dimension }: ProtectedGallery,
): Promise<VectorTransform> {
  const label = toLabel('isoface transform', TRANSFORM_ALGORITHM, galleryId, String(dimension));
  const matrix = await drawOrthonormalMatrix(dimension, createNormalSource(await createKeystream(subtle, key, label)));
  const sums = new Float64Array(dimension);
  const check = (vector: Float32Array): Float32Array => {
    if (vector.length === dimension) return vector;
    throw new FaceError('SHAPE_MISMATCH', `Expected a template of ${dimension} numbers, got ${vector.length}.`, {
      expected: dimension,
      got: vector.length,
    });
  };
  return {
    transform: (vector) => multiplyByMatrix(matrix, check(vector)),
    restore: (vector) => multiplyByTranspose(matrix, check(vector), sums),
  };
}

/** A digest that only the key gives: shows whether a key is the right one, and nothing about the matrix. */
export async function computeTransformKeyCheck(subtle: SubtleWebCrypto, key: PlatformKey, galleryId: string): Promise<Uint8Array> {
  return new Uint8Array(await subtle.sign({ name: 'HMAC' }, key, toLabel('isoface key check', TRANSFORM_ALGORITHM, galleryId)));
}
