/** From anything that was thrown to an answer. What a client is told is what it can do something about; the rest stays in the log. */

import { type FaceErrorCode, isFaceError } from 'isoface';
import type { Limits } from '../limits.ts';
import { HttpError } from './http-error.ts';

const OF_ENGINE: Partial<Record<FaceErrorCode, number>> = {
  CONTRACT_MISMATCH: 409,
  IDENTITY_EXISTS: 409,
  IDENTITY_UNKNOWN: 404,
  IMAGE_INVALID: 400,
  IMAGE_TOO_LARGE: 413,
  INVALID_EMBEDDING: 400,
  INVALID_OPTION: 400,
  OVERLOADED: 503,
  SHAPE_MISMATCH: 400,
  WORKER_CRASHED: 503,
};

/** Errors of Fastify and its plugins that have a name of their own here: status, code, what was expected. */
const OF_FASTIFY: Readonly<Record<string, readonly [number, string, (limits: Limits) => string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'BODY_TOO_LARGE', ({ jsonBytes }) => `Expected at most ${jsonBytes} bytes of JSON.`],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'UNSUPPORTED_MEDIA_TYPE', () => 'Expected multipart/form-data or application/json.'],
  FST_REQ_FILE_TOO_LARGE: [413, 'IMAGE_TOO_LARGE', ({ photoBytes }) => `Expected photos of at most ${photoBytes} bytes.`],
  FST_FILES_LIMIT: [413, 'TOO_MANY_PHOTOS', ({ photosPerRequest: most }) => `Expected 1 photo, or up to ${most} to enrol; got more.`],
  FST_FIELDS_LIMIT: [413, 'TOO_MANY_FIELDS', () => 'Expected no other fields than "photo" and "id".'],
  FST_PARTS_LIMIT: [413, 'TOO_MANY_FIELDS', () => 'Expected no other fields than "photo" and "id".'],
};

/** Turns what was thrown into what is answered; anything unforeseen becomes a 500 that says nothing about the inside. */
export function describeError(error: unknown, limits: Limits): HttpError {
  if (error instanceof HttpError) return error;
  if (isFaceError(error)) {
    const status = OF_ENGINE[error.code];
    // After the server has begun to close, the engine may be gone.
    if (error.code === 'DISPOSED') return new HttpError(503, 'CLOSING', 'The server is being stopped; try again later.');
    if (error.code === 'STORAGE_FULL') return new HttpError(507, 'STORAGE_FULL', 'The server has no room left; nothing was changed.');
    if (status !== undefined) return new HttpError(status, error.code, error.message);
    return internalError();
  }
  const { code = '', statusCode, message = '' } = (error ?? {}) as { code?: string; statusCode?: number; message?: string };
  const known = OF_FASTIFY[code];
  if (known !== undefined) {
    const [status, name, expected] = known;
    return new HttpError(status, name, expected(limits));
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return new HttpError(statusCode, 'INVALID_OPTION', message);
  return internalError();
}

function internalError(): HttpError {
  return new HttpError(500, 'INTERNAL', 'Something went wrong in the server; its log says what, under the id in the x-request-id header.');
}
