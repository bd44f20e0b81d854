/** What `track` takes in the browser, as frames. */

import { FaceError, type TimedImage } from '@isoface/core';
import type { WebImageInput } from '../images/web-image-input.ts';
import { leavable } from './leavable.ts';
import { videoFrames } from './video-frames.ts';

/** A sequence of images, e.g. from `VideoDecoder` or `MediaStreamTrackProcessor`. The caller closes what it yields. */
type Frames = Iterable<WebImageInput | TimedImage<WebImageInput>> | AsyncIterable<WebImageInput | TimedImage<WebImageInput>>;

/** A video that plays, a stream or track of a camera, or a sequence of images. */
export type WebFrameSource = HTMLVideoElement | MediaStream | MediaStreamTrack | Frames;

/** Turns a source into frames. The camera of a stream stays on when the frames end: whoever opened it closes it. */
export function toFrames(source: WebFrameSource): Frames {
  if (source instanceof HTMLVideoElement) return leavable((left) => videoFrames(source, left));
  if (source instanceof MediaStream) return leavable((left) => streamFrames(source, left));
  if (source instanceof MediaStreamTrack) return leavable((left) => streamFrames(new MediaStream([source]), left));
  return source;
}

/**
 * Plays a stream in a video element that is not shown.
 *
 * @throws {FaceError} `INVALID_OPTION` if the stream has no video.
 */
async function* streamFrames(stream: MediaStream, left: AbortSignal): AsyncGenerator<TimedImage<WebImageInput>, void> {
  if (stream.getVideoTracks().length === 0) {
    throw new FaceError('INVALID_OPTION', 'Expected a stream with a video track, got one without; open a camera with openCamera.', {
      option: 'frames',
    });
  }
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  try {
    // It is not waited for: a stream that has ended already never starts to play.
    void video.play().catch(() => {});
    yield* videoFrames(video, left);
  } finally {
    video.srcObject = null;
  }
}
