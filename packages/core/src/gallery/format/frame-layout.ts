/**
 * The bytes of gallery files and exports. All numbers are little endian, all checksums CRC-32.
 *
 * A file begins with 16 bytes:
 *
 * | bytes | content |
 * | --- | --- |
 * | 8 | `89 69 73 6F 67 61 6C 0A` (`\x89isogal\n`) |
 * | 4 | version of the format, 1 |
 * | 4 | checksum of the 12 bytes before |
 *
 * and goes on with frames:
 *
 * | at | bytes | content |
 * | --- | --- | --- |
 * | 0 | 4 | marker `FF 69 73 66` (`\xFFisf`), by which the next frame is found behind damaged bytes |
 * | 4 | 1 | kind: 1 header, 2 put, 3 remove, 4 end |
 * | 5 | 1 | 0 |
 * | 6 | 2 | I: bytes of the id |
 * | 8 | 4 | P: bytes of the payload |
 * | 12 | 4 | templates of a put, else 0 |
 * | 16 | 4 | preceding: frames of the same change that come before |
 * | 20 | 4 | remaining: frames of the same change that follow |
 * | 24 | 8 | sequence: 1, 2, 3 … for the frames of changes, 0 for all others |
 * | 32 | 8 | replaces: where the frame begins that this one makes obsolete, or 0 |
 * | 40 | 4 | checksum of the 40 bytes before |
 * | 44 | I | id of a put, UTF-8 |
 * | 44 + I | 4 | checksum of the id |
 * | 48 + I | P | payload |
 * | 48 + I + P | 4 | checksum of the payload |
 *
 * The checksums of id and payload continue that of the head, so that they hold in their own frame only. Everything behind the head is overwritten
 * with zeros when the frame has become obsolete.
 */

import type { Crc32 } from '../../checksum/crc32.ts';

/** Version that is written, and the only one that is read. */
export const FORMAT_VERSION = 1;
/** First bytes of every gallery file and binary export. */
export const FILE_MAGIC: readonly number[] = [0x89, 0x69, 0x73, 0x6f, 0x67, 0x61, 0x6c, 0x0a];
/** Bytes before the first frame. */
export const PREAMBLE_BYTES = 16;
/** First bytes of a frame. The first of them occurs in no text in UTF-8. */
export const FRAME_MARKER: readonly number[] = [0xff, 0x69, 0x73, 0x66];
/** Bytes of a frame before the id. */
export const HEAD_BYTES = 44;
/** Bytes of a checksum. */
export const CHECKSUM_BYTES = 4;

/** What a reader takes at most; a writer refuses the rest. Sealing adds some bytes to what the gallery allows. */
export const FORMAT_LIMITS = {
  /** 256 UTF-16 code units. */
  idBytes: 768,
  /** 64 KiB of metadata, what the gallery adds, and sealing. */
  detailBytes: 68 * 1024,
  templates: 10_000,
  dimension: 4_096,
  /** 4,096 numbers, sealed. */
  vectorBytes: 4 * 4_096 + 256,
  headerBytes: 64 * 1024,
} as const;

/** Most bytes that a payload may have. */
const MAX_PAYLOAD_BYTES =
  8 + FORMAT_LIMITS.detailBytes + FORMAT_LIMITS.templates * (12 + FORMAT_LIMITS.vectorBytes + FORMAT_LIMITS.detailBytes);

/** Kinds of frames, as they are numbered. */
export const FRAME_KINDS = ['header', 'put', 'remove', 'end'] as const;

/** One of {@link FRAME_KINDS}. */
export type FrameKind = (typeof FRAME_KINDS)[number];

/** Where a frame stands among others. */
export interface FramePlace {
  /** Frames of the same change that come before. @defaultValue 0 */
  readonly preceding?: number | undefined;
  /** Frames of the same change that follow. A change counts only if its last frame (0) is there. @defaultValue 0 */
  readonly remaining?: number | undefined;
  /** 1, 2, 3 … for the frames of changes. @defaultValue 0: the frame is part of what an end frame completes */
  readonly sequence?: number | undefined;
  /** Where the frame begins that this one makes obsolete. @defaultValue 0: none */
  readonly replaces?: number | undefined;
}

