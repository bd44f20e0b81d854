/** The frames of a video as an asynchronous iterable: always the latest one, older ones are counted and dropped. */

import { FaceError, type TimedImage } from '@isoface/core';

/**
 * Yields the frame that a playing video shows whenever one is asked for, and waits for a new one where it was yielded already. While the video is
 * paused, or its tab is hidden so that the browser presents no frames, it waits. Ends with the video.
 *
 * Frames are closed when the next one is asked for.
 *
 * @throws {FaceError} `IMAGE_INVALID` if the video cannot be played or its pixels may not be read.
 */
export async function* videoFrames(video: HTMLVideoElement, signal?: AbortSignal): AsyncGenerator<TimedImage<VideoFrame | ImageBitmap>> {
  const watch = watchVideo(video, signal);
  let taken = 0;
  let skipped = 0;
  try {
    while (await watch.waitForFrame(taken)) {
      const { presented, mediaTimeMs } = watch.latest();
      if (taken > 0) skipped += presented - taken - 1;
      taken = presented;
      const image = await capture(video);
      try {
        yield { image, timestampMs: mediaTimeMs, droppedFrames: skipped };
      } finally {
        image.close();
      }
    }
  } finally {
    watch.stop();
  }
}

interface VideoWatch {
  /** Resolves with `true` when a frame after number `taken` is shown, with `false` when the video has ended. */
  waitForFrame(taken: number): Promise<boolean>;
  latest(): { readonly presented: number; readonly mediaTimeMs: number };
  stop(): void;
}

function watchVideo(video: HTMLVideoElement, signal: AbortSignal | undefined): VideoWatch {
  let presented = 0;
  let mediaTimeMs = 0;
  let isOver = false;
  let failure: unknown;
  let wake: () => void = () => {};
  let handle = 0;

  const onFrame = (now: number, metadata?: VideoFrameCallbackMetadata): void => {
    // The browser's own counter also counts frames for which there was no time to call back.
    presented = Math.max(presented + 1, metadata?.presentedFrames ?? 0);
    mediaTimeMs = metadata?.captureTime ?? (isLive(video) ? now : (metadata?.mediaTime ?? video.currentTime) * 1000);
    wake();
    request();
  };
  const byCallback = 'requestVideoFrameCallback' in video;
  let lastTime = -1;
  const onAnimationFrame = (now: number): void => {
    if (video.readyState >= 2 && (video.currentTime !== lastTime || isLive(video))) {
      lastTime = video.currentTime;
      onFrame(now);
    } else request();
  };
  const request = (): void => {
    handle = byCallback ? video.requestVideoFrameCallback(onFrame) : requestAnimationFrame(onAnimationFrame);
  };
  const onEnd = (): void => {
    isOver = true;
    wake();
  };
  const onError = (): void => {
    failure = new FaceError('IMAGE_INVALID', `Expected a video that plays, got an error: ${video.error?.message || 'unknown'}.`);
    wake();
  };
  const onAbort = (): void => {
    failure = signal?.reason;
    isOver = true;
    wake();
  };

  video.addEventListener('ended', onEnd);
  video.addEventListener('error', onError);
  signal?.addEventListener('abort', onAbort, { once: true });
  const tracks = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks() : [];
  // A camera that is unplugged ends its track; not every browser ends the video with it.
  for (const track of tracks) track.addEventListener('ended', onEnd);
  request();
  // A paused video shows a frame and will not call back for it.
  if (video.readyState >= 2 && video.paused) queueMicrotask(() => onFrameShown());
  function onFrameShown(): void {
    if (presented === 0) {
      presented = 1;
      mediaTimeMs = video.currentTime * 1000;
      wake();
    }
  }
  const hasEnded = (): boolean => isOver || video.ended || (tracks.length > 0 && tracks.every(({ readyState }) => readyState === 'ended'));

  return {
    async waitForFrame(taken) {
      for (;;) {
        if (failure !== undefined) throw failure;
        if (hasEnded()) return false;
        if (presented > taken) return true;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    latest: () => ({ presented, mediaTimeMs }),
    stop() {
      video.removeEventListener('ended', onEnd);
      video.removeEventListener('error', onError);
      signal?.removeEventListener('abort', onAbort);
      for (const track of tracks) track.removeEventListener('ended', onEnd);
      if (byCallback) video.cancelVideoFrameCallback(handle);
      else cancelAnimationFrame(handle);
    },
  };
}

function isLive(video: HTMLVideoElement): boolean {
  return video.srcObject !== null && video.srcObject !== undefined;
}

async function capture(video: HTMLVideoElement): Promise<VideoFrame | ImageBitmap> {
  try {
    return typeof VideoFrame === 'function' ? new VideoFrame(video) : await createImageBitmap(video);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FaceError(
      'IMAGE_INVALID',
      `The pixels of the video cannot be read: ${why} If it comes from elsewhere, it needs that site's permission (CORS) and crossorigin="anonymous".`,
      {},
      { cause },
    );
  }
}
