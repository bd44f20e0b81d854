/** Errors of gallery files. */

import { FaceError } from '@isoface/core';
import { describeFailure, type Elsewhere, errnoOf, ioFailed, isNoRoom } from '../models/io-failed.ts';

const GALLERY: Elsewhere = {
  otherDisk: 'keep the gallery on another disk',
  writable: 'open the gallery with readOnly, or keep it where this user may write',
};

/**
 * Wraps an error of `node:fs`: `STORAGE_FULL` where room is missing, else `IO_FAILED`. A `FaceError` is passed on.
 *
 * @param action - What was tried, e.g. `write to the gallery`.
 */
export function galleryFileFailed(action: string, path: string, cause: unknown): FaceError {
  if (cause instanceof FaceError) return cause;
  const reason = errnoOf(cause);
  if (!isNoRoom(reason)) return ioFailed(action, path, cause, GALLERY);
  const message = `${describeFailure(action, path, cause, GALLERY)} Nothing was changed.`;
  return new FaceError('STORAGE_FULL', message, { path, reason }, { cause });
}

/** For paths that lead to a directory, a pipe or a device. */
export function notAFile(path: string, what: string): FaceError {
  return new FaceError('IO_FAILED', `Expected a gallery file at ${path}, got ${what}; name a regular file.`, { path });
}
