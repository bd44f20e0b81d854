/** A store that a command has opened. */

import type { GalleryStore } from '@isoface/core/gallery';

/** A store, and what else must be given up after it. */
export interface OpenedStore {
  readonly store: GalleryStore;
  /** Gives up connections. The store is closed by the gallery. */
  release(): Promise<void>;
}

/** What is going to be done: `create` makes a gallery where there is none. */
export type GalleryAccess = 'read' | 'write' | 'create';
