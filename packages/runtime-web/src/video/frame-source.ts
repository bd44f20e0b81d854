/** What `track` takes in the browser, as frames. */

import type { TimedImage } from '@isoface/core';
import type { WebImageInput } from '../images/web-image-input.ts';
import { videoFrames } from './video-frames.ts';

/** A sequence of images, e.g. from `VideoDecoder` or `MediaStreamTrackProcessor`. The caller closes what it yields. */
type Frames = Iterable<WebImageInput | TimedImage<WebImageInput>> | AsyncIterable<WebImageInput | TimedImage<WebImageInput>>;

/** A video that plays, a stream or track of a camera, or a sequence of images. */
export type WebFrameSource = HTMLVideoElement | MediaStream | MediaStreamTrack | Frames;

/** Turns a source into frames. The camera of a stream stays on when the frames end: whoever opened it closes it. */
export function toFrames(source: WebFrameSource, signal: AbortSignal | undefined): Frames {
  if (source instanceof HTMLVideoElement) return videoFrames(source, signal);
  if (source instanceof MediaStream) return streamFrames(source, signal);
  if (source instanceof MediaStreamTrack) return streamFrames(new MediaStream([source]), signal);
  return source;
}

/** Plays a stream in a video element that is not shown. */
async function* streamFrames(stream: MediaStream, signal: AbortSignal | undefined): AsyncGenerator<TimedImage<WebImageInput>> {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  try {
    // It is not waited for: a stream that has ended already never starts to play.
    void video.play().catch(() => {});
    yield* videoFrames(video, signal);
  } finally {
    video.srcObject = null;
  }
}
