/** Looks at the beginning of bytes that come in pieces, before it is decided who reads them. */

import { FaceError } from '../../errors/face-error.ts';
import type { ByteSource } from '../gallery.ts';

/** Bytes whose beginning is known. */
export interface PeekedBytes {
  /** The first bytes: as many as were asked for, or all if there are fewer. */
  readonly head: Uint8Array;
  /** All bytes, the head among them. Once. */
  readonly bytes: AsyncGenerator<Uint8Array>;
  /** Ends the source, for those who do not read on. */
  close(): Promise<void>;
}

/**
 * Reads until `count` bytes are known.
 *
 * @throws {FaceError} `INVALID_OPTION` if the source gives something other than bytes.
 */
export async function peekBytes(source: ByteSource, count: number): Promise<PeekedBytes> {
  const pieces = readPieces(source);
  const first: Uint8Array[] = [];
  let known = 0;
  while (known < count) {
    const { done, value } = await pieces.next();
    if (done === true) break;
    known += value.length;
    // A copy where the next piece comes before it is used: whoever gave it may fill it again.
    first.push(known < count ? value.slice() : value);
  }
  return {
    head: joinBytes(first).subarray(0, count),
    bytes: (async function* () {
      try {
        for (let piece = first.shift(); piece !== undefined; piece = first.shift()) yield piece;
        yield* pieces;
      } finally {
        await pieces.return(undefined);
      }
    })(),
    async close() {
      await pieces.return(undefined);
    },
  };
}

/** One array of several. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

async function* readPieces(source: ByteSource): AsyncGenerator<Uint8Array, undefined> {
  if (source instanceof Uint8Array) {
    yield source;
    return;
  }
  if (typeof source !== 'object' || source === null || !(Symbol.asyncIterator in source || Symbol.iterator in source)) {
    throw notBytes(`a value of type ${source === null ? 'null' : typeof source}`);
  }
  for await (const piece of source) {
    if (!(piece instanceof Uint8Array)) throw notBytes(`a piece of type ${typeof piece}`);
    if (piece.length > 0) yield piece;
  }
}

function notBytes(got: string): FaceError {
  return new FaceError('INVALID_OPTION', `Expected a Uint8Array or an iterable of them, got ${got}; a stream must not decode to text.`, {
    option: 'bytes',
  });
}
