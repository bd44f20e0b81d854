/** Checks of the options of recognizers. */

import { FaceError } from '../errors/face-error.ts';

/** @throws {FaceError} `INVALID_OPTION` naming the option, unless `isGood`. */
export function assertOption(option: string, value: unknown, isGood: boolean, expected: string): void {
  if (isGood) return;
  throw new FaceError('INVALID_OPTION', `Expected ${option} to be ${expected}, got ${describeValue(value)}.`, {
    option,
    value: isPlain(value) ? value : describeValue(value),
  });
}

/**
 * Options are read from JSON files too, where a mistyped name would silently mean the default.
 *
 * @throws {FaceError} `INVALID_OPTION` for a name that is not among `known`.
 */
export function assertKnownOptions(options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new FaceError('INVALID_OPTION', `Expected only the options ${known.join(', ')}, got "${unknown}".`, { option: unknown, known });
}

/** True for whole numbers between the limits, both included. */
export function isWholeNumber(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

/** Names a foreign value without calling into it, as turning it into a text would. */
function describeValue(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (isPlain(value)) return String(value);
  return Array.isArray(value) ? 'an array' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

function isPlain(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value);
}
