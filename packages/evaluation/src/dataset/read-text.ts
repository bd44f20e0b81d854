/** Label files as lines, however they were saved. */

import { basename } from 'node:path';
import { FaceError } from '@isoface/core';
import type { DatasetProblem } from './dataset-entry.ts';
import { openNamedFile } from './open-regular-file.ts';

/** What a text was taken for. `windows-1252` contains Latin-1 and is the guess for everything that is not UTF-8. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** A label file. */
export interface LabelText {
  /** Element `i` is line `i + 1`, without line end and without blanks and tabs at its end. No empty line stands for the end of the file. */
  readonly lines: readonly string[];
  readonly encoding: TextEncoding;
  /** A problem where the encoding had to be guessed. */
  readonly problems: readonly DatasetProblem[];
}

/** Larger than any label file, smaller than what a string can hold. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Reads a text with any line ends (LF, CRLF, CR, also mixed), with or without byte order mark, in UTF-8, UTF-16 (with byte order mark) or else
 * Windows-1252.
 *
 * @throws {FaceError} `IO_FAILED`; `DATASET_INVALID` if it is no text.
 */
export async function readLines(file: string, signal?: AbortSignal): Promise<LabelText> {
  const { text, encoding } = decode(await readTextFile(file, signal), file);
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    throw new FaceError('DATASET_INVALID', `Expected a text file, found a NUL character in ${file}; save it as UTF-8.`, {
      path: file,
      offset: nul,
    });
  }
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.replace(/[ \t]+$/, ''));
  if (lines.at(-1) === '') lines.pop();
  const message = 'The text is not UTF-8; it was read as Windows-1252 (Latin-1). If names look wrong, save it as UTF-8.';
  const problems: DatasetProblem[] =
    encoding === 'windows-1252' ? [{ path: basename(file), code: 'assumed-encoding', message, line: findFirstGuess(lines) }] : [];
  return { lines, encoding, problems };
}

async function readTextFile(file: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const { handle, size } = await openNamedFile(file);
  try {
    if (size > MAX_BYTES) {
      const message = `Expected a label file of at most ${MAX_BYTES} bytes, got ${size}: ${file}.`;
      throw new FaceError('DATASET_INVALID', message, { path: file, bytes: size, maxBytes: MAX_BYTES });
    }
    return await handle.readFile({ signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await handle.close();
  }
}

function decode(bytes: Uint8Array, file: string): { text: string; encoding: TextEncoding } {
  const [a, b] = bytes;
  const marked = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : undefined;
  try {
    const encoding = marked ?? 'utf-8';
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding };
  } catch (cause) {
    if (marked === undefined) return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252' };
    throw new FaceError(
      'DATASET_INVALID',
      `Expected ${marked} by its byte order mark, got damaged text in ${file}.`,
      { path: file },
      { cause },
    );
  }
}

function findFirstGuess(lines: readonly string[]): number {
  return 1 + lines.findIndex((line) => /[\u0080-\uffff]/.test(line));
}
