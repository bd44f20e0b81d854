/** Options that name one of a few ways. */

import { FaceError } from '../errors/face-error.ts';

/** @throws {FaceError} `INVALID_OPTION` for any other value. */
export function assertOneOf(option: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new FaceError('INVALID_OPTION', `Expected ${option} to be one of ${known.join(', ')}, got ${JSON.stringify(value)}.`, {
    option,
    value,
  });
}
