/** The binary format of gallery files and exports: a row of frames, each with its own checksums. */

import type { GalleryHeader, StoredIdentity } from '../../ports/gallery-store.ts';

/** One frame, decoded. */
export type Frame =
  | { readonly kind: 'header'; readonly header: GalleryHeader }
  | { readonly kind: 'put'; readonly identity: StoredIdentity }
  | { readonly kind: 'remove'; readonly id: string }
  /** Closes an export or a rewritten file: what came before it is complete. */
  | { readonly kind: 'end'; readonly identities: number };

/**
 * Encodes a frame.
 *
 * @param remaining - Frames of the same change that follow: a change counts only if its last frame (0) is there.
 */
export function encodeFrame(_frame: Frame, _remaining = 0): Uint8Array {
  throw new Error('Not written yet.');
}
