/** Errors that are facts about an image, and not about the program. */

import { type FaceError, isFaceError } from '@isoface/core';

/** Whether an image could not be read or decoded: it is counted, and the others go on. */
export function isImageError(error: unknown): error is FaceError {
  return isFaceError(error, 'IMAGE_INVALID', 'IMAGE_TOO_LARGE', 'IO_FAILED');
}
