/** File errors in words that say what to do. */

import { FaceError } from '@isoface/core';

/**
 * Wraps an error of `node:fs`.
 *
 * @param action - What was tried, e.g. `write to the model cache`.
 */
export function ioFailed(action: string, path: string, cause: unknown): FaceError {
  const reason = errnoOf(cause);
  const message = `Could not ${action} at ${path} (${reason ?? String(cause)}). ${adviceFor(reason)}`;
  return new FaceError('IO_FAILED', message, { path, reason }, { cause });
}

/** The code of a system error, e.g. `ENOSPC`. */
export function errnoOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function adviceFor(reason: string | undefined): string {
  switch (reason) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'Free some disk space, or set ISOFACE_CACHE to a directory on another disk.';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'Give this user permission, or set ISOFACE_CACHE to a directory that it may write to.';
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
