/** The header of a gallery as JSON in a column. */

import { FaceError } from '@isoface/core';
import type { GalleryHeader } from '@isoface/core/gallery';

/** What {@link GalleryHeader.formatVersion} may be at most. */
const FORMAT_VERSION = 1;

/** JSON of a header. */
export function toHeaderText(header: GalleryHeader): string {
  return JSON.stringify(header);
}

/**
 * Reads what {@link toHeaderText} wrote.
 *
 * @throws {FaceError} `GALLERY_DAMAGED`, `GALLERY_UNSUPPORTED`.
 */
export function parseHeaderText(text: string, location: string): GalleryHeader {
  const value = parseJson(text);
  if (value === undefined) throw damaged('something that is no JSON object', location);
  const version = value['formatVersion'];
  if (typeof version === 'number' && version > FORMAT_VERSION) throw newerGallery(version, FORMAT_VERSION, location);
  const wrong = Object.entries(FIELDS).find(([name, isRight]) => !isRight(value[name]));
  if (wrong !== undefined) throw damaged(`${JSON.stringify(value[wrong[0]])} as ${wrong[0]}`, location);
  return value as unknown as GalleryHeader;
}

/** For what a newer version of isoface has written. */
export function newerGallery(got: number, known: number, location: string): FaceError {
  const message = `Expected a gallery of version ${known} or older in ${location}, got version ${got}; update isoface.`;
  return new FaceError('GALLERY_UNSUPPORTED', message, { location, got, expected: known });
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
const isFactsOf =
  (algorithm: string) =>
  (value: unknown): boolean =>
    value === undefined ||
    (isRecord(value) && value['algorithm'] === algorithm && typeof value['keyCheck'] === 'string' && Object.keys(value).length === 2);

const FIELDS: Readonly<Record<keyof GalleryHeader, (value: unknown) => boolean>> = {
  formatVersion: (value) => value === FORMAT_VERSION,
  galleryId: (value) => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value),
  contract: isText,
  dimension: isWhole,
  metric: (value) => value === 'cosine' || value === 'euclidean',
  normalization: (value) => value === 'none' || value === 'l2',
  pack: (value) => typeof value === 'string',
  createdAtMs: (value) => typeof value === 'number' && Number.isFinite(value),
  encryption: isFactsOf('AES-GCM-256'),
  transform: isFactsOf('orthonormal-1'),
};

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function damaged(got: string, location: string): FaceError {
  const message = `Expected the header of a gallery in ${location}, got ${got}; restore the database from a backup, or choose another schema.`;
  return new FaceError('GALLERY_DAMAGED', message, { location });
}
