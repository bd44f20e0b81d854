/**
 * Reads frames from bytes that come in pieces of any size. Behind damaged bytes it looks for the next marker with an intact head; it never holds
 * more than one frame and one piece.
 */

import { type Crc32, computeCrc32 } from '../../checksum/crc32.ts';
import { FaceError } from '../../errors/face-error.ts';
import type { StoreDamage } from '../../ports/gallery-store.ts';
import {
  FORMAT_VERSION,
  FRAME_MARKER,
  type FrameHead,
  frameBytes,
  HEAD_BYTES,
  PREAMBLE_BYTES,
  readHead,
  readPreamble,
} from './frame-layout.ts';
import { type ExaminedFrame, examineFrame } from './frames.ts';
import { newerVersion } from './gallery-header.ts';
import { createSectorWatch, type SectorWatch } from './sector-watch.ts';

/** A frame that was found. */
export interface FoundFrame {
  readonly type: 'frame';
  /** First byte of it in the file. */
  readonly start: number;
  /** First byte behind it. */
  readonly end: number;
  readonly head: FrameHead;
  /** Id of a put frame, if it is intact; else empty. */
  readonly id: string;
  /** `erased`: everything behind the head is zeros. `damaged`: a checksum does not fit. */
  readonly state: 'good' | 'damaged' | 'erased';
  /** Whether a disk sector of it reads as zeros, though the frame is not good: after a power failure that is what was not written. */
  readonly hasUnwritten: boolean;
  /** All bytes of it, for `decodeFrame`: a view that the next `push` makes invalid. */
  readonly bytes: Uint8Array;
}

/** Bytes in which no frame begins. */
export interface FoundGap {
  /** `cut`: the data end inside a frame, or in zeros. `gap`: other bytes. */
  readonly type: 'gap' | 'cut';
  readonly start: number;
  readonly end: number;
  /** See {@link FoundFrame}. */
  readonly hasUnwritten: boolean;
}

/** What the reader tells, in the order of the bytes. Nothing overlaps, and nothing is left out but the first bytes of the file. */
export type FrameEvent = FoundFrame | FoundGap;

/** A reader of one file or stream. */
export interface FrameReader {
  /**
   * Takes the next bytes, which the caller may use again afterwards.
   *
   * @throws {FaceError} `GALLERY_DAMAGED` if the data do not begin as a gallery does, `GALLERY_UNSUPPORTED` for a newer version.
   */
  push(bytes: Uint8Array): FrameEvent[];
  /** Says that there are no more bytes. @throws {FaceError} as `push`. */
  finish(): FrameEvent[];
}

/** Bytes inside of damaged frames that are looked at again cost time: so many of them for free, and four for each byte before. */
const FREE_RESCAN_BYTES = 64 * 1024 * 1024;
/** A frame inside of which another one begins. */
const SHORTENED = { id: '', state: 'damaged' } as const;

