/** What a gallery file holds: the frames of its base and of the changes after it, played in their order. */

import { FaceError } from '@isoface/core';
import {
  decodeFrame,
  describeBytes,
  describeDamage,
  type FoundFrame,
  type FoundGap,
  type FrameEvent,
  type GalleryHeader,
  HEAD_BYTES,
  type StoreDamage,
} from '@isoface/core/gallery';
import { createIdentityTable, type FrameRange, type IdentityTable } from './file-store-table.ts';

/** Damage and the bytes it is in. */
export interface FileDamage extends StoreDamage {
  readonly start: number;
  readonly end: number;
}

/** A gallery file, understood. */
export interface ScannedFile {
  readonly header: GalleryHeader;
  readonly table: IdentityTable;
  readonly damage: readonly FileDamage[];
  /** Damaged frames whose identity is known: a change may replace or remove them. */
  readonly damagedIdentities: ReadonlyMap<string, FrameRange>;
  /** Frames that were replaced or removed, but not yet overwritten: the process was ended in between. */
  readonly unerased: readonly FrameRange[];
  /** What comes behind was never acknowledged. */
  readonly validBytes: number;
  /** Sequence of the last frame of a change, or 0. */
  readonly sequence: number;
  /** Bytes of frames that are needed beside those of identities. */
  readonly frameworkBytes: number;
}

/** Plays the events of one file. */
export interface FileScan {
  take(event: FrameEvent): void;
  /** @throws {FaceError} `GALLERY_DAMAGED` if there is no header. */
  finish(fileBytes: number): ScannedFile;
}

/** A frame without its bytes. */
type PlayedFrame = Omit<FoundFrame, 'bytes'>;

