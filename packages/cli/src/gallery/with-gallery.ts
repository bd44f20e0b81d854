/** A gallery for the length of one command. */

import {
  type Gallery,
  type GalleryInfo,
  type GalleryKeys,
  openProtection,
  openStoredGallery,
  type StoredGallery,
} from '@isoface/core/gallery';
import type { NodeFaceEngine, NodeImageInput } from '@isoface/runtime-node';
import type { EngineCliOptions } from '../engine/engine-options.ts';
import { withEngine } from '../engine/with-engine.ts';
import { countOf } from '../output/face-text.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';
import type { GalleryCliOptions } from './gallery-options.ts';
import { parseGalleryPlace } from './gallery-place.ts';
import { isMissingGallery, missingGallery } from './missing-gallery.ts';
import { openStore } from './open-store.ts';
import type { GalleryAccess } from './opened-store.ts';
import { readKeys } from './read-key-file.ts';

/** A gallery with the engine that reads photos for it. */
export interface OpenedGallery {
  readonly gallery: Gallery<NodeImageInput>;
  readonly engine: NodeFaceEngine;
  /** As of the opening. */
  readonly info: GalleryInfo;
  /** Whether this command made the gallery. */
  readonly isNew: boolean;
}

/** Opens the gallery with an engine, gives both to `use` and closes them, whatever happens. */
export async function withGallery<T>(
  options: GalleryCliOptions & EngineCliOptions,
  session: Session,
  wanted: GalleryAccess,
  use: (opened: OpenedGallery) => Promise<T>,
): Promise<T> {
  return withStore(options, session, wanted, ({ store, keys, isNew }) =>
    withEngine(options, session, async (engine) => {
      const gallery = await engine.openGallery({ store, keys, signal: session.signal, onProgress: showGalleryProgress(session) });
      try {
        session.progress.clear();
        const info = await gallery.info();
        if (isNew) session.note(`New gallery: ${printable(info.location)}`);
        noteDamage(info, session);
        return await use({ gallery, engine, info, isNew });
      } finally {
        await gallery.close();
      }
    }),
  );
}

/** Opens the gallery for what needs no models, gives it to `use` and closes it, whatever happens. */
export async function withStoredGallery<T>(
  options: GalleryCliOptions,
  session: Session,
  wanted: Exclude<GalleryAccess, 'create'>,
  use: (gallery: StoredGallery, info: GalleryInfo) => Promise<T>,
): Promise<T> {
  return withStore(options, session, wanted, async ({ store, keys }) => {
    const gallery = await openStoredGallery(store, { keys });
    try {
      return await use(gallery, await gallery.info());
    } finally {
      await gallery.close();
    }
  });
}

/** Whether there is a gallery already, so that no engine is needed to make one. */
export async function isExistingGallery(options: GalleryCliOptions, session: Session): Promise<boolean> {
  try {
    return await withStore(options, session, 'read', async () => true);
  } catch (error) {
    if (isMissingGallery(error)) return false;
    throw error;
  }
}

/** Shows how far reading, importing and the like are. */
export function showGalleryProgress({ progress }: Session): (event: { phase: string; done: number; total?: number | undefined }) => void {
  return ({ phase, done, total }) => {
    if (total !== undefined) progress.items(LABELS[phase] ?? 'Gallery', done, total);
  };
}

/** What a document says about the gallery. */
export function toGalleryData({ index: _, damage, ...info }: GalleryInfo) {
  return { ...info, damagedParts: damage.length };
}

const LABELS: Readonly<Record<string, string>> = {
  open: 'Reading gallery',
  import: 'Importing',
  export: 'Exporting',
  rewrite: 'Rewriting',
  verify: 'Checking',
};

interface ProtectedStore {
  readonly store: Awaited<ReturnType<typeof openStore>>['store'];
  readonly keys: GalleryKeys;
  readonly isNew: boolean;
}

/** Opens the store and checks the keys, before anything slow is done. */
async function withStore<T>(
  options: GalleryCliOptions,
  session: Session,
  wanted: GalleryAccess,
  use: (opened: ProtectedStore) => Promise<T>,
): Promise<T> {
  const place = parseGalleryPlace(options.gallery, options.schema, session);
  const keys = await readKeys(options, session);
  const { store, release } = await openStore(place, wanted);
  try {
    const header = await store.readHeader();
    if (header === undefined && wanted !== 'create') throw missingGallery(place.location);
    if (header !== undefined) await openProtection(keys, header);
    return await use({ store, keys, isNew: header === undefined });
  } finally {
    // Idempotent: the gallery closes it too, once there is one.
    await store.close();
    await release();
  }
}

function noteDamage({ damage }: GalleryInfo, { note }: Session): void {
  if (damage.length === 0) return;
  note(`${countOf(damage.length, 'part')} of the gallery cannot be read; isoface gallery verify says which.`);
}
