/** A gallery in memory: gone with the process, and the reference for stores that keep. */

import type { GalleryChange, GalleryHeader, GalleryStore, StoredIdentity } from '../ports/gallery-store.ts';
import { disposedStoreError, identityTwice } from './store-errors.ts';

/** Creates an empty store. */
export function createMemoryStore(): GalleryStore {
  let header: GalleryHeader | undefined;
  let identities = new Map<string, StoredIdentity>();
  let isClosed = false;
  const assertOpen = (): void => {
    if (isClosed) throw disposedStoreError('memory');
  };
  /** A copy: what the caller does with its bytes afterwards must not change the gallery. */
  const keep = (identity: StoredIdentity): StoredIdentity => ({
    id: identity.id,
    details: identity.details.slice(),
    templates: identity.templates.map(({ id, vector, details }) => ({ id, vector: vector.slice(), details: details.slice() })),
  });
  const apply = (change: GalleryChange): void => {
    const id = change.type === 'put' ? change.identity.id : change.id;
    const before = identities.get(id);
    if (before !== undefined) overwrite(before);
    if (change.type === 'put') identities.set(id, keep(change.identity));
    else identities.delete(id);
  };
  return {
    location: 'memory',
    readOnly: false,
    damage: [],
    async readHeader() {
      assertOpen();
      return header;
    },
    async *read({ signal } = {}) {
      assertOpen();
      for (const identity of [...identities.values()].map(keep)) {
        signal?.throwIfAborted();
        yield identity;
      }
    },
    async get(id) {
      assertOpen();
      const identity = identities.get(id);
      return identity && keep(identity);
    },
    async *list({ signal } = {}) {
      assertOpen();
      const rows = [...identities.values()].map(({ id, templates }) => ({ id, templates: templates.length }));
      for (const row of rows.sort((a, b) => compareIds(a.id, b.id))) {
        signal?.throwIfAborted();
        yield row;
      }
    },
    async write(changes) {
      assertOpen();
      changes.forEach(apply);
    },
    async rewrite(newHeader, source) {
      assertOpen();
      const next = new Map<string, StoredIdentity>();
      for await (const identity of source) {
        if (next.has(identity.id)) throw identityTwice(identity.id);
        next.set(identity.id, keep(identity));
      }
      for (const identity of identities.values()) overwrite(identity);
      header = newHeader;
      identities = next;
    },
    async stats() {
      assertOpen();
      let templates = 0;
      let bytes = 0;
      for (const identity of identities.values()) {
        templates += identity.templates.length;
        bytes += identity.details.length + identity.templates.reduce((sum, { vector, details }) => sum + vector.length + details.length, 0);
      }
      return { identities: identities.size, templates, bytes, reclaimableBytes: 0 };
    },
    async close() {
      isClosed = true;
      for (const identity of identities.values()) overwrite(identity);
      identities.clear();
    },
  };
}

/** Ascending by UTF-16 code units: the same order everywhere, whatever the language. */
export function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function overwrite({ details, templates }: StoredIdentity): void {
  details.fill(0);
  for (const template of templates) {
    template.vector.fill(0);
    template.details.fill(0);
  }
}
