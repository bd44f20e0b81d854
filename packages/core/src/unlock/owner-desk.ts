/** Opens the owner's store for whoever needs it at the moment, and closes it behind the last of them, so that tabs take turns. */

import { FaceError } from '../errors/face-error.ts';
import type { UnlockEngine } from './face-unlock.ts';
import { type OwnerSession, openOwner } from './owner.ts';
import type { UnlockStore } from './unlock-store.ts';

/** A session that is shared within one face unlock. */
export interface OwnerLease {
  readonly owner: OwnerSession;
  /** Idempotent. */
  release(): Promise<void>;
}

/** The sessions of one face unlock. */
export interface OwnerDesk {
  /** @throws {FaceError} What {@link openOwner} throws. */
  acquire(): Promise<OwnerLease>;
  /** Closes the session that is open, whoever uses it: their next call fails with `DISPOSED`. */
  closeNow(): Promise<void>;
}

interface Shared {
  readonly opening: Promise<OwnerSession>;
  users: number;
}

/** Creates a desk with nothing open. */
export function createOwnerDesk(engine: UnlockEngine<never>, store: UnlockStore): OwnerDesk {
  let shared: Shared | undefined;
  let closing: Promise<void> = Promise.resolve();

  function close(session: Shared): Promise<void> {
    if (shared === session) shared = undefined;
    closing = closing.then(async () => {
      try {
        await (await session.opening).close();
      } catch {
        // It did not open, or its end fails: what it wrote is durable already.
      }
    });
    return closing;
  }

  return {
    async acquire() {
      shared ??= { opening: closing.then(() => openOwner(engine, store)), users: 0 };
      const session = shared;
      session.users++;
      let isReleased = false;
      const release = async (): Promise<void> => {
        if (isReleased) return;
        isReleased = true;
        session.users--;
        if (session.users === 0) await close(session);
      };
      try {
        return { owner: await session.opening, release };
      } catch (error) {
        await release();
        throw error;
      }
    },
    async closeNow() {
      await (shared === undefined ? closing : close(shared));
    },
  };
}

/** Turns an end of the session in the middle of the work into an error that says so. */
export function dataDeleted(): FaceError {
  return new FaceError(
    'DISPOSED',
    'Expected the data of the face unlock to stay until the end, but they were deleted meanwhile; enrol again.',
  );
}
