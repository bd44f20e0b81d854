/** A small gallery for the tests of exports. */

import type { GalleryHeader, StoredIdentity } from '@isoface/core/gallery';
import { createRandom } from '../../../src/evaluation/random.ts';
import type { ByteSource, ExportFormat } from '../../../src/gallery/gallery.ts';
import { decodeExport, encodeExport, type GalleryExport } from '../../../src/gallery/transfer/gallery-export.ts';

export const FORMATS: readonly ExportFormat[] = ['binary', 'jsonl'];

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

export const SEALED_HEADER: GalleryHeader = {
  ...HEADER,
  encryption: { algorithm: 'AES-GCM-256', keyCheck: 'AAEC/+==' },
  transform: { algorithm: 'orthonormal-1', keyCheck: '/+==' },
};

/** An identity as the gallery keeps it: float32 numbers and JSON. */
export function person(id: string, templates = 1, facts: object = { metadata: { name: id } }): StoredIdentity {
  const random = createRandom(id.length + templates);
  return {
    id,
    details: toBytes(JSON.stringify(facts)),
    templates: Array.from({ length: templates }, (_, i) => ({
      id: i * 2 + 1,
      vector: toVectorBytes(Array.from({ length: HEADER.dimension }, () => random() - 0.5)),
      details: toBytes(JSON.stringify({ createdAtMs: 1_700_000_000_000 + i, photos: 1, source: 'straße 1.jpg' })),
    })),
  };
}

/** An identity of bytes that say nothing, as an encrypted gallery keeps it. */
export function sealed(id: string): StoredIdentity {
  const random = createRandom(id.length);
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random() * 256);
  return { id, details: bytes(41), templates: [{ id: 3, vector: bytes(46), details: bytes(29) }] };
}

export const PEOPLE: readonly StoredIdentity[] = [person('ada', 2), person('张伟 👩‍🚀'), person('__proto__', 3)];

export function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function toText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

export function toVectorBytes(numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(numbers.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of numbers.entries()) view.setFloat32(i * 4, value, true);
  return bytes;
}

export async function* stream<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

/** The whole export. */
export async function encodeAll(
  format: ExportFormat,
  people: readonly StoredIdentity[] = PEOPLE,
  header: GalleryHeader = HEADER,
): Promise<Uint8Array> {
  return join(await collect(encodeExport(format, header, stream(people))));
}

export async function decodeAll(bytes: ByteSource): Promise<Omit<GalleryExport, 'identities'> & { readonly people: StoredIdentity[] }> {
  const { identities, ...rest } = await decodeExport(bytes);
  return { ...rest, people: await collect(identities) };
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => {
    whole.set(part, at);
    return at + part.length;
  }, 0);
  return whole;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
