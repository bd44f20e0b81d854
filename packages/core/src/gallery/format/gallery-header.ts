/** The header of a gallery as JSON: parsed with care, for files come from anywhere. */

import { FaceError } from '../../errors/face-error.ts';
import type { EncryptionFacts, GalleryHeader, TransformFacts } from '../../ports/gallery-store.ts';
import { FORMAT_LIMITS, FORMAT_VERSION } from './frame-layout.ts';

/** Longest text of a header. */
const MAX_TEXT = 1_024;

/**
 * Makes a header of parsed JSON: known fields only, in a fixed order.
 *
 * @throws {FaceError} `GALLERY_UNSUPPORTED` for a newer version or protection that is not known, `GALLERY_DAMAGED` for what is no header.
 */
export function parseGalleryHeader(value: unknown): GalleryHeader {
  const fields = toFields(value, 'a header of a gallery');
  const version = fields['formatVersion'];
  if (typeof version === 'number' && version > FORMAT_VERSION) throw newerVersion(version);
  if (version !== FORMAT_VERSION) throw damaged('formatVersion', `${FORMAT_VERSION}`);
  const { dimension, metric, normalization, createdAtMs, encryption, transform } = fields;
  if (!isWhole(dimension, 1, FORMAT_LIMITS.dimension)) throw damaged('dimension', `a whole number from 1 to ${FORMAT_LIMITS.dimension}`);
  if (metric !== 'cosine' && metric !== 'euclidean') throw damaged('metric', '"cosine" or "euclidean"');
  if (normalization !== 'none' && normalization !== 'l2') throw damaged('normalization', '"none" or "l2"');
  if (!isWhole(createdAtMs, 0, Number.MAX_SAFE_INTEGER)) throw damaged('createdAtMs', 'milliseconds since 1970');
  return {
    formatVersion: FORMAT_VERSION,
    galleryId: toText(fields, 'galleryId'),
    contract: toText(fields, 'contract'),
    dimension,
    metric,
    normalization,
    pack: toText(fields, 'pack'),
    createdAtMs,
    ...(encryption !== undefined && { encryption: parseFacts<EncryptionFacts>('encryption', encryption, 'AES-GCM-256') }),
    ...(transform !== undefined && { transform: parseFacts<TransformFacts>('transform', transform, 'orthonormal-1') }),
  };
}

/** Refuses a version from the future. */
export function newerVersion(version: number): FaceError {
  const message = `Expected gallery format ${FORMAT_VERSION}, got ${version}: it was written by a newer isoface; update isoface to read it.`;
  return new FaceError('GALLERY_UNSUPPORTED', message, { version, supported: FORMAT_VERSION });
}

function parseFacts<T extends EncryptionFacts | TransformFacts>(name: string, value: unknown, known: T['algorithm']): T {
  const fields = toFields(value, name);
  const algorithm = toText(fields, 'algorithm');
  if (algorithm !== known) {
    const message = `Expected ${name} by ${known}, got ${JSON.stringify(algorithm)}: update isoface to read this gallery.`;
    throw new FaceError('GALLERY_UNSUPPORTED', message, { [name]: algorithm, supported: known });
  }
  return { algorithm: known, keyCheck: toText(fields, 'keyCheck') } as T;
}

function toFields(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw damaged(what, 'an object');
}

function toText(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value.length <= MAX_TEXT) return value;
  throw damaged(name, `a text of at most ${MAX_TEXT} characters`);
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

function damaged(field: string, expected: string): FaceError {
  return new FaceError('GALLERY_DAMAGED', `Expected ${field} in the header of a gallery to be ${expected}; restore the data from a copy.`, {
    field,
  });
}
