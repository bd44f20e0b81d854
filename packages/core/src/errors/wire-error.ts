/**
 * Errors as data. Structured clone keeps only the message of an error, so a worker encodes what it throws and the caller's side revives it:
 * code, details, cause and the identity of an abort survive.
 */

import { FaceError, type FaceErrorCode, type FaceErrorDetails, isFaceError } from './face-error.ts';

/** An error in a form that structured clone carries whole. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | undefined;
  readonly details?: FaceErrorDetails | undefined;
  readonly cause?: WireError | undefined;
}

/** Causes that are encoded; a longer chain is cut, and one that leads back to itself ends. */
const MAX_CAUSES = 8;

/** Encodes anything that was thrown; values that are not errors become the message. Never throws itself. */
export function encodeError(error: unknown): WireError {
  return encodeChain(error, MAX_CAUSES);
}

function encodeChain(error: unknown, remainingCauses: number): WireError {
  try {
    if (typeof error !== 'object' || error === null) return { name: 'Error', message: String(error) };
    const { name, message, stack, cause } = error as Error;
    const wire: WireError = {
      name: String(name ?? 'Error'),
      message: String(message ?? error),
      stack: typeof stack === 'string' ? stack : undefined,
      cause: cause === undefined || remainingCauses === 0 ? undefined : encodeChain(cause, remainingCauses - 1),
    };
    return isFaceError(error) ? { ...wire, code: error.code, details: error.details } : wire;
  } catch {
    // A getter that throws, an object without toString: what was thrown must not hide that something was thrown.
    return { name: 'Error', message: 'An error that cannot be read was thrown.' };
  }
}

/** The inverse of {@link encodeError}: a `FaceError` again where one was sent, otherwise an `Error` of the same name. */
export function reviveError(wire: WireError): Error {
  const options = wire.cause === undefined ? undefined : { cause: reviveError(wire.cause) };
  const error =
    wire.name === 'FaceError' && wire.code !== undefined
      ? new FaceError(wire.code as FaceErrorCode, wire.message, wire.details, options)
      : new Error(wire.message, options);
  if (error.name !== wire.name) Object.defineProperty(error, 'name', { value: wire.name, configurable: true });
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}
