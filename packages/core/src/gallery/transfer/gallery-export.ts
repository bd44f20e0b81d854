/** Exports: a gallery as bytes, and back. */

import { FaceError } from '../../errors/face-error.ts';
import type { GalleryHeader, StoredIdentity } from '../../ports/gallery-store.ts';
import { FILE_MAGIC } from '../format/frame-layout.ts';
import type { ByteSource, ExportFormat } from '../gallery.ts';
import { decodeBinary, encodeBinary } from './binary-export.ts';
import { checkIdentities } from './check-identities.ts';
import { decodeJsonLines, encodeJsonLines, JSON_LINES_START } from './json-lines.ts';
import { type PeekedBytes, peekBytes } from './peek-bytes.ts';
import { RECOGNIZED_BYTES, recognizeBytes } from './recognize-bytes.ts';

/** An export that is being read. */
export interface GalleryExport {
  readonly format: ExportFormat;
  readonly header: GalleryHeader;
  /**
   * Once. Ends only if everything was there: throws `GALLERY_DAMAGED` for a checksum that does not fit, a missing end or an identity that comes
   * twice, so nothing may be kept before it has ended. `details` of the error tell the `line` or the `byte`.
   */
  readonly identities: AsyncIterable<StoredIdentity>;
}

/**
 * Encodes a gallery. Identities are encoded as they come, one at a time.
 *
 * @throws {FaceError} `INVALID_OPTION` for an unknown format, or an identity beyond the limits of the format.
 */
export function encodeExport(
  format: ExportFormat,
  header: GalleryHeader,
  identities: AsyncIterable<StoredIdentity>,
): AsyncGenerator<Uint8Array> {
  switch (format) {
    case 'binary':
      return encodeBinary(header, identities);
    case 'jsonl':
      return encodeJsonLines(header, identities);
    default:
      throw new FaceError('INVALID_OPTION', `Expected the format 'binary' or 'jsonl', got ${JSON.stringify(format)}.`, {
        option: 'format',
        value: format,
      });
  }
}

/**
 * Reads an export; the format is recognised by its first bytes.
 *
 * @throws {FaceError} `GALLERY_DAMAGED` if the bytes are no export; `GALLERY_UNSUPPORTED` for a newer version.
 */
export async function decodeExport(bytes: ByteSource): Promise<GalleryExport> {
  const peeked = await peekBytes(bytes, RECOGNIZED_BYTES);
  const format = recognizeExport(peeked.head);
  if (format === undefined) {
    await peeked.close();
    throw foreignBytes(peeked.head);
  }
  return openExport(format, peeked);
}

/** Format of the export that begins with these bytes, if it is one. */
export function recognizeExport(head: Uint8Array): ExportFormat | undefined {
  if (FILE_MAGIC.every((byte, i) => head[i] === byte)) return 'binary';
  const text = String.fromCharCode(...head.subarray(0, JSON_LINES_START.length + 3));
  return text.replace(/^\xef\xbb\xbf/, '').startsWith(JSON_LINES_START) ? 'jsonl' : undefined;
}

/** Goes on with an export whose format was recognised. */
export async function openExport(format: ExportFormat, { bytes }: PeekedBytes): Promise<GalleryExport> {
  const { header, identities } = await (format === 'binary' ? decodeBinary(bytes) : decodeJsonLines(bytes));
  return { format, header, identities: checkIdentities(header, identities) };
}

/** For bytes of another kind; says which, as far as the first of them tell. */
export function foreignBytes(head: Uint8Array): FaceError {
  const looksLike = recognizeBytes(head);
  const message = `Expected an export of a gallery (binary or JSON lines), got what looks like ${looksLike}.`;
  return new FaceError('GALLERY_DAMAGED', message, { looksLike });
}
