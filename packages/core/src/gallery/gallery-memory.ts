/** The search in memory, from its first filling to its end: it follows the changes of the store, and is filled anew when it is lost. */

import { isFaceError } from '../errors/face-error.ts';
import type { GalleryIndex } from './gallery-index.ts';
import type { GalleryMirror } from './gallery-mirror.ts';
import { disposedStoreError } from './store-errors.ts';

/** The index of a gallery. The store is the truth: whatever happens to the index, it can be filled again. */
export interface GalleryMemory {
  /** Takes the changes. Never fails: an index that could not follow is given up, and the next search fills a new one. */
  readonly mirror: GalleryMirror;
  /** The index as it is now, once it is filled; `undefined` where the store searches. Rejects with what the filling fails with, and with `DISPOSED`. */
  current(): Promise<GalleryIndex | undefined>;
  /** Fills a new index if this one is still the current one: its thread has ended. */
  renew(lost: GalleryIndex): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Creates the memory, empty.
 *
 * @param location - Of the store, for messages.
 * @param isUsed - Whether the gallery is searched in memory.
 * @param open - Opens an index and fills it from the store.
 */
export function createGalleryMemory(location: string, isUsed: () => boolean, open: () => Promise<GalleryIndex>): GalleryMemory {
  let index: GalleryIndex | undefined;
  let filling: Promise<void> | undefined;
  /** Grows when what was read before is out of date. */
  let generation = 0;
  let isDisposed = false;

  const fillUntilCurrent = async (): Promise<void> => {
    for (let begun = -1; begun !== generation && !isDisposed; ) {
      begun = generation;
      const old = index;
      index = undefined;
      await old?.dispose();
      const fresh = await open();
      if (begun === generation && !isDisposed) index = fresh;
      else await fresh.dispose();
    }
  };
  const fill = (): Promise<void> => {
    filling ??= fillUntilCurrent().finally(() => {
      filling = undefined;
    });
    return filling;
  };
  /** A change that came while the index was filled may have been missed by the reading: it is applied afterwards, and once more does no harm. */
  const follow = async (apply: (target: GalleryIndex) => Promise<void>): Promise<void> => {
    if (!isUsed()) return;
    await filling?.catch(() => {});
    if (index === undefined) return;
    const target = index;
    try {
      await apply(target);
    } catch {
      if (index === target) index = undefined;
      await target.dispose().catch(() => {});
    }
  };

  return {
    mirror: {
      put: (id, templates) => follow((target) => target.put(id, templates)),
      remove: (id) => follow((target) => target.remove(id)),
      async reset() {
        generation++;
        if (isUsed()) await fill().catch(() => {});
      },
    },
    async current() {
      if (!isUsed()) return undefined;
      while (index === undefined) {
        if (isDisposed) throw disposedStoreError(location);
        await fill();
      }
      return index;
    },
    async renew(lost) {
      if (index === lost) await fill();
    },
    async dispose() {
      isDisposed = true;
      await filling?.catch(() => {});
      await index?.dispose();
    },
  };
}

/** Whether an index failed for a reason that a new one does not share: its thread ended, or it was replaced during the call. */
export function isIndexLost(error: unknown): boolean {
  return isFaceError(error, 'WORKER_CRASHED', 'DISPOSED');
}
