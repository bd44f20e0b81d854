/** Exports in the format of gallery files: a header, an identity after the other, and an end that counts them. */

import { computeCrc32 } from '../../checksum/crc32.ts';
import { FaceError } from '../../errors/face-error.ts';
import type { GalleryHeader, StoredIdentity } from '../../ports/gallery-store.ts';
import { FORMAT_VERSION, frameBytes, HEAD_BYTES, PREAMBLE_BYTES, readHead, readPreamble } from '../format/frame-layout.ts';
import { decodeExamined, type ExaminedFrame, encodeFrame, examineFrame, type Frame } from '../format/frames.ts';
import { newerVersion } from '../format/gallery-header.ts';
import type { OpenExport, PlacedIdentity } from './check-identities.ts';
import { checkAt, damagedExport } from './damaged-export.ts';
import { joinBytes } from './peek-bytes.ts';

/** A frame of an export and where it begins. */
interface PlacedFrame {
  readonly frame: Frame;
  readonly byte: number;
}

/** Encodes a gallery as a file that a store of files can open. */
export async function* encodeBinary(header: GalleryHeader, identities: AsyncIterable<StoredIdentity>): AsyncGenerator<Uint8Array> {
  yield encodeFrame({ kind: 'header', header });
  let count = 0;
  for await (const identity of identities) {
    yield encodeFrame({ kind: 'put', identity });
    count++;
  }
  yield encodeFrame({ kind: 'end', identities: count, header });
}

/** Reads the header, and gives the rest to be read. */
export async function decodeBinary(bytes: AsyncGenerator<Uint8Array>): Promise<OpenExport> {
  const frames = readFrames(bytes);
  try {
    const { value } = await frames.next();
    if (value?.frame.kind !== 'header') throw damagedExport('expected a header, got none', { byte: value?.byte ?? PREAMBLE_BYTES });
    return { header: value.frame.header, identities: readIdentities(frames, value.frame.header) };
  } catch (error) {
    await frames.return(undefined);
    throw error;
  }
}

async function* readIdentities(frames: AsyncGenerator<PlacedFrame>, header: GalleryHeader): AsyncGenerator<PlacedIdentity> {
  let count = 0;
  let hasEnded = false;
  for await (const { frame, byte } of frames) {
    const place = { byte };
    if (hasEnded || frame.kind === 'remove') throw galleryInUse(byte);
    if (frame.kind === 'header') throw damagedExport('expected one header, got a second one', place);
    if (frame.kind === 'put') {
      count++;
      yield { identity: frame.identity, place };
      continue;
    }
    if (frame.identities !== count) throw damagedExport(`expected ${frame.identities} identities, got ${count}`, place);
    if (frame.header !== undefined && JSON.stringify(frame.header) !== JSON.stringify(header)) {
      throw damagedExport('expected the header of the beginning, got another one at the end', place);
    }
    hasEnded = true;
  }
}

/** All frames up to the end of the bytes, which must come behind an end frame. */
async function* readFrames(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<PlacedFrame> {
  const queue = createByteQueue(bytes);
  try {
    assertPreamble(await queue.take(PREAMBLE_BYTES));
    for (let isComplete = false; ; ) {
      const byte = queue.taken();
      const start = await queue.take(HEAD_BYTES);
      if (start.length === 0 && isComplete) return;
      if (start.length < HEAD_BYTES) throw cutOff(byte, start.length);
      const head = readHead(start, 0, computeCrc32);
      if (head === undefined) throw damagedExport('expected the head of a frame whose checksum fits, got other bytes', { byte });
      const missing = frameBytes(head) - HEAD_BYTES;
      const rest = await queue.take(missing);
      if (rest.length < missing) throw cutOff(byte, HEAD_BYTES + rest.length);
      const frame = toFrame(examineFrame(joinBytes([start, rest]), head), byte);
      isComplete = frame.kind === 'end';
      yield { frame, byte };
    }
  } finally {
    await bytes.return(undefined);
  }
}

function assertPreamble(bytes: Uint8Array): void {
  const version = readPreamble(bytes, computeCrc32);
  if (typeof version !== 'number') throw damagedExport('expected the beginning of a gallery file, got other bytes', { byte: 0 });
  if (version > FORMAT_VERSION) throw newerVersion(version);
  if (version !== FORMAT_VERSION) throw damagedExport(`expected format version ${FORMAT_VERSION}, got ${version}`, { byte: 8 });
}

function toFrame(examined: ExaminedFrame, byte: number): Frame {
  const { state, head, id } = examined;
  if (state === 'erased' || head.sequence > 0) throw galleryInUse(byte);
  if (state === 'good') return checkAt({ byte }, () => decodeExamined(examined));
  const whose = id === '' ? '' : ` (identity ${JSON.stringify(id)})`;
  throw damagedExport(`expected a frame whose checksums fit, got other bytes${whose}`, { byte });
}

/** A store of files goes on behind the end, and blanks out in place what it replaces. */
function galleryInUse(byte: number): FaceError {
  const message = `Expected an export, got a gallery file that was changed later (byte ${byte}); open it as a gallery and export that, or compact it first.`;
  return new FaceError('GALLERY_DAMAGED', message, { byte });
}

function cutOff(byte: number, got: number): FaceError {
  const what = got === 0 ? 'the end of the export, got no more bytes' : `a whole frame, got ${got} bytes of it`;
  return damagedExport(`expected ${what}: it was cut off`, { byte });
}

/** Bytes in pieces of any size, taken in pieces of wanted sizes. */
interface ByteQueue {
  /** The next bytes; fewer at the end. */
  take(count: number): Promise<Uint8Array>;
  /** Bytes taken so far. */
  taken(): number;
}

function createByteQueue(pieces: AsyncGenerator<Uint8Array>): ByteQueue {
  let rest: Uint8Array = new Uint8Array();
  let total = 0;
  return {
    async take(count) {
      // What is missing is asked for piece by piece: a length that a damaged head tells costs no memory.
      const parts: Uint8Array[] = [];
      let missing = count;
      while (missing > 0) {
        if (rest.length === 0) {
          const { done, value } = await pieces.next();
          if (done === true) break;
          rest = value;
        }
        const part = rest.subarray(0, missing);
        rest = rest.subarray(part.length);
        missing -= part.length;
        // A copy where the next piece comes before it is used: whoever gave it may fill it again.
        parts.push(missing > 0 ? part.slice() : part);
      }
      total += count - missing;
      return joinBytes(parts);
    },
    taken: () => total,
  };
}
