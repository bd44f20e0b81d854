/** File errors in words that say what to do. */

import { FaceError } from '@isoface/core';

/** What else a user can do who has no room or no permission, as the end of a sentence that begins with `or`. */
export interface Elsewhere {
  readonly otherDisk: string;
  readonly writable: string;
}

const MODEL_CACHE: Elsewhere = {
  otherDisk: 'set ISOFACE_CACHE to a directory on another disk',
  writable: 'set ISOFACE_CACHE to a directory that it may write to',
};

/**
 * Wraps an error of `node:fs`.
 *
 * @param action - What was tried, e.g. `write to the model cache`.
 */
export function ioFailed(action: string, path: string, cause: unknown, elsewhere: Elsewhere = MODEL_CACHE): FaceError {
  return new FaceError('IO_FAILED', describeFailure(action, path, cause, elsewhere), { path, reason: errnoOf(cause) }, { cause });
}

/** Says what was tried, why it failed and what to do. */
export function describeFailure(action: string, path: string, cause: unknown, elsewhere: Elsewhere): string {
  const reason = errnoOf(cause);
  return `Could not ${action} at ${path} (${reason ?? String(cause)}). ${adviceFor(reason, elsewhere)}`;
}

/** Whether there is no room left: on the disk, in a quota, or for a file of this size. */
export function isNoRoom(reason: string | undefined): boolean {
  return reason === 'ENOSPC' || reason === 'EDQUOT' || reason === 'EFBIG';
}

/** The code of a system error, e.g. `ENOSPC`. */
export function errnoOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function adviceFor(reason: string | undefined, { otherDisk, writable }: Elsewhere): string {
  if (isNoRoom(reason)) return `Free some disk space, or ${otherDisk}.`;
  switch (reason) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `Give this user permission, or ${writable}.`;
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EEXIST':
      return 'Correct the path, or create the directory.';
    case 'EMFILE':
    case 'ENFILE':
      return 'Too many files are open: raise the limit (ulimit -n).';
    default:
      return 'Check the path and the disk.';
  }
}
