/** When it makes sense to try the next execution provider. */

import { type FaceError, isFaceError } from '@isoface/core';
import { ORT_FILE_ID } from '../ort/ort-build.ts';

/**
 * True for failures that belong to one provider: it does not start, gives wrong numbers, takes its worker with it, or its build of ONNX Runtime is not
 * on the site. What is wrong with the models or the options is wrong for every provider.
 */
export function mayAnotherWork(error: unknown): error is FaceError {
  if (isFaceError(error, 'BACKEND_UNAVAILABLE', 'SELF_TEST_FAILED', 'WORKER_CRASHED')) return true;
  return isFaceError(error, 'DOWNLOAD_FAILED', 'MODEL_NOT_FOUND', 'MODEL_INTEGRITY') && error.details['model'] === ORT_FILE_ID;
}
