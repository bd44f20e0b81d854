/** Errors that every store has in common. */

import { FaceError } from '../errors/face-error.ts';

/** For calls on a store that was closed. */
export function disposedStoreError(location: string): FaceError {
  return new FaceError('DISPOSED', `Expected an open gallery store, got ${location}, which was closed; open it again.`, { location });
}

/** For an identity that comes a second time where each may come once. */
export function identityTwice(id: string): FaceError {
  return new FaceError('IDENTITY_EXISTS', `Expected every identity once, got ${JSON.stringify(id)} twice; remove one of them.`, { id });
}

/** For changes of a store that was opened for reading. */
export function readOnlyStoreError(location: string): FaceError {
  return new FaceError('INVALID_OPTION', `Expected a store that was opened for writing, got ${location}, which was opened read-only.`, {
    location,
  });
}
