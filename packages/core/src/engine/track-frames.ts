/** The loop of a track session: one frame after the other, and a clean end whatever ends it. */

import { FaceError } from '../errors/face-error.ts';
import { resolveTrackOptions } from '../track/track-options.ts';
import type { TrackState } from '../track/track-state.ts';
import type { FaceEngine, TimedImage, TrackOptions, TrackResult } from './face-engine.ts';
import type { Clock } from './stage-clock.ts';

/** What the loop needs. */
export interface TrackFramesContext<ImageInput> {
  readonly trackFrame: FaceEngine<ImageInput>['trackFrame'];
  readonly now: Clock;
  /** Throws once the engine is disposed. */
  assertUsable(): void;
  /** Calls back when the engine is disposed; returns how to take that back. */
  onDispose(listener: () => void): () => void;
}

type StopContext = Pick<TrackFramesContext<unknown>, 'assertUsable' | 'onDispose'>;

type Source<T> = Iterable<T> | AsyncIterable<T>;

/** How the loop ends, and with it what its source is owed. */
type Ending =
  /** The caller left the loop. */
  | 'left'
  /** The source is at its end, or failed: it is closed already. */
  | 'over'
  /** A frame failed, or the loop was stopped between two frames. */
  | 'failed'
  /** Stopped while the source had no frame: it may never give one, so it cannot be waited for. */
  | 'stalled';

/** See `FaceEngine.track`. */
export async function* trackFrames<ImageInput>(
  frames: Source<ImageInput | TimedImage<ImageInput>>,
  options: TrackOptions,
  context: TrackFramesContext<ImageInput>,
): AsyncIterableIterator<TrackResult> {
  const { signal } = options;
  const source = openSource(frames);
  let ending: Ending = 'left';
  let isPulling = false;
  try {
    resolveTrackOptions(options);
    let state: TrackState | undefined;
    for (;;) {
      throwIfStopped(signal, context);
      isPulling = true;
      const step = await pull(source, signal, context);
      isPulling = false;
      if (step === 'stopped') {
        ending = 'stalled';
        continue;
      }
      if (step.done === true) {
        ending = 'over';
        return;
      }
      const frame = toTimedImage(await step.value, context.now);
      throwIfStopped(signal, context);
      const tracked = await context.trackFrame(frame, state, options);
      throwIfStopped(signal, context);
      state = tracked.state;
      yield tracked.result;
    }
  } catch (error) {
    if (ending === 'left') ending = isPulling ? 'over' : 'failed';
    throw error;
  } finally {
    // The error of the loop goes before one of the source's end, as in any `for await`.
    if (ending === 'left') await source.return?.();
    if (ending === 'failed') await closeQuietly(source);
    if (ending === 'stalled') void closeQuietly(source);
  }
}

function openSource<T>(source: Source<T>): Iterator<T> | AsyncIterator<T> {
  if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
  if (Symbol.iterator in source) return source[Symbol.iterator]();
  throw new FaceError('INVALID_OPTION', 'Expected frames that can be iterated over, got something else.', { option: 'frames' });
}

async function closeQuietly(source: Iterator<unknown> | AsyncIterator<unknown>): Promise<void> {
  try {
    await source.return?.();
  } catch {
    // Something went wrong before: that is what the caller is told.
  }
}

/** The next item of the source, or word that the signal has aborted or the engine was disposed while there was none. */
function pull<T>(
  source: Iterator<T> | AsyncIterator<T>,
  signal: AbortSignal | undefined,
  { onDispose }: StopContext,
): Promise<IteratorResult<T> | 'stopped'> {
  return new Promise((resolve, reject) => {
    const stop = (): void => settle(() => resolve('stopped'));
    // Listeners live as long as one item: a track may run for days.
    const forget = onDispose(stop);
    signal?.addEventListener('abort', stop);
    const settle = (finish: () => void): void => {
      forget();
      signal?.removeEventListener('abort', stop);
      finish();
    };
    Promise.resolve()
      .then(() => source.next())
      .then(
        (step) => settle(() => resolve(step)),
        (error: unknown) => settle(() => reject(error)),
      );
  });
}

function toTimedImage<ImageInput>(item: ImageInput | TimedImage<ImageInput>, now: Clock): TimedImage<ImageInput> {
  return isTimedImage(item) ? item : { image: item, timestampMs: now() };
}

function isTimedImage<ImageInput>(item: ImageInput | TimedImage<ImageInput>): item is TimedImage<ImageInput> {
  return typeof item === 'object' && item !== null && 'image' in item && 'timestampMs' in item;
}

function throwIfStopped(signal: AbortSignal | undefined, { assertUsable }: StopContext): void {
  signal?.throwIfAborted();
  assertUsable();
}
