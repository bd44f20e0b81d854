/** Errors of exports that cannot be read, with the place in the export. */

import { FaceError, isFaceError } from '../../errors/face-error.ts';

/** A place in an export: lines count from 1, bytes from 0. */
export type ExportPlace = { readonly line: number } | { readonly byte: number };

/**
 * Creates the error for an export that is not what was written.
 *
 * @param fault - What was expected and what came, as a sentence without its full stop.
 */
export function damagedExport(fault: string, place: ExportPlace, cause?: unknown): FaceError {
  const where = 'line' in place ? `line ${place.line}` : `byte ${place.byte}`;
  const message = `The export is damaged at ${where}: ${fault}. Nothing of it was taken; export the gallery again, or take another copy.`;
  return new FaceError('GALLERY_DAMAGED', message, place, cause === undefined ? undefined : { cause });
}

/** Runs a check that knows no place: what it finds wrong is damage there. That a version or an algorithm is not known stays as it is. */
export function checkAt<T>(place: ExportPlace, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!isFaceError(error) || isFaceError(error, 'GALLERY_UNSUPPORTED')) throw error;
    throw damagedExport(error.message.replace(/\.$/, ''), place, error);
  }
}
