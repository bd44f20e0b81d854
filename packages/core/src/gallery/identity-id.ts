/** What a person in a gallery may be called. */

import { FaceError } from '../errors/face-error.ts';

/** Longest id, in UTF-16 code units after normalisation. */
export const MAX_ID_LENGTH = 256;

/**
 * Control characters, line separators, and the marks that turn the direction of writing around: with them two different names look the same on
 * a screen. Surrogates that stand alone cannot be written as UTF-8.
 */
const FORBIDDEN = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/**
 * Brings an id into the form in which it is kept: Unicode normal form C, in which `é` is one character however it was typed.
 *
 * @throws {FaceError} `INVALID_OPTION` for what cannot be an id.
 */
export function normalizeIdentityId(id: string): string {
  if (typeof id !== 'string') throw invalid(`a value of type ${typeof id}`);
  // Before normalising: the work grows with the length.
  if (id.length > 4 * MAX_ID_LENGTH) throw invalid(`${id.length} characters`);
  const normal = id.normalize('NFC');
  assertIdentityId(normal);
  return normal;
}

/**
 * Checks an id that comes from a file or a database.
 *
 * @throws {FaceError} `INVALID_OPTION` for one that is not in the form that {@link normalizeIdentityId} gives.
 */
export function assertIdentityId(id: string): void {
  if (id.length > MAX_ID_LENGTH) throw invalid(`${id.length} characters`);
  if (id.trim() === '') throw invalid(id === '' ? 'an empty text' : 'nothing but spaces');
  if (id !== id.trim()) throw invalid('spaces at its beginning or end');
  const found = FORBIDDEN.exec(id);
  if (found !== null)
    throw invalid(`U+${(found[0].codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')} at position ${found.index}`);
  if (id.normalize('NFC') !== id) throw invalid('characters that are not in Unicode normal form C');
}

function invalid(got: string): FaceError {
  const message = `Expected an id of 1 to ${MAX_ID_LENGTH} characters without control characters and without spaces around it, got ${got}.`;
  return new FaceError('INVALID_OPTION', message, { option: 'id' });
}
