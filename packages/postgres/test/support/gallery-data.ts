/** Headers and people for tests. */

import type { GalleryHeader, StoredIdentity } from '@isoface/core/gallery';

/** A gallery of four numbers, as they are. */
export const HEADER: GalleryHeader = {
  formatVersion: 1,
  galleryId: '00112233445566778899aabbccddeeff',
  contract: 'c'.repeat(64),
  dimension: 4,
  metric: 'cosine',
  normalization: 'l2',
  pack: 'test',
  createdAtMs: 1_700_000_000_000,
};

/** The same, sealed. */
export const SEALED: GalleryHeader = { ...HEADER, encryption: { algorithm: 'AES-GCM-256', keyCheck: 'AAEC' } };

/** A person with one template for each list of numbers. */
export function person(id: string, ...vectors: readonly number[][]): StoredIdentity {
  return {
    id,
    details: toBytes(`person ${id}`),
    templates: vectors.map((vector, i) => ({
      id: i + 1,
      vector: new Uint8Array(Float32Array.from(vector).buffer),
      details: toBytes(`photo ${i + 1} of ${id}`),
    })),
  };
}

/** UTF-8. */
export function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** All items of an iteration. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
