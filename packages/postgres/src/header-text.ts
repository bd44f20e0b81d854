/** The header of a gallery as JSON in a column. */

import { FaceError } from '@isoface/core';
import { type GalleryHeader, parseGalleryHeader } from '@isoface/core/gallery';

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
  return parseGalleryHeader(parseJson(text, location));
}

/** For what a newer version of isoface has written. */
export function newerGallery(got: number, known: number, location: string): FaceError {
  const message = `Expected a gallery of version ${known} or older in ${location}, got version ${got}; update isoface.`;
  return new FaceError('GALLERY_UNSUPPORTED', message, { location, got, expected: known });
}

function parseJson(text: string, location: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const message = `Expected the header of a gallery in ${location}, got something that is no JSON; restore the database from a backup, or choose another schema.`;
    throw new FaceError('GALLERY_DAMAGED', message, { location });
  }
}
