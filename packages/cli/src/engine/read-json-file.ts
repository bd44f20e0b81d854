/** JSON files that the user names. */

import { readFile } from 'node:fs/promises';
import { FaceError, type FaceErrorCode } from '@isoface/core';

/**
 * Reads a JSON file.
 *
 * @param code - The error code for content that is no JSON.
 * @throws {FaceError} `IO_FAILED` or `code`.
 */
export async function readJsonFile(path: string, code: FaceErrorCode, signal: AbortSignal): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, { encoding: 'utf8', signal });
  } catch (cause) {
    signal.throwIfAborted();
    const reason = (cause as NodeJS.ErrnoException).code;
    const why =
      reason === 'ENOENT' ? 'there is no such file' : reason === 'EISDIR' ? 'it is a directory' : String((cause as Error).message);
    throw new FaceError('IO_FAILED', `Cannot read ${path}: ${why}.`, { path, reason }, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FaceError(code, `Expected JSON in ${path}: ${(cause as Error).message}.`, { path }, { cause });
  }
}
