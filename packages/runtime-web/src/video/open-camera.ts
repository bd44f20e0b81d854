/** Opens the camera, with reasons that can be told to a person when it does not open. */

import { FaceError } from '@isoface/core';

/** Options of {@link openCamera}. */
export interface CameraOptions {
  /** Which camera of a phone. @defaultValue 'user', the one that looks at the user */
  readonly facingMode?: 'user' | 'environment' | undefined;
  /** A certain camera, by its id from `navigator.mediaDevices.enumerateDevices()`. */
  readonly deviceId?: string | undefined;
  /** Wanted size of a frame, pixels; the camera gives the nearest it has. @defaultValue 640 x 480 */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Why a camera does not open: `details.reason` of the error. */
export type CameraObstacle = 'denied' | 'notFound' | 'busy' | 'insecure' | 'failed';

const ADVICE: Readonly<Record<CameraObstacle, string>> = {
  denied: 'Expected permission to use the camera, got none; allow it for this site in the browser and try again.',
  notFound: 'Expected a camera, got none; connect one.',
  busy: 'Expected a camera that is free, got one in use; close the other program or tab that uses it.',
  insecure: 'Expected a secure page, got one on which browsers keep the camera closed; serve it over https or from localhost.',
  failed: 'The camera does not open.',
};

/** Names of the errors that browsers throw. See the W3C recommendation "Media Capture and Streams". */
const OBSTACLES: Readonly<Record<string, CameraObstacle>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'notFound',
  OverconstrainedError: 'notFound',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/**
 * Opens a camera for {@link WebFaceEngine.track}. The caller stops it: `for (const track of stream.getTracks()) track.stop()`.
 *
 * @throws {FaceError} `CAMERA_UNAVAILABLE` with `details.reason`; `signal.reason` at once when aborted, also while the user is asked for permission,
 * and a camera that opens afterwards is turned off.
 */
export async function openCamera(options: CameraOptions = {}): Promise<MediaStream> {
  const { facingMode = 'user', deviceId, width = 640, height = 480, signal } = options;
  signal?.throwIfAborted();
  // The type says that it is always there; in insecure contexts it is not.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw unavailable('insecure');
  const which = deviceId === undefined ? { facingMode } : { deviceId: { exact: deviceId } };
  const opening = devices.getUserMedia({ audio: false, video: { ...which, width: { ideal: width }, height: { ideal: height } } });
  try {
    return await orAbort(opening, signal);
  } catch (cause) {
    if (signal?.aborted) {
      void opening.then(turnOff, () => {});
      throw signal.reason;
    }
    const { name = '', message = String(cause) } = cause as Partial<Error>;
    throw unavailable(OBSTACLES[name] ?? 'failed', cause, message);
  }
}

/** What is waited for, or the reason of the signal if that comes first. */
function orAbort<T>(value: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    value.then(resolve, reject).finally(() => signal?.removeEventListener('abort', onAbort));
  });
}

function turnOff(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function unavailable(reason: CameraObstacle, cause?: unknown, why?: string): FaceError {
  const message = why === undefined ? ADVICE[reason] : `${ADVICE[reason]} (${why})`;
  return new FaceError('CAMERA_UNAVAILABLE', message, { reason }, cause === undefined ? undefined : { cause });
}