/** Creates a reader. */
export function createFrameReader(crc32: Crc32 = computeCrc32): FrameReader {
  let buffer = new Uint8Array(0);
  /** The bytes that are not read yet: `buffer[from]` to `buffer[to - 1]`; the first of them is at `offset` of the file. */
  let from = 0;
  let to = 0;
  let offset = 0;
  let hasBegun = false;
  /** Set while the next head is looked for. */
  let gap: { readonly start: number; readonly watch: SectorWatch } | undefined;
  let rescannedBytes = 0;

  const append = (bytes: Uint8Array): void => {
    const held = to - from;
    if (buffer.length - to < bytes.length) {
      if (buffer.length >= held + bytes.length) buffer.copyWithin(0, from, to);
      else {
        const larger = new Uint8Array(Math.max(held + bytes.length, Math.min(2 * buffer.length, held * 2 + bytes.length)));
        larger.set(buffer.subarray(from, to));
        buffer = larger;
      }
      from = 0;
      to = held;
    }
    buffer.set(bytes, to);
    to += bytes.length;
  };
  const skip = (count: number): void => {
    from += count;
    offset += count;
  };

  /** Reads the first bytes of the file; false if more are needed. */
  const begin = (isLast: boolean, events: FrameEvent[]): boolean => {
    const held = to - from;
    if (held < PREAMBLE_BYTES + HEAD_BYTES && !isLast) return false;
    const preamble = readPreamble(buffer.subarray(from, to), crc32);
    const isFollowed = held >= PREAMBLE_BYTES + HEAD_BYTES && readHead(buffer, from + PREAMBLE_BYTES, crc32) !== undefined;
    if (typeof preamble === 'number' && preamble !== FORMAT_VERSION) throw newerVersion(preamble);
    if (preamble === 'foreign' && !isFollowed) throw notAGallery(held);
    const length = Math.min(PREAMBLE_BYTES, held);
    if (typeof preamble !== 'number') {
      events.push({ type: held < PREAMBLE_BYTES ? 'cut' : 'gap', start: 0, end: length, hasUnwritten: false });
    }
    skip(length);
    hasBegun = true;
    return true;
  };

  /** Looks for the next head; false if more bytes are needed, or none are left. */
  const search = (isLast: boolean, events: FrameEvent[]): boolean => {
    if (gap === undefined) return true;
    const found = findHead(buffer, from, to, crc32);
    const passed = found ?? Math.max(from, isLast ? to : to - HEAD_BYTES + 1);
    gap.watch.feed(buffer.subarray(from, passed));
    skip(passed - from);
    if (found === undefined && !isLast) return false;
    const { start, watch } = gap;
    gap = undefined;
    const isCut = found === undefined && watch.isZero();
    events.push({ type: isCut ? 'cut' : 'gap', start, end: offset, hasUnwritten: watch.hasUnwritten() });
    return found !== undefined;
  };

  const openGap = (): void => {
    gap = { start: offset, watch: createSectorWatch(offset) };
    gap.watch.feed(buffer.subarray(from, from + 1));
    skip(1);
  };

  const pushFrame = (
    head: FrameHead,
    bytes: Uint8Array,
    { id, state }: Pick<ExaminedFrame, 'id' | 'state'>,
    events: FrameEvent[],
  ): void => {
    const hasUnwritten = state === 'erased' || (state === 'damaged' && isUnwritten(bytes, offset));
    events.push({ type: 'frame', start: offset, end: offset + bytes.length, head, id, state, hasUnwritten, bytes });
    skip(bytes.length);
  };

  /** The next intact head that begins inside of a frame that is not what its own head says, as its place in `buffer`. */
  const findInside = (end: number): number | undefined => {
    rescannedBytes += end - from;
    if (rescannedBytes > FREE_RESCAN_BYTES + 4 * offset) return undefined;
    return findHead(buffer, from + HEAD_BYTES, Math.min(end + HEAD_BYTES - 1, to), crc32);
  };

  /** Reads one frame; false if more bytes are needed, or none are left. */
  const readFrame = (isLast: boolean, events: FrameEvent[]): boolean => {
    const held = to - from;
    if (held === 0) return false;
    if (held < HEAD_BYTES) {
      if (!isLast) return false;
      const rest = buffer.subarray(from, to);
      const isCut = rest.every((byte, i) => i >= FRAME_MARKER.length || byte === FRAME_MARKER[i]) || rest.every((byte) => byte === 0);
      events.push({ type: isCut ? 'cut' : 'gap', start: offset, end: offset + held, hasUnwritten: isUnwritten(rest, offset) });
      skip(held);
      return false;
    }
    const head = readHead(buffer, from, crc32);
    if (head === undefined) {
      openGap();
      return true;
    }
    const length = frameBytes(head);
    if (length > held) {
      if (!isLast) return false;
      const inside = findInside(to);
      if (inside !== undefined) {
        pushFrame(head, buffer.subarray(from, inside), SHORTENED, events);
        return true;
      }
      events.push({ type: 'cut', start: offset, end: offset + held, hasUnwritten: false });
      skip(held);
      return false;
    }
    const bytes = buffer.subarray(from, from + length);
    // The common case needs no look at what follows.
    const examined = examineFrame(bytes, head, crc32);
    if (examined.state === 'good') {
      pushFrame(head, bytes, examined, events);
      return true;
    }
    // Bytes may be missing in this frame: then the next one begins inside of what looks like this one.
    const isEnd = length === held;
    if (held < length + HEAD_BYTES && !isLast) return false;
    const isFollowed = isEnd || (held >= length + HEAD_BYTES && readHead(buffer, from + length, crc32) !== undefined);
    const inside = isFollowed ? undefined : findInside(from + length);
    if (inside === undefined) pushFrame(head, bytes, examined, events);
    else pushFrame(head, buffer.subarray(from, inside), SHORTENED, events);
    return true;
  };

  const drain = (isLast: boolean): FrameEvent[] => {
    const events: FrameEvent[] = [];
    if (!hasBegun && !begin(isLast, events)) return events;
    while (gap === undefined ? readFrame(isLast, events) : search(isLast, events));
    return events;
  };

  return {
    push(bytes) {
      append(bytes);
      return drain(false);
    },
    finish: () => drain(true),
  };
}

/** Describes bytes from `start` to the one before `end`, as stores say it. */
export function describeBytes(start: number, end: number): string {
  return end - start <= 1 ? `byte ${start}` : `bytes ${start} to ${end - 1}`;
}

/** Describes an event that is no good frame. */
export function describeDamage(event: FrameEvent): StoreDamage {
  const where = describeBytes(event.start, event.end);
  if (event.type !== 'frame') {
    const message = event.type === 'cut' ? 'The data end in the middle of something.' : 'These bytes are not what was written.';
    return { where, message };
  }
  const { head, id, state } = event;
  const what = head.kind === 'put' ? 'the data of one identity' : head.kind === 'end' ? 'the end' : `the ${head.kind}`;
  const how = state === 'erased' ? 'were overwritten with zeros' : 'are not what was written: a checksum does not fit';
  return { where, message: `These bytes, ${what}, ${how}.`, ...(id !== '' && { identity: id }) };
}

function isUnwritten(bytes: Uint8Array, offset: number): boolean {
  const watch = createSectorWatch(offset);
  watch.feed(bytes);
  return watch.hasUnwritten();
}

function findHead(bytes: Uint8Array, from: number, to: number, crc32: Crc32): number | undefined {
  const first = FRAME_MARKER[0] as number;
  for (let at = bytes.indexOf(first, from); at !== -1 && at + HEAD_BYTES <= to; at = bytes.indexOf(first, at + 1)) {
    if (readHead(bytes, at, crc32) !== undefined) return at;
  }
  return undefined;
}

function notAGallery(length: number): FaceError {
  const got = length === 0 ? 'no bytes at all' : 'bytes that begin otherwise';
  const message = `Expected a gallery file or export of isoface, got ${got}: it is not a gallery file; check the path, or restore it from a copy.`;
  return new FaceError('GALLERY_DAMAGED', message, { where: 'byte 0' });
}
