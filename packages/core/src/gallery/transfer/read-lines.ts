/** Lines of a text that comes in pieces, as bytes: a piece may end anywhere, also inside a character. */

import { FaceError } from '../../errors/face-error.ts';
import { joinBytes } from './peek-bytes.ts';

/** One line, without what ended it. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Valid until the next line is asked for. */
  readonly bytes: Uint8Array;
}

const [LINE_FEED, CARRIAGE_RETURN] = [0x0a, 0x0d];

/**
 * Splits at line feeds, with or without a carriage return before them; the last line needs none. Empty lines are left out but counted. A byte order
 * mark at the beginning is skipped.
 *
 * @param most - Bytes that a line may have.
 * @throws {FaceError} `GALLERY_DAMAGED` for a longer line.
 */
export async function* readLines(pieces: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Line> {
  let number = 1;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const hold = (part: Uint8Array): void => {
    held.push(part);
    heldBytes += part.length;
    if (heldBytes <= most) return;
    const message = `Expected lines of at most ${most} bytes, got more in line ${number}: this is no export, or its line ends are lost.`;
    throw new FaceError('GALLERY_DAMAGED', message, { line: number });
  };
  const take = (): Uint8Array => {
    const bytes = trim(joinBytes(held), number === 1);
    held = [];
    heldBytes = 0;
    return bytes;
  };
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, from)) {
      hold(piece.subarray(from, end));
      from = end + 1;
      const bytes = take();
      if (bytes.length > 0) yield { number, bytes };
      number++;
    }
    // A copy: whoever gave the piece may fill it again.
    if (from < piece.length) hold(piece.slice(from));
  }
  const last = take();
  if (last.length > 0) yield { number, bytes: last };
}

function trim(bytes: Uint8Array, isFirst: boolean): Uint8Array {
  const from = isFirst && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return bytes.subarray(from, bytes[bytes.length - 1] === CARRIAGE_RETURN ? -1 : undefined);
}
