/** What every identity of an export must be, whatever the format. */

import { assertUsableVector } from '../../embed/embedding.ts';
import type { GalleryHeader, StoredIdentity } from '../../ports/gallery-store.ts';
import { assertStorableIdentity } from '../format/identity-payload.ts';
import { assertIdentityId } from '../identity-id.ts';
import { checkAt, damagedExport, type ExportPlace } from './damaged-export.ts';

/** An identity and where it was found. */
export interface PlacedIdentity {
  readonly identity: StoredIdentity;
  readonly place: ExportPlace;
}

/** An export whose header was read. */
export interface OpenExport {
  readonly header: GalleryHeader;
  readonly identities: AsyncGenerator<PlacedIdentity>;
}

/** Largest id of a template: an index keeps them as 32-bit numbers. */
const MAX_TEMPLATE_ID = 2 ** 31 - 1;

/**
 * Passes on the identities of an export.
 *
 * @throws {FaceError} `GALLERY_DAMAGED` for one that comes twice or could not have been exported.
 */
export async function* checkIdentities(header: GalleryHeader, found: AsyncIterable<PlacedIdentity>): AsyncGenerator<StoredIdentity> {
  const seen = new Set<string>();
  for await (const { identity, place } of found) {
    checkAt(place, () => {
      assertIdentityId(identity.id);
      assertStorableIdentity(identity);
    });
    const name = JSON.stringify(identity.id);
    if (seen.has(identity.id)) throw damagedExport(`expected every identity once, got ${name} twice`, place);
    seen.add(identity.id);
    const fault = findFault(identity, header);
    if (fault !== undefined) throw damagedExport(`${fault} of ${name}`, place);
    yield identity;
  }
}

function findFault({ templates }: StoredIdentity, { dimension, encryption }: GalleryHeader): string | undefined {
  const last = templates[templates.length - 1];
  if (last !== undefined && last.id > MAX_TEMPLATE_ID) return `expected a number up to ${MAX_TEMPLATE_ID}, got ${last.id} as a template`;
  // What is sealed can be judged only with the key, by whoever opens it.
  if (encryption !== undefined) return undefined;
  for (const { id, vector } of templates) {
    if (vector.length !== dimension * 4) return `expected ${dimension * 4} bytes of numbers, got ${vector.length} in template ${id}`;
    if (!isUsable(vector)) return `expected finite numbers that are not all zero, got others in template ${id}`;
  }
  return undefined;
}

function isUsable(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const vector = new Float32Array(bytes.length / 4);
  for (let i = 0; i < vector.length; i++) vector[i] = view.getFloat32(i * 4, true);
  try {
    assertUsableVector(vector);
    return true;
  } catch {
    return false;
  }
}
