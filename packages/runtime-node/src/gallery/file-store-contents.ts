/** One gallery file while it is open: where everything is in it, and who reads it. */

import type { FileHandle } from 'node:fs/promises';
import {
  createFrameReader,
  decodeExamined,
  describeBytes,
  examineFrame,
  frameBytes,
  type GalleryHeader,
  HEAD_BYTES,
  readHead,
  type StoredIdentity,
} from '@isoface/core/gallery';
import { readFully } from './file-store-bytes.ts';
import { nativeCrc32 } from './file-store-checksum.ts';
import { createFileScan, type FileDamage, type ScannedFile } from './file-store-scan.ts';
import type { FrameRange, IdentityTable, TableSnapshot } from './file-store-table.ts';

/** Bytes that are read at once where much is read. */
const BLOCK_BYTES = 4 * 1024 * 1024;

/** A file and what is known of it. */
export interface FileContents {
  readonly handle: FileHandle;
  readonly header: GalleryHeader;
  readonly table: IdentityTable;
  damage: readonly FileDamage[];
  readonly damagedIdentities: Map<string, FrameRange>;
  readonly frameworkBytes: number;
  fileBytes: number;
  sequence: number;
  /** Readings under way. Weak: one that was forgotten half way must not hold copies forever. */
  readonly readings: Set<WeakRef<Reading>>;
}

/** A reading of everything, as of the moment when it began. */
export interface Reading {
  readonly snapshot: TableSnapshot;
  /** Index of the next frame. */
  next: number;
  /** Frames of the snapshot that were overwritten since, by their start. */
  readonly saved: Map<number, Uint8Array>;
}

/** Reads a gallery file from its beginning to its end. @throws {FaceError} `GALLERY_DAMAGED`, `GALLERY_UNSUPPORTED`. */
export async function scanFile(handle: FileHandle): Promise<ScannedFile & { readonly fileBytes: number }> {
  const reader = createFrameReader(nativeCrc32);
  const scan = createFileScan();
  const { size } = await handle.stat();
  const blocks = [new Uint8Array(Math.min(size + 1, BLOCK_BYTES)), new Uint8Array(Math.min(size + 1, BLOCK_BYTES))] as const;
  let position = 0;
  let turn = 0;
  let reading = readFully(handle, blocks[0], 0);
  for (;;) {
    const block = blocks[(turn % 2) as 0 | 1];
    const length = await reading;
    position += length;
    const isLast = length < block.length;
    // The next block comes from the disk while this one is checked.
    if (!isLast) reading = readFully(handle, blocks[(++turn % 2) as 0 | 1], position);
    try {
      for (const event of reader.push(block.subarray(0, length))) scan.take(event);
    } catch (error) {
      await reading.catch(() => 0);
      throw error;
    }
    if (isLast) break;
  }
  for (const event of reader.finish()) scan.take(event);
  return { ...scan.finish(position), fileBytes: position };
}

/** Makes contents of a file that was scanned. */
export function toContents(handle: FileHandle, scanned: ScannedFile, fileBytes: number): FileContents {
  const { header, table, damage, damagedIdentities, frameworkBytes, sequence } = scanned;
  return {
    handle,
    header,
    table,
    damage,
    damagedIdentities: new Map(damagedIdentities),
    frameworkBytes,
    fileBytes,
    sequence,
    readings: new Set(),
  };
}

/** Reads one frame; its bytes, however they are. */
export async function readFrameBytes({ handle }: FileContents, { start, bytes }: FrameRange): Promise<Uint8Array> {
  const target = new Uint8Array(bytes);
  return target.subarray(0, await readFully(handle, target, start));
}

/** Decodes a put frame, or gives `undefined` if it is not what was written. */
export function decodeIdentity(bytes: Uint8Array): StoredIdentity | undefined {
  const head = bytes.length >= HEAD_BYTES ? readHead(bytes, 0, nativeCrc32) : undefined;
  if (head?.kind !== 'put' || frameBytes(head) !== bytes.length) return undefined;
  const examined = examineFrame(bytes, head, nativeCrc32);
  if (examined.state !== 'good') return undefined;
  try {
    const frame = decodeExamined(examined);
    return frame.kind === 'put' ? frame.identity : undefined;
  } catch {
    // A writer with a fault: the checksum is right, what it protects is not.
    return undefined;
  }
}

/** Notes that a frame which was good cannot be read any more. */
export function noteDamage(contents: FileContents, { start, bytes }: FrameRange, identity: string | undefined): FileDamage {
  const known = contents.damage.find((damage) => damage.start === start);
  if (known !== undefined) return known;
  const where = describeBytes(start, start + bytes);
  const message = 'These bytes, the data of one identity, are not what was written: they changed since the file was opened.';
  const damage: FileDamage = { where, message, start, end: start + bytes, ...(identity !== undefined && { identity }) };
  contents.damage = [...contents.damage, damage];
  if (identity !== undefined) contents.damagedIdentities.set(identity, { start, bytes });
  return damage;
}

/** Begins a reading. */
export function beginReading(contents: FileContents): Reading {
  const reading: Reading = { snapshot: contents.table.snapshot(), next: 0, saved: new Map() };
  contents.readings.add(new WeakRef(reading));
  return reading;
}

/** Ends a reading, whether or not it came to its end. */
export function endReading(contents: FileContents, reading: Reading): void {
  reading.next = Number.POSITIVE_INFINITY;
  reading.saved.clear();
  for (const reference of contents.readings) {
    const other = reference.deref();
    if (other === undefined || other === reading) contents.readings.delete(reference);
  }
}

/** Copies frames that will be overwritten for those readings which have not come to them yet. */
export async function saveForReadings(contents: FileContents, ranges: readonly FrameRange[]): Promise<void> {
  for (const reference of contents.readings) {
    const reading = reference.deref();
    if (reading === undefined) continue;
    for (const range of ranges) {
      if (isAhead(reading, range.start)) reading.saved.set(range.start, await readFrameBytes(contents, range));
    }
  }
}

/** All frames of a reading that have not been given yet, each with its bytes. */
export async function* readFrames(contents: FileContents, reading: Reading): AsyncGenerator<FrameRange & { readonly content: Uint8Array }> {
  const { starts, bytes: lengths } = reading.snapshot;
  let block = new Uint8Array(0);
  let blockStart = 0;
  let blockBytes = 0;
  while (reading.next < starts.length) {
    const start = starts[reading.next] as number;
    const bytes = lengths[reading.next] as number;
    if (start < blockStart || start + bytes > blockStart + blockBytes) {
      if (block.length < Math.max(bytes, BLOCK_BYTES))
        block = new Uint8Array(Math.max(bytes, Math.min(BLOCK_BYTES, contents.fileBytes - start)));
      blockStart = start;
      blockBytes = await readFully(contents.handle, block, start);
    }
    const saved = reading.saved.get(start);
    reading.saved.delete(start);
    const at = start - blockStart;
    reading.next++;
    yield { start, bytes, content: saved ?? block.subarray(at, Math.min(at + bytes, blockBytes)) };
  }
}

function isAhead({ snapshot, next }: Reading, start: number): boolean {
  let [low, high] = [next, snapshot.starts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((snapshot.starts[middle] as number) < start) low = middle + 1;
    else high = middle;
  }
  return low < snapshot.starts.length && snapshot.starts[low] === start;
}
