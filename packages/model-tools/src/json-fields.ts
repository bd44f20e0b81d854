/** Reads fields of parsed JSON whose shape is not known yet. */

import { FaceError } from '@isoface/core';

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws {FaceError} `MODEL_INTEGRITY` unless `value` is an object; `label` names it in the message */
export function parseObject(value: unknown, label: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw malformed(label, 'an object', value);
}

/** @throws {FaceError} `MODEL_INTEGRITY` unless `value` is an array */
export function parseArray(value: unknown, label: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw malformed(label, 'an array', value);
}

/** @throws {FaceError} `MODEL_INTEGRITY` unless `value` is a string */
export function parseString(value: unknown, label: string): string {
  if (typeof value === 'string') return value;
  throw malformed(label, 'a string', value);
}

/** @throws {FaceError} `MODEL_INTEGRITY` unless `value` is a finite number */
export function parseNumber(value: unknown, label: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw malformed(label, 'a number', value);
}

/** Integers that JSON made by protobuf writes as strings. @throws {FaceError} `MODEL_INTEGRITY` unless `value` is a safe integer */
export function parseInteger(value: unknown, label: string): number {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw malformed(label, 'an integer', value);
}

function malformed(label: string, expected: string, value: unknown): FaceError {
  const got = Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value;
  return new FaceError('MODEL_INTEGRITY', `Expected ${label} to be ${expected}, got ${got}; the file is damaged or of another format.`);
}
