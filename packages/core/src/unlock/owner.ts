/** The owner: a gallery of one person, whose sealed metadata hold consent and lock-out. */

import type { Embedding } from '../embed/embedding.ts';
import { FaceError } from '../errors/face-error.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { GalleryHeader } from '../ports/gallery-store.ts';
import type { UnlockEngine } from './face-unlock.ts';
import { parseUnlockRecord, toMetadata, type UnlockRecord } from './unlock-record.ts';
import type { UnlockStore } from './unlock-store.ts';

/** The owner as they are kept. */
export interface StoredOwner {
  readonly record: UnlockRecord;
  readonly templates: readonly Embedding[];
}

/** An open store with its owner. Every method throws what the gallery throws, `DISPOSED` after `close`. */
export interface OwnerSession {
  readonly metric: GalleryHeader['metric'];
  /**
   * Record and templates, all of them opened; `undefined` when nobody is enrolled.
   *
   * @throws {FaceError} `GALLERY_DAMAGED` if any byte of them is not what was written.
   */
  read(): Promise<StoredOwner | undefined>;
  /** Replaces the record. Durable when it resolves. */
  write(record: UnlockRecord): Promise<void>;
  /** Replaces the owner, all or nothing. Durable when it resolves. */
  enrol(record: UnlockRecord, templates: readonly Embedding[]): Promise<void>;
  close(): Promise<void>;
}

const OWNER = 'owner';

/**
 * Opens the store, or creates it.
 *
 * @throws {FaceError} What the store and the gallery throw; the store is closed then.
 */
export async function openOwner(engine: UnlockEngine<never>, unlockStore: UnlockStore): Promise<OwnerSession> {
  const { store, keys } = await unlockStore.open();
  let gallery: Gallery<never>;
  let metric: GalleryHeader['metric'];
  try {
    // One person needs no thread and no index of bytes.
    gallery = await engine.openGallery({ store, keys, searchOn: 'caller', prefilter: 'none' });
    ({ metric } = await gallery.info());
  } catch (error) {
    await store.close();
    throw error;
  }
  return {
    metric,
    async read() {
      const identity = await gallery.get(OWNER);
      if (identity === undefined) {
        if (store.damage.length > 0) throw damaged('the record cannot be read');
        return undefined;
      }
      const record = parseUnlockRecord(identity.metadata);
      const templates = await gallery.embeddings(OWNER);
      const isWhole = identity.templates.length === record.templates && templates.length === record.templates;
      if (!isWhole || identity.templates.some(({ source }) => source !== record.enrolment)) {
        throw damaged('the templates are not those of the enrolment');
      }
      return { record, templates };
    },
    write: (record) => gallery.update(OWNER, toMetadata(record)),
    async enrol(record, templates) {
      const result = await gallery.enrol(
        OWNER,
        templates.map((photo) => ({ photo, source: record.enrolment })),
        // What is enrolled was checked frame by frame.
        { metadata: toMetadata(record), existing: 'replace', otherPeople: 'accept', duplicates: 'ignore' },
      );
      if (result.status !== 'enrolled') throw new FaceError('IO_FAILED', `The owner was not enrolled: ${result.message}`);
    },
    close: () => gallery.close(),
  };
}

/** How embeddings of the engine are compared, where no store is open that says it. */
export async function findMetric(engine: UnlockEngine<never>): Promise<GalleryHeader['metric']> {
  const scratch = await engine.openGallery({ searchOn: 'caller', prefilter: 'none' });
  try {
    return (await scratch.info()).metric;
  } finally {
    await scratch.close();
  }
}

function damaged(what: string): FaceError {
  return new FaceError('GALLERY_DAMAGED', `The face unlock is damaged: ${what}. Delete its data and enrol again.`);
}
