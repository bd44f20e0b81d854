/** Long files line by line. */

import { FaceError } from '@isoface/core';
import { openNamedFile } from './open-regular-file.ts';

/** A line and its number, from 1. */
export interface NumberedLine {
  readonly line: number;
  readonly text: string;
}

const PIECE_BYTES = 64 * 1024;
/** Longer than any line with a path in it. */
const MAX_LINE_BYTES = 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * Reads UTF-8 lines that end in LF or CRLF, with little memory. Unlike `readline`, it does not take U+2028, which JSON strings may hold, for the
 * end of a line.
 *
 * @throws {FaceError} `IO_FAILED`; `DATASET_INVALID` for lines that are not UTF-8 or longer than 1 MiB.
 */
export async function* streamLines(file: string, signal?: AbortSignal): AsyncGenerator<NumberedLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 0;
  let rest: Buffer = Buffer.alloc(0);
  const decode = (bytes: Uint8Array): NumberedLine => {
    line++;
    try {
      return { line, text: decoder.decode(bytes).replace(/\r$/, '') };
    } catch (cause) {
      throw new FaceError(
        'DATASET_INVALID',
        `Expected UTF-8, got other bytes in line ${line} of ${file}.`,
        { path: file, line },
        { cause },
      );
    }
  };
  for await (const piece of readPieces(file, signal)) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      yield decode(bytes.subarray(start, end));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > MAX_LINE_BYTES) {
      const message = `Expected lines of at most ${MAX_LINE_BYTES} bytes, got a longer one in line ${line + 1} of ${file}.`;
      throw new FaceError('DATASET_INVALID', message, { path: file, line: line + 1 });
    }
  }
  if (rest.length > 0) yield decode(rest);
}

async function* readPieces(file: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const { handle } = await openNamedFile(file);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(PIECE_BYTES), 0, PIECE_BYTES);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
