/** The frame that a video element shows now. */

/** Opens it; nothing where the browser has no such frames, or keeps none for a video that was never painted. */
export function openVideoFrame(video: HTMLVideoElement): VideoFrame | undefined {
  if (typeof VideoFrame !== 'function') return undefined;
  try {
    return new VideoFrame(video);
  } catch (error) {
    if (isInvalidState(error)) return undefined;
    throw error;
  }
}

/** What browsers throw for a video that shows nothing: before its first paint, and while it seeks. */
export function isInvalidState(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'InvalidStateError';
}
