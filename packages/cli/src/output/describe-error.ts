/** Errors as one line for people and as a document for programs. */

import { isFaceError } from '@isoface/core';
import type { CommanderError } from 'commander';
import { Interruption } from '../interruption.ts';
import { printable } from './printable.ts';

/** An error as data. `code` is one of isoface's error codes, `INTERRUPTED` or `UNEXPECTED`. */
export interface ErrorData {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Anything thrown, as data. */
export function toErrorData(error: unknown): ErrorData {
  if (isFaceError(error)) return { code: error.code, message: error.message, details: error.details };
  if (error instanceof Interruption) return { code: 'INTERRUPTED', message: error.message, details: {} };
  if (error instanceof Error && error.name === 'AbortError') return { code: 'INTERRUPTED', message: 'Interrupted.', details: {} };
  return { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error), details: {} };
}

/** The document that stands for a failed command under `--json`. */
export function toErrorDocument(error: unknown): { readonly error: ErrorData } {
  return { error: toErrorData(error) };
}

/** The document for arguments that the parser refused. */
export function toUsageErrorDocument(error: CommanderError): { readonly error: ErrorData } {
  const message = error.message.replace(/^error: /, '').replace('(outputHelp)', 'Expected a command; see isoface --help.');
  return { error: { code: 'INVALID_OPTION', message, details: { reason: error.code } } };
}

/** The error for people; with `ISOFACE_DEBUG=1` its stack too. */
export function toErrorText(error: unknown): string {
  const { code, message } = toErrorData(error);
  // Names of files are part of it, and may hold anything. Lists of errors have several lines.
  const safe = message.split('\n').map(printable).join('\n');
  const line = code === 'INTERRUPTED' ? safe : `${code}: ${safe}`;
  if (process.env['ISOFACE_DEBUG'] !== '1' || !(error instanceof Error)) {
    const hint = code === 'UNEXPECTED' ? ' This should not happen; ISOFACE_DEBUG=1 shows where it did.' : '';
    return `isoface: ${line}${hint}`;
  }
  const cause = error.cause instanceof Error ? `\nCaused by: ${error.cause.stack}` : '';
  return `isoface: ${line}\n${error.stack}${cause}`;
}
