/** One use of the camera: opens it, lets something look at it, and turns it off, however that ends. */

import { type CameraFacts, type CameraObstacle, type CameraOptions, isFaceError } from 'isoface';

/** Why an attempt was stopped: the reason of its abort signal. */
export type StopReason = 'user' | 'hidden';

/** How the use of the camera ended. */
export type AttemptEnd<Result> =
  | { readonly type: 'done'; readonly result: Result }
  | { readonly type: 'stopped'; readonly by: StopReason }
  | { readonly type: 'camera'; readonly obstacle: CameraObstacle }
  | { readonly type: 'failed'; readonly error: unknown };

/** What an attempt is made of. */
export interface AttemptParts<Result> {
  readonly openCamera: (options: CameraOptions) => Promise<MediaStream>;
  readonly video: HTMLVideoElement;
  /** Aborted with a {@link StopReason}. */
  readonly signal: AbortSignal;
  /** Looks at the video until it has a result. */
  readonly look: (camera: CameraFacts) => Promise<Result>;
}

/** Runs an attempt. Never rejects. */
export async function runAttempt<Result>({ openCamera, video, signal, look }: AttemptParts<Result>): Promise<AttemptEnd<Result>> {
  let stream: MediaStream | undefined;
  try {
    stream = await openCamera({ signal });
    video.srcObject = stream;
    // It is not waited for: a camera that sends nothing never starts to play, and what looks at the video has a limit for that.
    void video.play().catch(() => {});
    const [track] = stream.getVideoTracks();
    const result = await look({ label: track?.label, frameRate: track?.getSettings().frameRate });
    return { type: 'done', result };
  } catch (error) {
    if (signal.aborted) return { type: 'stopped', by: signal.reason as StopReason };
    if (isFaceError(error, 'CAMERA_UNAVAILABLE')) return { type: 'camera', obstacle: error.details['reason'] as CameraObstacle };
    return { type: 'failed', error };
  } finally {
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.srcObject = null;
  }
}
