/** Tells apart what can be imported. */

import { FaceError } from '../../errors/face-error.ts';
import type { ByteSource } from '../gallery.ts';
import { decodeFaceApiDescriptors, type LabeledDescriptors } from './face-api-descriptors.ts';
import { foreignBytes, type GalleryExport, openExport, recognizeExport } from './gallery-export.ts';
import { joinBytes, peekBytes } from './peek-bytes.ts';
import { RECOGNIZED_BYTES } from './recognize-bytes.ts';

/** Bytes that can be imported, recognised. */
export type DetectedImport =
  | { readonly kind: 'export'; readonly export: GalleryExport }
  | { readonly kind: 'faceApi'; readonly people: readonly LabeledDescriptors[] };

/** JSON of face-api.js is parsed as a whole, which takes several times its size in memory: enough for some 90,000 descriptors. */
const MAX_JSON_BYTES = 256 * 1024 * 1024;

/**
 * Reads an export, or the JSON of face-api.js.
 *
 * @throws {FaceError} `GALLERY_DAMAGED` if the bytes are neither, or damaged; `GALLERY_UNSUPPORTED` for a newer version.
 */
export async function detectImport(bytes: ByteSource): Promise<DetectedImport> {
  const peeked = await peekBytes(bytes, RECOGNIZED_BYTES);
  const format = recognizeExport(peeked.head);
  if (format !== undefined) return { kind: 'export', export: await openExport(format, peeked) };
  if (!looksLikeJson(peeked.head)) {
    await peeked.close();
    throw foreignBytes(peeked.head);
  }
  const people = decodeFaceApiDescriptors(parseJson(await readAll(peeked.bytes)));
  if (people === undefined) throw foreignBytes(peeked.head);
  return { kind: 'faceApi', people };
}

function looksLikeJson(head: Uint8Array): boolean {
  return /^(\xef\xbb\xbf)?[ \t\r\n]*[[{]/.test(String.fromCharCode(...head));
}

async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  for await (const piece of bytes) {
    total += piece.length;
    if (total > MAX_JSON_BYTES) {
      const message = `Expected at most ${MAX_JSON_BYTES} bytes of JSON, got more; import the people in several parts.`;
      throw new FaceError('GALLERY_DAMAGED', message, { maxBytes: MAX_JSON_BYTES });
    }
    pieces.push(piece.slice());
  }
  return joinBytes(pieces);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `Expected an export of a gallery or JSON of face-api.js, got JSON that is cut off or damaged: ${why}.`;
    throw new FaceError('GALLERY_DAMAGED', message, {}, { cause });
  }
}