/** The first bytes of a frame, decoded. */
export interface FrameHead {
  readonly kind: FrameKind;
  readonly idBytes: number;
  readonly payloadBytes: number;
  readonly templates: number;
  readonly preceding: number;
  readonly remaining: number;
  readonly sequence: number;
  readonly replaces: number;
  /** Of the head; those of id and payload continue it. */
  readonly checksum: number;
}

/** Bytes of the whole frame. */
export function frameBytes({ idBytes, payloadBytes }: Pick<FrameHead, 'idBytes' | 'payloadBytes'>): number {
  return HEAD_BYTES + idBytes + CHECKSUM_BYTES + payloadBytes + CHECKSUM_BYTES;
}

/** Writes a head at the beginning of `view` and returns its checksum. */
export function writeHead(bytes: Uint8Array, view: DataView, head: Omit<FrameHead, 'checksum'>, crc32: Crc32): number {
  bytes.set(FRAME_MARKER);
  view.setUint8(4, FRAME_KINDS.indexOf(head.kind) + 1);
  view.setUint16(6, head.idBytes, true);
  view.setUint32(8, head.payloadBytes, true);
  view.setUint32(12, head.templates, true);
  view.setUint32(16, head.preceding, true);
  view.setUint32(20, head.remaining, true);
  writeUint53(view, 24, head.sequence);
  writeUint53(view, 32, head.replaces);
  const checksum = crc32(bytes.subarray(0, HEAD_BYTES - CHECKSUM_BYTES));
  view.setUint32(HEAD_BYTES - CHECKSUM_BYTES, checksum, true);
  return checksum;
}

/** Decodes the head at `at`, or gives `undefined` if there is none that is intact. At least `HEAD_BYTES` must be there. */
export function readHead(bytes: Uint8Array, at: number, crc32: Crc32): FrameHead | undefined {
  for (let i = 0; i < FRAME_MARKER.length; i++) if (bytes[at + i] !== FRAME_MARKER[i]) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEAD_BYTES);
  const checksum = view.getUint32(HEAD_BYTES - CHECKSUM_BYTES, true);
  if (crc32(bytes.subarray(at, at + HEAD_BYTES - CHECKSUM_BYTES)) !== checksum) return undefined;
  const kind = FRAME_KINDS[view.getUint8(4) - 1];
  const idBytes = view.getUint16(6, true);
  const payloadBytes = view.getUint32(8, true);
  const templates = view.getUint32(12, true);
  const preceding = view.getUint32(16, true);
  const remaining = view.getUint32(20, true);
  const sequence = readUint53(view, 24);
  const replaces = readUint53(view, 32);
  const isGood =
    kind !== undefined &&
    view.getUint8(5) === 0 &&
    idBytes <= FORMAT_LIMITS.idBytes &&
    payloadBytes <= MAX_PAYLOAD_BYTES &&
    templates <= FORMAT_LIMITS.templates &&
    Number.isSafeInteger(sequence) &&
    Number.isSafeInteger(replaces);
  return isGood ? { kind, idBytes, payloadBytes, templates, preceding, remaining, sequence, replaces, checksum } : undefined;
}

/** The first bytes of a file. */
export function encodePreamble(crc32: Crc32): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PREAMBLE_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(FILE_MAGIC);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, crc32(bytes.subarray(0, 12)), true);
  return bytes;
}

/** The version that the first bytes of a file tell, or what is wrong with them: other bytes altogether, or damaged ones. */
export function readPreamble(bytes: Uint8Array, crc32: Crc32): number | 'foreign' | 'damaged' {
  if (!FILE_MAGIC.every((byte, i) => bytes[i] === byte)) return 'foreign';
  if (bytes.length < PREAMBLE_BYTES) return 'damaged';
  const view = new DataView(bytes.buffer, bytes.byteOffset, PREAMBLE_BYTES);
  return view.getUint32(12, true) === crc32(bytes.subarray(0, 12)) ? view.getUint32(8, true) : 'damaged';
}

function writeUint53(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % 0x1_0000_0000, true);
  view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true);
}

function readUint53(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
}
