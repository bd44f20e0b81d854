/** Errors of the database, in the words of isoface and without what they might give away. */

import { FaceError, type FaceErrorCode, isFaceError } from '@isoface/core';

/** SQLSTATEs that mean: another transaction was in the way, the same again may succeed. */
const RETRYABLE = ['40001', '40P01'];
/** Of a table or schema that is not there. */
const NOT_THERE = ['42P01', '3F000'];
/**
 * Classes whose messages may quote what was stored or sent: data exceptions and violated constraints. An id is the name of a person, and a number of
 * a template is biometric data.
 */
const QUOTING_CLASSES = ['22', '23'];

const CODES: Readonly<Record<string, readonly [code: FaceErrorCode, advice: string]>> = {
  '53100': ['STORAGE_FULL', 'make room on the disk of the database; nothing was changed'],
  '55P03': ['GALLERY_LOCKED', 'somebody else is changing or reading it as a whole: try again later, or allow a longer lockTimeoutMs'],
  '40001': ['GALLERY_LOCKED', 'others keep changing the same people: try again later'],
  '40P01': ['GALLERY_LOCKED', 'others keep changing the same people: try again later'],
  '42P01': ['IO_FAILED', 'there is no gallery: create it first, or choose another schema'],
  '3F000': ['IO_FAILED', 'there is no gallery: create it first, or choose another schema'],
  '42501': ['IO_FAILED', 'grant the role of this connection what docs/postgres.md lists'],
  '25006': ['IO_FAILED', 'this server only reads: connect to the primary, or open the store with readOnly'],
};

/**
 * Translates what a client threw. The original is not kept as `cause`: messages of clients may hold a URL with its password, and `detail` of a server's
 * error quotes whole rows.
 */
export function toStoreError(error: unknown, location: string): unknown {
  if (isFaceError(error)) return error;
  const { code, name, message } = facts(error);
  if (name === 'AbortError') return error;
  const isSqlState = /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code);
  const isFull = code === 'ENOSPC' || name === 'QuotaExceededError';
  const [faceCode, advice] = (isFull ? CODES['53100'] : CODES[code]) ?? ['IO_FAILED', 'see whether the database is reachable and well'];
  const quotes = isSqlState && QUOTING_CLASSES.includes(code.slice(0, 2));
  const reason = quotes ? `SQLSTATE ${code}` : [code, withoutSecrets(message)].filter(Boolean).join(': ');
  const details = { location, ...(isSqlState && { sqlState: code }), ...(!isSqlState && code !== '' && { reason: code }) };
  return new FaceError(
    faceCode,
    `Expected the database to do as it was told (${location}), got ${reason || 'an error'}; ${advice}.`,
    details,
  );
}

/** Whether the same transaction may succeed when it is tried again. */
export function isRetryable(error: unknown): boolean {
  return RETRYABLE.includes(sqlStateOf(error));
}

/** Whether a table or schema that was named is not there. */
export function isNotThere(error: unknown): boolean {
  return NOT_THERE.includes(sqlStateOf(error));
}

/** The SQLSTATE of a translated error, `''` for all others. */
export function sqlStateOf(error: unknown): string {
  return isFaceError(error) && typeof error.details['sqlState'] === 'string' ? error.details['sqlState'] : '';
}

function facts(error: unknown): { readonly code: string; readonly name: string; readonly message: string } {
  if (typeof error !== 'object' || error === null) return { code: '', name: '', message: '' };
  const { code, name, message } = error as { code?: unknown; name?: unknown; message?: unknown };
  return { code: text(code), name: text(name), message: text(message) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Cuts names and passwords out of URLs, and passwords out of connection strings. */
function withoutSecrets(message: string): string {
  return message.replace(/\/\/[^\s/]*@/g, '//').replace(/(password\s*=\s*)('[^']*'|\S+)/gi, '$1…');
}
