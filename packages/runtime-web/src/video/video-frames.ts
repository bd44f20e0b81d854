/** The frames of a video as an asynchronous iterable: always the latest one, older ones are counted and dropped. */

import { FaceError, type TimedImage } from '@isoface/core';
import { isInvalidState, openVideoFrame } from '../images/open-video-frame.ts';

/**
 * Yields the frame that a playing video shows whenever one is asked for, and waits for a new one where it was yielded already. While the video is
 * paused, or its tab is hidden so that the browser presents no frames, it waits. Ends with the video, after its last frame.
 *
 * Frames are closed when the next one is asked for.
 *
 * @param left - Ends the frames when aborted, also while one is waited for.
 * @throws {FaceError} `IMAGE_INVALID` if the video cannot be played or its pixels may not be read.
 */
export async function* videoFrames(video: HTMLVideoElement, left: AbortSignal): AsyncGenerator<TimedImage<VideoFrame | ImageBitmap>, void> {
  const watch = watchVideo(video, left);
  let taken = 0;
  let skipped = 0;
  try {
    while (await watch.waitForFrame(taken)) {
      const { presented, timestampMs } = watch.latest();
      if (taken > 0) skipped += presented - taken - 1;
      taken = presented;
      const image = await capture(video);
      // Between two places of the video it shows nothing; the next frame is on its way.
      if (image === undefined) continue;
      try {
        yield { image, timestampMs, droppedFrames: skipped };
      } finally {
        image.close();
      }
    }
  } finally {
    watch.stop();
  }
}

interface VideoWatch {
  /** Resolves with `true` when a frame after number `taken` is shown, with `false` when there will be none. */
  waitForFrame(taken: number): Promise<boolean>;
  /** The number of the latest frame, from 1 for the first one since the start, and its time. */
  latest(): { readonly presented: number; readonly timestampMs: number };
  stop(): void;
}

function watchVideo(video: HTMLVideoElement, left: AbortSignal): VideoWatch {
  let presented = 0;
  /** The browser's own counter, which also counts frames for which there was no time to call back, and those before the start. */
  let counter = 0;
  let timestampMs = 0;
  let wake: () => void = () => {};
  let handle = 0;

  const onFrame = (now: number, metadata?: VideoFrameCallbackMetadata): void => {
    const count = metadata?.presentedFrames ?? 0;
    presented += counter > 0 && count > counter ? count - counter : 1;
    counter = count;
    timestampMs = metadata?.captureTime ?? (isLive(video) ? now : (metadata?.mediaTime ?? video.currentTime) * 1000);
    wake();
    request();
  };
  const byCallback = 'requestVideoFrameCallback' in video;
  let lastTime = -1;
  const onAnimationFrame = (now: number): void => {
    if (video.readyState >= 2 && video.currentTime !== lastTime) {
      lastTime = video.currentTime;
      onFrame(now);
    } else request();
  };
  const request = (): void => {
    handle = byCallback ? video.requestVideoFrameCallback(onFrame) : requestAnimationFrame(onAnimationFrame);
  };
  // What is read below changes with the event.
  const onChange = (): void => wake();

  const tracks = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks() : [];
  const isStreamOver = (): boolean => isLive(video) && (video.ended || (tracks.length > 0 && tracks.every(hasEnded)));
  video.addEventListener('ended', onChange);
  video.addEventListener('error', onChange);
  left.addEventListener('abort', onChange);
  // A camera that is unplugged ends its track; not every browser ends the video with it.
  for (const track of tracks) track.addEventListener('ended', onChange);
  request();
  // A paused video shows a frame and will not call back for it.
  if (byCallback && video.readyState >= 2 && video.paused && !video.ended) {
    presented = 1;
    timestampMs = isLive(video) ? performance.now() : video.currentTime * 1000;
  }

  return {
    async waitForFrame(taken) {
      for (;;) {
        if (left.aborted) return false;
        if (video.error !== null)
          throw new FaceError('IMAGE_INVALID', `Expected a video that plays, got an error: ${video.error.message}.`);
        // What a camera showed last is not what it sees.
        if (isStreamOver()) return false;
        if (presented > taken) return true;
        if (video.ended) return false;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    latest: () => ({ presented, timestampMs }),
    stop() {
      video.removeEventListener('ended', onChange);
      video.removeEventListener('error', onChange);
      left.removeEventListener('abort', onChange);
      for (const track of tracks) track.removeEventListener('ended', onChange);
      if (byCallback) video.cancelVideoFrameCallback(handle);
      else cancelAnimationFrame(handle);
    },
  };
}

function isLive({ srcObject }: HTMLVideoElement): boolean {
  return srcObject !== null && srcObject !== undefined;
}

function hasEnded({ readyState }: MediaStreamTrack): boolean {
  return readyState === 'ended';
}

/** What the video shows; nothing while it seeks. */
async function capture(video: HTMLVideoElement): Promise<VideoFrame | ImageBitmap | undefined> {
  try {
    return openVideoFrame(video) ?? (await createImageBitmap(video));
  } catch (cause) {
    if (isInvalidState(cause)) return undefined;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FaceError(
      'IMAGE_INVALID',
      `The pixels of the video cannot be read: ${why} If it comes from elsewhere, it needs that site's permission (CORS) and crossorigin="anonymous".`,
      {},
      { cause },
    );
  }
}
