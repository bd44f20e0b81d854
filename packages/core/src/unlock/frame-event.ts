/** A frame as an overlay sees it. */

import type { Advice, FrameEvent } from './face-unlock.ts';
import type { WatchedFrame } from './watch-frames.ts';

/** Plain data, without the embedding. */
export function toFrameEvent({ result, face }: WatchedFrame, advice: Advice | undefined): FrameEvent {
  const { width, height, timings, droppedFrames, faces } = result;
  const seen = faces.filter(({ missedFrames }) => missedFrames === 0).length;
  const shown = face && { box: face.box, quality: face.quality, ...(face.landmarks && { landmarks: face.landmarks }) };
  return { type: 'frame', ...(shown && { face: shown }), faces: seen, width, height, timings, droppedFrames, ...(advice && { advice }) };
}
