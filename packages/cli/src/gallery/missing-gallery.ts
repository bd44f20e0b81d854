/** The error for a place where no gallery is. */

import { FaceError, isFaceError } from '@isoface/core';
import { printable } from '../output/printable.ts';

const MISSING = 'no-gallery';

/** Whether an error is {@link missingGallery}. */
export function isMissingGallery(error: unknown): boolean {
  return isFaceError(error, 'IO_FAILED') && error.details['reason'] === MISSING;
}

/** For a place where no gallery is. */
export function missingGallery(location: string): FaceError {
  const message = `Expected a gallery at ${printable(location)}, got nothing there; isoface enrol makes one.`;
  return new FaceError('IO_FAILED', message, { location, reason: MISSING });
}
