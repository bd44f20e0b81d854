/** The binary format of gallery files and exports: a row of frames, each with its own checksums. `frame-layout.ts` has the tables. */

import { type Crc32, computeCrc32 } from '../../checksum/crc32.ts';
import { FaceError } from '../../errors/face-error.ts';
import type { GalleryHeader, StoredIdentity } from '../../ports/gallery-store.ts';
import {
  CHECKSUM_BYTES,
  encodePreamble,
  FORMAT_LIMITS,
  type FrameHead,
  type FramePlace,
  frameBytes,
  HEAD_BYTES,
  PREAMBLE_BYTES,
  readHead,
  writeHead,
} from './frame-layout.ts';
import { parseGalleryHeader } from './gallery-header.ts';
import { assertStorableIdentity, countPayloadBytes, decodeIdentityPayload, writeIdentityPayload } from './identity-payload.ts';

/** One frame, decoded. */
export type Frame =
  /** First of a file; encoded together with the first bytes of the file. */
  | { readonly kind: 'header'; readonly header: GalleryHeader }
  | { readonly kind: 'put'; readonly identity: StoredIdentity }
  /** Removes the identity whose frame it `replaces`: it says no name, for a name that was removed should not stay. */
  | { readonly kind: 'remove' }
  /** Closes an export or a rewritten file: what came before it is complete. The header comes again, for the first one may be damaged. */
  | { readonly kind: 'end'; readonly identities: number; readonly header?: GalleryHeader | undefined };

/**
 * Encodes a frame. That of the header begins with the first bytes of a file.
 *
 * @throws {FaceError} `INVALID_OPTION` for an identity beyond the limits of the format; as `parseGalleryHeader` for a header.
 */
export function encodeFrame(frame: Frame, place: FramePlace = {}, crc32: Crc32 = computeCrc32): Uint8Array<ArrayBuffer> {
  if (frame.kind === 'header') {
    const encoded = encodeParts(frame.kind, '', place, crc32, toPayload({ header: parseGalleryHeader(frame.header) }));
    const bytes = new Uint8Array(PREAMBLE_BYTES + encoded.length);
    bytes.set(encodePreamble(crc32));
    bytes.set(encoded, PREAMBLE_BYTES);
    return bytes;
  }
  if (frame.kind === 'remove') return encodeParts(frame.kind, '', place, crc32, new Uint8Array());
  if (frame.kind === 'put') return encodeParts(frame.kind, frame.identity.id, place, crc32, frame.identity);
  const { identities, header } = frame;
  return encodeParts(frame.kind, '', place, crc32, toPayload({ identities, ...(header && { header: parseGalleryHeader(header) }) }));
}

/** A frame and what became of its parts. */
export interface ExaminedFrame {
  readonly head: FrameHead;
  /** Id of a put frame, if it is intact; else empty. */
  readonly id: string;
  /** `erased`: everything behind the head was overwritten with zeros, as it is done with what is obsolete. */
  readonly state: 'good' | 'damaged' | 'erased';
  readonly payload: Uint8Array;
}

/** Checks the whole frame whose head is known. The payload is a view. */
export function examineFrame(bytes: Uint8Array, head: FrameHead, crc32: Crc32 = computeCrc32): ExaminedFrame {
  const idEnd = HEAD_BYTES + head.idBytes;
  const payloadStart = idEnd + CHECKSUM_BYTES;
  const payloadEnd = payloadStart + head.payloadBytes;
  const payload = bytes.subarray(payloadStart, payloadEnd);
  const idPart = bytes.subarray(HEAD_BYTES, idEnd);
  const id = crc32(idPart, head.checksum) === readUint32(bytes, idEnd) ? decodeId(idPart) : undefined;
  if (id !== undefined && crc32(payload, head.checksum) === readUint32(bytes, payloadEnd)) return { head, id, state: 'good', payload };
  return { head, id: id ?? '', state: isZero(bytes, HEAD_BYTES) ? 'erased' : 'damaged', payload };
}

/**
 * Decodes the frame that `bytes` are, without the first bytes of a file. What it gives are copies.
 *
 * @throws {FaceError} `GALLERY_DAMAGED` if a checksum or a length does not fit; as `parseGalleryHeader` for a header.
 */
