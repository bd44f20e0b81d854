/** Which execution provider an engine starts with: the first that opens. */

import { FaceError, isFaceError } from '@isoface/core';
import { ORT_FILE_ID } from '../ort/ort-build.ts';
import type { ProviderAttempt } from '../web-engine-options.ts';

/**
 * Opens the first attempt that works.
 *
 * @param passOver - Told, in words for a warning, of each attempt that another one may do better than.
 * @throws What the last attempt failed with, or one whose failure is no fault of its provider; `signal.reason` when aborted.
 */
export async function openFirst<T>(
  attempts: readonly ProviderAttempt[],
  open: (attempt: ProviderAttempt) => Promise<T>,
  passOver: (warning: string) => void,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (const [i, attempt] of attempts.entries()) {
    try {
      return await open(attempt);
    } catch (error) {
      signal?.throwIfAborted();
      if (i + 1 === attempts.length || !mayAnotherWork(error)) throw error;
      passOver(`${attempt.executionProvider} passed over: ${error.message}`);
    }
  }
  throw new FaceError('INVALID_OPTION', 'Expected at least one execution provider, got none.', { option: 'executionProviders' });
}

/**
 * True for failures that belong to one provider: it does not start, gives wrong numbers, takes its worker with it, or its build of ONNX Runtime is not
 * on the site. What is wrong with the models or the options is wrong for every provider.
 */
function mayAnotherWork(error: unknown): error is FaceError {
  if (isFaceError(error, 'BACKEND_UNAVAILABLE', 'SELF_TEST_FAILED', 'WORKER_CRASHED')) return true;
  return isFaceError(error, 'DOWNLOAD_FAILED', 'MODEL_NOT_FOUND', 'MODEL_INTEGRITY') && error.details['model'] === ORT_FILE_ID;
}
