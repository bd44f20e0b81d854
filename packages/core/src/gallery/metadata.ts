/** Facts of the user's own about a person: plain JSON, checked before it is kept. */

import { FaceError } from '../errors/face-error.ts';
import type { JsonValue, Metadata } from './gallery.ts';

/** Most bytes of metadata as JSON in UTF-8. */
const MAX_METADATA_BYTES = 64 * 1024;
/** Deeper values than this are mistakes, or attacks on whoever reads them. */
const MAX_DEPTH = 32;

/**
 * Checks metadata and gives a copy.
 *
 * @throws {FaceError} `INVALID_OPTION` for anything that JSON would drop, change or refuse, and for more than 64 KiB.
 */
export function copyMetadata(metadata: Metadata): Metadata {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) throw invalid('metadata', 'a value that is no object');
  const copy = copyValue(metadata, 'metadata', 0) as Metadata;
  const bytes = new TextEncoder().encode(JSON.stringify(copy)).length;
  if (bytes > MAX_METADATA_BYTES) throw invalid('metadata', `${bytes} bytes, where ${MAX_METADATA_BYTES} are the most`);
  return copy;
}

function copyValue(value: unknown, path: string, depth: number): JsonValue {
  if (depth > MAX_DEPTH) throw invalid(path, `more than ${MAX_DEPTH} levels`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw invalid(path, String(value));
  }
  if (Array.isArray(value)) return value.map((entry, i) => copyValue(entry, `${path}[${i}]`, depth + 1));
  if (typeof value === 'object' && isPlain(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, copyValue(entry, `${path}.${name}`, depth + 1)]));
  }
  throw invalid(path, typeof value === 'object' ? 'an object of a class' : `a value of type ${typeof value}`);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Objects of another realm have another Object.prototype, whose own prototype is null all the same.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function invalid(path: string, got: string): FaceError {
  const message = `Expected metadata that JSON can carry, at most ${MAX_METADATA_BYTES} bytes, got ${got} at ${path}.`;
  return new FaceError('INVALID_OPTION', message, { option: 'metadata', path });
}
