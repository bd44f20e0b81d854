/** From an error of the store to the reason why a face unlock cannot be used. */

import { isFaceError } from '../errors/face-error.ts';
import type { UnusableReason } from './face-unlock.ts';

/** Why, and the sentence to show. */
export interface Unusable {
  readonly reason: UnusableReason;
  readonly message: string;
}

const MESSAGES: Readonly<Record<UnusableReason, string>> = {
  keyMissing: 'The key of this device is gone, so the stored face cannot be read any more. Delete the data and enrol again.',
  damaged: 'The stored face was damaged or changed. Delete the data and enrol again.',
  modelChanged: 'The stored face was made with another model. Delete the data and enrol again.',
  inUse: 'Face unlock is open in another tab or window. Finish there, then try again.',
  unsupported: 'This browser, or this version, cannot use the stored face. Update, or load the page over https.',
  storageFailed: 'The device could not read or write the stored face. Free some space, or try again.',
};

/** Whatever a store or gallery throws. What is not known counts as a failure of the storage: it must not end in an unlock, nor look like one's own fault. */
export function describeUnusable(error: unknown): Unusable {
  const reason = findReason(error);
  return { reason, message: MESSAGES[reason] };
}

function findReason(error: unknown): UnusableReason {
  if (isFaceError(error, 'KEY_WRONG')) return 'keyMissing';
  if (isFaceError(error, 'GALLERY_DAMAGED', 'SHAPE_MISMATCH', 'INVALID_EMBEDDING')) return 'damaged';
  if (isFaceError(error, 'CONTRACT_MISMATCH')) return 'modelChanged';
  if (isFaceError(error, 'GALLERY_LOCKED')) return 'inUse';
  if (isFaceError(error, 'GALLERY_UNSUPPORTED', 'BACKEND_UNAVAILABLE')) return 'unsupported';
  return 'storageFailed';
}
