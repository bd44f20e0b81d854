/** What a frame of the camera cost, as figures. */

import type { TrackResult } from 'isoface';
import { formatMilliseconds } from '../text/format-milliseconds.ts';

/** Label and value. */
export function listTrackFigures(
  {
    faces,
    droppedFrames,
    width,
    height,
    detection,
    timings,
  }: Pick<TrackResult, 'faces' | 'droppedFrames' | 'width' | 'height' | 'detection' | 'timings'>,
  framesPerSecond: number,
): readonly (readonly [string, string])[] {
  const totalMs = timings.decodeMs + timings.preprocessMs + timings.detectMs + timings.alignMs + timings.embedMs;
  return [
    ['faces', String(faces.length)],
    ['frames per second', framesPerSecond.toFixed(1)],
    ['dropped frames', String(droppedFrames)],
    ['frame', `${width} x ${height}`],
    ['detector', detection.ran ? `${detection.size ?? ''} pixels` : 'not needed'],
    ['detect', formatMilliseconds(timings.detectMs)],
    ['align', formatMilliseconds(timings.alignMs)],
    ['embed', formatMilliseconds(timings.embedMs)],
    ['total', formatMilliseconds(totalMs)],
  ];
}
