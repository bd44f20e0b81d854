/** Errors in words that help where they are shown. */

import { type FaceErrorCode, isFaceError } from 'isoface';

/** An error as it is shown. */
export interface ErrorText {
  /** isoface's code, or the name of another error. */
  readonly code: string;
  readonly message: string;
  /** What to do in this application. */
  readonly advice: string;
}

const ADVICE: Partial<Record<FaceErrorCode, string>> = {
  BACKEND_UNAVAILABLE: 'Choose "Automatic" or "WebAssembly" under "Runs on".',
  DOWNLOAD_FAILED: 'Check the connection and choose the pack again, or take the starter pack, which needs no download.',
  MODEL_NOT_FOUND: 'Go online once so that the models can be kept, or take the starter pack.',
  MODEL_INTEGRITY: 'Reload the page. If it happens again, the files of this site were changed.',
  IMAGE_INVALID: 'Choose a photo as JPEG, PNG, WebP, AVIF or GIF.',
  IMAGE_TOO_LARGE: 'Choose a smaller photo, or shrink it first.',
  INVALID_OPTION: 'Change the setting that the message names.',
  OVERLOADED: 'Wait until the photos before are done.',
  SELF_TEST_FAILED: 'Choose "WebAssembly" under "Runs on": the graphics driver computes wrong numbers.',
  THRESHOLD_UNAVAILABLE: 'Choose another false match rate, or a threshold of your own.',
  WORKER_CRASHED: 'Try again; if it happens again, choose "WebAssembly" or a smaller detection size.',
};

/** Describes whatever was thrown. */
export function describeError(error: unknown): ErrorText {
  if (isFaceError(error))
    return { code: error.code, message: error.message, advice: ADVICE[error.code] ?? 'Reload the page and try again.' };
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return { code: name, message, advice: 'Reload the page and try again.' };
}
