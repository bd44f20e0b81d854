/** Exports: a gallery as bytes, and back. */

import type { GalleryHeader, StoredIdentity } from '../../ports/gallery-store.ts';
import type { ByteSource, ExportFormat } from '../gallery.ts';

/** An export that is being read. */
export interface GalleryExport {
  readonly format: ExportFormat;
  readonly header: GalleryHeader;
  /**
   * Once. Ends only if everything was there: throws `GALLERY_DAMAGED` for a checksum that does not fit, a missing end or an identity that comes
   * twice, so nothing may be kept before it has ended.
   */
  readonly identities: AsyncIterable<StoredIdentity>;
}

/** Encodes a gallery. Identities are encoded as they come, one at a time. */
export async function* encodeExport(
  _format: ExportFormat,
  _header: GalleryHeader,
  _identities: AsyncIterable<StoredIdentity>,
): AsyncGenerator<Uint8Array> {
  yield* [];
  throw new Error('Not written yet.');
}

/**
 * Reads an export; the format is recognised by its first bytes.
 *
 * @throws {FaceError} `GALLERY_DAMAGED` if the bytes are no export; `GALLERY_UNSUPPORTED` for a newer version.
 */
export async function decodeExport(_bytes: ByteSource): Promise<GalleryExport> {
  throw new Error('Not written yet.');
}
