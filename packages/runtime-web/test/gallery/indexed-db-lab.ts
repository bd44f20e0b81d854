/** What the end-to-end tests of galleries do inside their page. */

import { isFaceError } from '@isoface/core';
import type { GalleryHeader, GalleryStore, StoredIdentity } from '@isoface/core/gallery';
import { deleteIndexedDbGallery, openIndexedDbStore } from '../../src/gallery/indexed-db-store.ts';

const HEADER: GalleryHeader = {
  formatVersion: 1,
  galleryId: '00112233445566778899aabbccddeeff',
  contract: 'c'.repeat(64),
  dimension: 4,
  metric: 'cosine',
  normalization: 'l2',
  pack: 'test',
  createdAtMs: 1_700_000_000_000,
};

let store: GalleryStore | undefined;

/** A person with as many bytes of details as a test wants to fill a quota with. */
function person(id: string, bytes = 2): StoredIdentity {
  // Bytes that no compression makes smaller.
  const details = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(details.subarray(at, at + 65_536));
  return { id, details, templates: [{ id: 1, vector: new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer), details: new Uint8Array() }] };
}

function opened(): GalleryStore {
  if (store === undefined) throw new Error('Expected a store that was opened in this page.');
  return store;
}

const Lab = {
  /** What became of a call: `ok`, or the code of the error. */
  async outcomeOf(work: () => Promise<unknown>): Promise<string> {
    try {
      await work();
      return 'ok';
    } catch (error) {
      if (!isFaceError(error)) throw error;
      return error.code;
    }
  },

  open: (name: string): Promise<string> =>
    Lab.outcomeOf(async () => {
      store = await openIndexedDbStore(name);
    }),

  close: (): Promise<void> => opened().close(),

  rewrite: (ids: readonly string[], bytes?: number): Promise<string> =>
    Lab.outcomeOf(() =>
      opened().rewrite(
        HEADER,
        ids.map((id) => person(id, bytes)),
      ),
    ),

  /** Replaces everything, never to end: resolves when some of it is in the database. */
  startRewrite: (): Promise<void> =>
    new Promise((resolve, reject) => {
      const endless = async function* (): AsyncGenerator<StoredIdentity> {
        for (let i = 0; i < 2_500; i++) yield person(`late ${i}`);
        resolve();
        await new Promise(() => {});
      };
      opened().rewrite(HEADER, endless()).catch(reject);
    }),

  put: (ids: readonly string[], bytes?: number): Promise<string> =>
    Lab.outcomeOf(() => opened().write(ids.map((id) => ({ type: 'put', identity: person(id, bytes) })))),

  remove: (id: string): Promise<string> => Lab.outcomeOf(() => opened().write([{ type: 'remove', id }])),

  async ids(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { id } of opened().list()) ids.push(id);
    return ids;
  },

  /** The outcome of reading a person. */
  get: (id: string): Promise<string> => Lab.outcomeOf(() => opened().get(id)),

  deleteGallery: (name: string): Promise<void> => deleteIndexedDbGallery(name),

  /** Records in the database, whatever the store makes of them. */
  countRecords: (name: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open(`isoface-gallery:${name}`);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const { result: db } = request;
        const counting = db.transaction('identities').objectStore('identities').count();
        counting.onsuccess = () => {
          db.close();
          resolve(counting.result);
        };
      };
    }),
};

declare global {
  var galleryLab: typeof Lab;
}
globalThis.galleryLab = Lab;

/** The calls that a page knows. */
export type GalleryLab = typeof Lab;
