/** One writer per gallery, among all tabs and workers of a site. */

import { FaceError } from '@isoface/core';

/** A lock that is held. */
export interface HeldLock {
  /** Resolves when others can have it. Idempotent. */
  release(): Promise<void>;
}

/**
 * Takes the lock of a gallery. Browsers release it when the page goes, however it ends.
 *
 * @param onLost - Called if somebody takes the lock away, which the Web Locks API allows.
 * @throws {FaceError} `GALLERY_LOCKED` if somebody has it; `BACKEND_UNAVAILABLE` where the browser has no Web Locks: without them two tabs would
 * write over each other, and nobody would know.
 */
export function takeLock(location: string, onLost: () => void): Promise<HeldLock> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  if (locks === undefined) {
    const message =
      'Expected a browser with Web Locks, got none; they need a secure context, so serve the page over https or from localhost. Without them two tabs could write to the same gallery.';
    return Promise.reject(new FaceError('BACKEND_UNAVAILABLE', message, { feature: 'navigator.locks' }));
  }
  return new Promise((resolve, reject) => {
    let hasEnded = false;
    const request = locks.request(location, { ifAvailable: true }, (lock) => {
      if (lock === null) {
        const message = `Expected a gallery that nobody has open, got ${location}, which another tab, worker or object has; close it there, then try again.`;
        reject(new FaceError('GALLERY_LOCKED', message, { location }));
        return undefined;
      }
      return new Promise<void>((letGo) => {
        const release = async (): Promise<void> => {
          hasEnded = true;
          letGo();
          await ended;
        };
        resolve({ release });
      });
    });
    const ended = request.then(
      () => {},
      (cause: unknown) => {
        reject(toLockError(cause, location));
        if (!hasEnded) onLost();
      },
    );
  });
}

/** Sandboxed frames and pages without an origin may have no locks. */
function toLockError(cause: unknown, location: string): FaceError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new FaceError('BACKEND_UNAVAILABLE', `The browser gives no lock for ${location}: ${why}`, { location }, { cause });
}