export function decodeFrame(bytes: Uint8Array, crc32: Crc32 = computeCrc32): Frame {
  const head = bytes.length >= HEAD_BYTES ? readHead(bytes, 0, crc32) : undefined;
  if (head === undefined || frameBytes(head) !== bytes.length) {
    throw new FaceError('GALLERY_DAMAGED', `Expected the ${bytes.length} bytes of one frame, got others; restore the data from a copy.`);
  }
  const examined = examineFrame(bytes, head, crc32);
  if (examined.state !== 'good') {
    const whose = examined.id === '' ? {} : { identity: examined.id };
    const message = `Expected a ${head.kind} frame whose checksums fit, got ${examined.state} bytes; restore the data from a copy.`;
    throw new FaceError('GALLERY_DAMAGED', message, whose);
  }
  return decodeExamined(examined);
}

/**
 * Decodes a frame that was found good.
 *
 * @throws {FaceError} `GALLERY_DAMAGED` if what the checksums protect was never right.
 */
export function decodeExamined({ head, id, payload }: ExaminedFrame): Frame {
  switch (head.kind) {
    case 'put': {
      const identity = decodeIdentityPayload(id, payload);
      if (id === '' || identity.templates.length !== head.templates) throw malformed('put');
      return { kind: 'put', identity };
    }
    case 'remove':
      return { kind: 'remove' };
    case 'header':
      return { kind: 'header', header: parseGalleryHeader(fromPayload(payload, 'header')['header']) };
    case 'end': {
      const { identities, header } = fromPayload(payload, 'end');
      if (typeof identities !== 'number' || !Number.isSafeInteger(identities) || identities < 0) throw malformed('end');
      return { kind: 'end', identities, ...(header !== undefined && { header: parseGalleryHeader(header) }) };
    }
  }
}

function encodeParts(
  kind: Frame['kind'],
  id: string,
  { preceding = 0, remaining = 0, sequence = 0, replaces = 0 }: FramePlace,
  crc32: Crc32,
  content: Uint8Array | StoredIdentity,
): Uint8Array<ArrayBuffer> {
  const isPlain = content instanceof Uint8Array;
  if (!isPlain) assertStorableIdentity(content);
  const idPart = encodeId(id, kind === 'put');
  const payloadBytes = isPlain ? content.length : countPayloadBytes(content);
  const templates = isPlain ? 0 : content.templates.length;
  const head = { kind, idBytes: idPart.length, payloadBytes, templates, preceding, remaining, sequence, replaces };
  const bytes = new Uint8Array(frameBytes(head));
  const view = new DataView(bytes.buffer);
  const checksum = writeHead(bytes, view, head, crc32);
  const idEnd = HEAD_BYTES + idPart.length;
  const payloadStart = idEnd + CHECKSUM_BYTES;
  const payloadEnd = payloadStart + payloadBytes;
  bytes.set(idPart, HEAD_BYTES);
  view.setUint32(idEnd, crc32(idPart, checksum), true);
  if (isPlain) bytes.set(content, payloadStart);
  else writeIdentityPayload(bytes, view, payloadStart, content);
  view.setUint32(payloadEnd, crc32(bytes.subarray(payloadStart, payloadEnd), checksum), true);
  return bytes;
}

function encodeId(id: string, isNeeded: boolean): Uint8Array {
  const bytes = new TextEncoder().encode(id);
  // A half of a surrogate pair becomes another character: the id would not be the same when it is read.
  if (bytes.length <= FORMAT_LIMITS.idBytes && (bytes.length > 0 || !isNeeded) && decodeId(bytes) === id) return bytes;
  const message = `Expected an id of 1 to 256 characters that can be written as UTF-8, got ${JSON.stringify(id.slice(0, 300))}.`;
  throw new FaceError('INVALID_OPTION', message, { option: 'id' });
}

function decodeId(bytes: Uint8Array): string | undefined {
  let text = '';
  // Ids are short, and most are ASCII: faster than a decoder of the platform, which counts with a million of them.
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80) return decodeUtf8(bytes);
    text += String.fromCharCode(byte);
  }
  return text;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function toPayload(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function fromPayload(payload: Uint8Array, kind: string): Readonly<Record<string, unknown>> {
  if (payload.length <= FORMAT_LIMITS.headerBytes) {
    try {
      const value: unknown = JSON.parse(decodeUtf8(payload) ?? '');
      if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
    } catch {
      // Told below.
    }
  }
  throw malformed(kind);
}

function malformed(kind: string): FaceError {
  const message = `Expected a ${kind} frame as isoface writes it, got another content under a right checksum; restore the data from a copy.`;
  return new FaceError('GALLERY_DAMAGED', message, { kind });
}

function readUint32(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
  return (low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0;
}

function isZero(bytes: Uint8Array, start: number): boolean {
  for (let i = start; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
