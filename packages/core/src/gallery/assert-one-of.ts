/** Options that name one of a few ways. */

import { assertOption } from '../recognizers/assert-option.ts';

/** @throws {FaceError} `INVALID_OPTION` for any other value. */
export function assertOneOf(option: string, value: string, known: readonly string[]): void {
  assertOption(option, value, known.includes(value), `one of ${known.join(', ')}`);
}
