/** Why there is no picture from the camera, and what to do. */

import { type CameraObstacle, isFaceError } from 'isoface';
import type { ErrorText } from '../engine/describe-error.ts';
import { describeError } from '../engine/describe-error.ts';

const ADVICE: Readonly<Record<CameraObstacle, string>> = {
  denied: 'Allow the camera for this page in the address bar, or in the settings of the system, then start it again.',
  notFound: 'Connect a camera, or choose another one, then start it again.',
  busy: 'Close the other program or tab, then start the camera again.',
  insecure: 'Open this page over https, or on the machine that serves it.',
  failed: 'Disconnect the camera, connect it again, and start it once more.',
};

/** Describes an error of `openCamera`, or any other. */
export function describeCameraError(error: unknown): ErrorText {
  const text = describeError(error);
  if (!isFaceError(error, 'CAMERA_UNAVAILABLE')) return text;
  const reason = error.details['reason'] as CameraObstacle;
  return { ...text, advice: ADVICE[reason] ?? ADVICE.failed };
}