/** Starts a scan. */
export function createFileScan(): FileScan {
  const table = createIdentityTable();
  const damage: FileDamage[] = [];
  /** Put frames that cannot be read and are not known to be obsolete, by their start. */
  const unreadable = new Map<number, PlayedFrame>();
  const unerased: FrameRange[] = [];
  let header: GalleryHeader | undefined;
  let frameworkBytes = 0;
  let basePuts = 0;
  let end: { readonly identities: number } | undefined;
  let isInLog = false;
  /** Of the last change that was applied. */
  let sequence = 0;
  /** Frames of the last change, not applied yet: if it is also the last one of the file, it may be torn. */
  let change: PlayedFrame[] = [];
  /** Where frames of that change should be, and a disk sector was not written instead. */
  let hole: FoundGap | undefined;
  let lastGap: FoundGap | undefined;

  const addDamage = (event: FrameEvent, told: Partial<StoreDamage> = {}): void => {
    damage.push({ ...describeDamage(event), ...told, start: event.start, end: event.end });
  };

  /** Marks a frame as obsolete; gives the id that it had. */
  const retire = (start: number): string | undefined => {
    const frame = unreadable.get(start);
    if (frame !== undefined) {
      unreadable.delete(start);
      if (frame.state !== 'erased') unerased.push(toRange(frame));
      return frame.id === '' ? undefined : frame.id;
    }
    const id = table.idAt(start);
    const range = id === undefined ? undefined : table.remove(id);
    if (range !== undefined) unerased.push(range);
    return id;
  };

  const put = (frame: PlayedFrame, knownId = ''): void => {
    const id = frame.id === '' ? knownId : frame.id;
    if (frame.state !== 'good') {
      unreadable.set(frame.start, { ...frame, id });
      return;
    }
    const replaced = table.put(id, toRange(frame), frame.head.templates);
    if (replaced !== undefined) unerased.push(replaced);
  };

  const applyChange = (): void => {
    for (const frame of change) {
      const { head } = frame;
      sequence = Math.max(sequence, head.sequence);
      const retired = head.replaces === 0 ? undefined : retire(head.replaces);
      if (head.kind === 'put') put(frame, retired);
      else if (frame.state !== 'good') addDamage(frame as FrameEvent);
    }
    change = [];
    if (hole !== undefined) addDamage(hole);
    hole = undefined;
  };

  const takeBaseFrame = (frame: FoundFrame): void => {
    const { head, id } = frame;
    if (head.kind === 'put') {
      basePuts++;
      if (frame.state === 'good' && table.find(id) !== undefined) addDamage(frame, { message: 'The identity of these bytes comes twice.' });
      else put(frame);
      return;
    }
    const isWanted = head.kind === 'header' ? header === undefined && !isInLog : head.kind === 'end' && end === undefined;
    const decoded = isWanted && frame.state === 'good' ? decodeOrNothing(frame) : undefined;
    if (head.kind === 'end') isInLog = true;
    if (decoded?.kind === 'end') {
      end = decoded;
      header ??= decoded.header;
    } else if (decoded?.kind === 'header') header = decoded.header;
    else {
      addDamage(frame, frame.state === 'good' ? { message: 'A frame like this is not expected here.' } : {});
      return;
    }
    frameworkBytes += frame.end - frame.start;
  };

  const takeChangeFrame = (frame: FoundFrame): void => {
    isInLog = true;
    const last = change.at(-1);
    const expected = (last?.head.sequence ?? sequence) + 1;
    if (frame.head.sequence < expected) {
      if (lastGap !== undefined) addDamage(lastGap);
      addDamage(frame, { message: 'These bytes are older than those before them; they are ignored.' });
      return;
    }
    // All frames of a change end with the same one.
    if (last !== undefined && lastOf(last) !== lastOf(frame)) applyChange();
    if (lastGap?.hasUnwritten === true && frame.head.sequence - frame.head.preceding <= expected && hole === undefined) hole = lastGap;
    else if (lastGap !== undefined) addDamage(lastGap);
    if (frame.head.sequence > expected && lastGap === undefined) {
      const count = frame.head.sequence - expected;
      addDamage(
        { ...frame, end: frame.start },
        { where: describeBytes(frame.start, frame.start), message: `${count} frames are missing.` },
      );
    }
    const { bytes: _, ...played } = frame;
    change.push(played);
  };

  const isWritten = (): boolean => hole === undefined && change.every((frame) => frame.state === 'good' || !frame.hasUnwritten);

  /** Decides what the end of the file means; gives the number of valid bytes. */
  const settleEnd = (fileBytes: number, tail: FoundGap | undefined): number => {
    const isTorn = tail !== undefined && isInLog && (tail.type === 'cut' || tail.hasUnwritten);
    if (tail !== undefined && !isTorn) addDamage(tail);
    // Damaged bytes behind a change may be its last frames, or the next change: it was acknowledged.
    const counts = (tail !== undefined && !isTorn) || (change.at(-1)?.head.remaining === 0 && isWritten());
    if (!counts && change.length > 0) return Math.min((change[0] as PlayedFrame).start, hole?.start ?? fileBytes);
    applyChange();
    return isTorn ? tail.start : fileBytes;
  };

  const settleBase = (fileBytes: number): void => {
    if (end === undefined) {
      const where = `byte ${fileBytes}`;
      damage.push({ where, message: 'The file has no end frame: identities may be missing.', start: fileBytes, end: fileBytes });
    } else if (basePuts < end.identities) {
      const message = `${end.identities - basePuts} identities of ${end.identities} cannot be found.`;
      damage.push({ where: `bytes 0 to ${fileBytes - 1}`, message, start: 0, end: 0 });
    }
  };

  return {
    take(event) {
      if (event.type !== 'frame') {
        lastGap = event;
        return;
      }
      if (event.head.sequence > 0) takeChangeFrame(event);
      else {
        if (lastGap !== undefined) addDamage(lastGap);
        takeBaseFrame(event);
      }
      lastGap = undefined;
    },
    finish(fileBytes) {
      const validBytes = settleEnd(fileBytes, lastGap);
      settleBase(fileBytes);
      if (header === undefined) throw noHeader();
      const damagedIdentities = new Map<string, FrameRange>();
      for (const frame of unreadable.values()) {
        addDamage(frame as FrameEvent, frame.id === '' ? {} : { identity: frame.id });
        if (frame.id !== '') damagedIdentities.set(frame.id, toRange(frame));
      }
      damage.sort((a, b) => a.start - b.start);
      return { header, table, damage, damagedIdentities, unerased, validBytes, sequence, frameworkBytes };
    },
  };
}

/** What is overwritten when a frame has become obsolete: all but its head. */
export function erasableRange({ start, bytes }: FrameRange): FrameRange {
  return { start: start + HEAD_BYTES, bytes: bytes - HEAD_BYTES };
}

function toRange({ start, end }: PlayedFrame): FrameRange {
  return { start, bytes: end - start };
}

function lastOf({ head }: PlayedFrame): number {
  return head.sequence + head.remaining;
}

function decodeOrNothing(frame: FoundFrame): ReturnType<typeof decodeFrame> | undefined {
  try {
    return decodeFrame(frame.bytes);
  } catch (error) {
    if (error instanceof FaceError && error.code === 'GALLERY_DAMAGED') return undefined;
    throw error;
  }
}

function noHeader(): FaceError {
  const message =
    'Expected a gallery file with a header, got one in which neither of its copies can be read; restore the file from a copy.';
  return new FaceError('GALLERY_DAMAGED', message, { where: 'bytes 16 and following' });
}
