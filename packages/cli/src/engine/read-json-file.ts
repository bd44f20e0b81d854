/** JSON files that the user names. */

import { FaceError, type FaceErrorCode } from '@isoface/core';
import { readNamedFile } from './read-named-file.ts';

/**
 * Reads a JSON file.
 *
 * @param code - The error code for content that is no JSON.
 * @throws {FaceError} `IO_FAILED` or `code`.
 */
export async function readJsonFile(path: string, code: FaceErrorCode, signal: AbortSignal): Promise<unknown> {
  const text = new TextDecoder().decode(await readNamedFile(path, signal));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FaceError(code, `Expected JSON in ${path}: ${(cause as Error).message}.`, { path }, { cause });
  }
}
