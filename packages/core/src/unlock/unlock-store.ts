/** The port behind a face unlock: where the one template of the device owner is kept. */

import type { GalleryKeys } from '../gallery/protection/gallery-keys.ts';
import type { GalleryStore } from '../ports/gallery-store.ts';

/** A store that is open, and locked against every other tab or process. */
export interface OpenUnlockStore {
  readonly store: GalleryStore;
  readonly keys: GalleryKeys;
}

/**
 * Keeps the template of a face unlock, with consent and lock-out beside it, as a gallery of one person under keys of the device.
 *
 * It is opened for each step of the flow and closed at its end, so that tabs take turns.
 */
export interface UnlockStore {
  /** For messages. */
  readonly location: string;
  /**
   * Whether anything is kept. Creates nothing.
   *
   * @throws {FaceError} `IO_FAILED`, `BACKEND_UNAVAILABLE`.
   */
  exists(): Promise<boolean>;
  /**
   * Opens it, or creates it.
   *
   * @throws {FaceError} `GALLERY_LOCKED` while another tab or process has it; `KEY_WRONG` and `GALLERY_DAMAGED` for what cannot be opened any more;
   * `IO_FAILED`, `STORAGE_FULL`, `BACKEND_UNAVAILABLE`.
   */
  open(): Promise<OpenUnlockStore>;
  /** Deletes template, keys and everything else, so that nothing of it is left. Also what cannot be opened any more. */
  deleteAll(): Promise<void>;
}
