/** The frames of a camera as a face unlock reads them: with a clock, an eye on frozen pictures, and an end when no frame comes any more. */

import type { TrackedFace, TrackOptions, TrackResult } from '../engine/face-engine.ts';
import { isFaceError } from '../errors/face-error.ts';
import { computeStepMs } from '../track/frame-time.ts';
import type { UnlockEngine } from './face-unlock.ts';
import { LEFT } from './leavable.ts';

/** One frame. */
export interface WatchedFrame {
  readonly result: TrackResult;
  /** The face, if there is exactly one and it was seen in this frame. */
  readonly face?: TrackedFace | undefined;
  /** Time since the frame before, by the timestamps of the frames. */
  readonly stepMs: number;
  /** Time since the first frame. */
  readonly elapsedMs: number;
  /** Whether the frames have had the very same pixels for longer than those of any camera. */
  readonly isFrozen: boolean;
}

/** How long to wait for a frame before the camera counts as lost. */
export interface FramePatience {
  /** A camera that wakes up, an engine that warms up. */
  readonly firstFrameMs: number;
  readonly nextFrameMs: number;
}

const FROZEN_MS = 1_000;
/** The reason for which a track is ended that gives no frames. */
const STALLED: unique symbol = Symbol('stalled');

/**
 * Yields the frames until the source ends, no frame comes for too long, the camera fails, or the caller left; what the caller must know of these is
 * that the camera is lost, so all of them are the end. The track is closed behind it.
 *
 * @param controller - Ends the frames. Aborted with an error, they end with that error.
 * @throws What `track` throws.
 */
export async function* watchFrames<FrameSource>(
  engine: UnlockEngine<FrameSource>,
  frames: FrameSource,
  options: TrackOptions,
  { controller, patience }: { readonly controller: AbortController; readonly patience: FramePatience },
): AsyncGenerator<WatchedFrame, void> {
  // Its own: a stalled track is ended, the attempt goes on to say so.
  const inner = new AbortController();
  const pass = (): void => inner.abort(controller.signal.reason);
  controller.signal.addEventListener('abort', pass);
  if (controller.signal.aborted) pass();
  const stopped = whenAborted(inner.signal);
  const track = engine.track(frames, { ...options, signal: inner.signal });
  let isPulling = false;
  let last: TrackResult | undefined;
  let clock = { elapsedMs: 0, frozenMs: 0, fingerprint: undefined as number | undefined };
  try {
    for (;;) {
      const timer = setTimeout(() => inner.abort(STALLED), last === undefined ? patience.firstFrameMs : patience.nextFrameMs);
      isPulling = true;
      let step: IteratorResult<TrackResult>;
      try {
        step = await Promise.race([track.next(), stopped]);
      } finally {
        clearTimeout(timer);
      }
      isPulling = false;
      if (step.done === true) return;
      const result = step.value;
      const stepMs = last === undefined ? 0 : computeStepMs(last.timestampMs, result.timestampMs);
      const face = onlyFace(result);
      const { fingerprint } = result;
      const isSame = fingerprint !== undefined && fingerprint === clock.fingerprint;
      clock = { elapsedMs: clock.elapsedMs + stepMs, frozenMs: isSame ? clock.frozenMs + stepMs : 0, fingerprint };
      last = result;
      yield {
        result,
        ...(face !== undefined && { face }),
        stepMs,
        elapsedMs: clock.elapsedMs,
        isFrozen: clock.frozenMs > FROZEN_MS,
      };
      if (controller.signal.aborted) throw controller.signal.reason;
    }
  } catch (error) {
    const reason: unknown = inner.signal.aborted ? inner.signal.reason : error;
    if (reason === STALLED || reason === LEFT || isFaceError(reason, 'CAMERA_UNAVAILABLE')) return;
    throw reason;
  } finally {
    controller.signal.removeEventListener('abort', pass);
    inner.abort(LEFT);
    // A track that waits for a frame may never answer.
    const ending = closeQuietly(track);
    if (!isPulling) await ending;
  }
}

/** Rejects when the signal aborts; nobody needs to listen. */
function whenAborted(signal: AbortSignal): Promise<never> {
  const stopped = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason));
  });
  stopped.catch(() => {});
  return stopped;
}

function onlyFace({ faces }: TrackResult): TrackedFace | undefined {
  const [face] = faces;
  return faces.length === 1 && face?.missedFrames === 0 ? face : undefined;
}

async function closeQuietly(track: AsyncIterator<TrackResult>): Promise<void> {
  try {
    await track.return?.();
  } catch {
    // The frames are over either way.
  }
}
