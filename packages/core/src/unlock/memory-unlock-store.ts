/** A face unlock in memory: gone with the process. For tests, and for pages that may not store anything. */

import { FaceError } from '../errors/face-error.ts';
import { createMemoryStore } from '../gallery/memory-store.ts';
import type { GalleryKeys } from '../gallery/protection/gallery-keys.ts';
import { drawRandomBytes } from '../gallery/protection/web-crypto.ts';
import type { GalleryStore } from '../ports/gallery-store.ts';
import type { UnlockStore } from './unlock-store.ts';

interface Kept {
  readonly gallery: GalleryStore;
  readonly keys: GalleryKeys;
}

/** Creates an empty store. Its template is encrypted with a random key, as it would be on a device. */
export function createMemoryUnlockStore(): UnlockStore {
  let kept: Kept | undefined;
  let holder: object | undefined;
  return {
    location: 'memory',
    async exists() {
      return kept !== undefined;
    },
    async open() {
      if (holder !== undefined) {
        throw new FaceError('GALLERY_LOCKED', 'Expected a face unlock that nobody has open, got one that is open; close it there first.', {
          location: 'memory',
        });
      }
      const self = {};
      holder = self;
      const opened: Kept = kept ?? {
        gallery: createMemoryStore(),
        keys: { encryption: drawRandomBytes(32) },
      };
      kept = opened;
      const isClosed = (): boolean => holder !== self;
      const close = (): void => {
        if (holder === self) holder = undefined;
      };
      return { store: lend(opened.gallery, isClosed, close), keys: opened.keys };
    },
    async deleteAll() {
      const { gallery } = kept ?? {};
      kept = undefined;
      holder = undefined;
      // Overwrites what it holds.
      await gallery?.close();
    },
  };
}

/** The gallery for one holder: closing ends the loan, not the gallery. */
function lend(gallery: GalleryStore, isClosed: () => boolean, close: () => void): GalleryStore {
  const assertOpen = (): void => {
    if (!isClosed()) return;
    throw new FaceError('DISPOSED', 'Expected an open store of a face unlock, got one that was closed; open it again.', {
      location: 'memory',
    });
  };
  return {
    location: gallery.location,
    readOnly: false,
    damage: [],
    async readHeader() {
      assertOpen();
      return gallery.readHeader();
    },
    read(options) {
      assertOpen();
      return gallery.read(options);
    },
    async get(id) {
      assertOpen();
      return gallery.get(id);
    },
    list(options) {
      assertOpen();
      return gallery.list(options);
    },
    async write(changes) {
      assertOpen();
      await gallery.write(changes);
    },
    async rewrite(header, identities) {
      assertOpen();
      await gallery.rewrite(header, identities);
    },
    async stats() {
      assertOpen();
      return gallery.stats();
    },
    async close() {
      close();
    },
  };
}
