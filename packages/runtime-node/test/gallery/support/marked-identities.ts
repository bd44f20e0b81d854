/** Identities whose bytes tell which version of whom they are, wherever they turn up. */

import type { GalleryHeader, StoredIdentity } from '@isoface/core/gallery';

export const HEADER: GalleryHeader = {
  formatVersion: 1,
  galleryId: '0123456789abcdef0123456789abcdef',
  contract: 'c'.repeat(64),
  dimension: 16,
  metric: 'cosine',
  normalization: 'l2',
  pack: 'test',
  createdAtMs: 1_700_000_000_000,
};

const VECTOR_BYTES = 64;

/** A person with one template. Every eight bytes of it name the version, as `<V0000012`. */
export function createMarked(id: string, version: number, bytes: number = VECTOR_BYTES): StoredIdentity {
  const part = toMark('V', version, bytes);
  return { id, details: toMark('D', version, 48), templates: [{ id: 1, vector: part, details: toMark('T', version, 24) }] };
}

/** The version of an identity, checked to the last byte. */
export function versionOf({ id, details, templates }: StoredIdentity): number {
  const version = Number(Buffer.from(details.subarray(2, 8)).toString('latin1'));
  const [template] = templates;
  const expected = createMarked(id, version, template?.vector.length);
  const isSame =
    templates.length === 1 &&
    Buffer.compare(details, expected.details) === 0 &&
    Buffer.compare(template?.vector ?? details, expected.templates[0]?.vector ?? details) === 0 &&
    Buffer.compare(template?.details ?? details, expected.templates[0]?.details ?? details) === 0;
  if (!isSame) throw new Error(`Expected version ${version} of ${id}, got other bytes.`);
  return version;
}

/** All versions of which bytes are in `raw`. */
export function findVersions(raw: Uint8Array): Set<number> {
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1');
  return new Set([...text.matchAll(/[VDT](\d{6})</g)].map((match) => Number(match[1])));
}

function toMark(kind: string, version: number, bytes: number): Uint8Array {
  const mark = `<${kind}${String(version).padStart(6, '0')}`;
  return new Uint8Array(Buffer.from(`${mark.repeat(Math.ceil(bytes / mark.length)).slice(0, bytes - 1)}<`, 'latin1'));
}
