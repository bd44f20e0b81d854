/** A known face for the tests of this folder. */

import { filterOneEuro } from '../../src/track/one-euro.ts';
import type { Track } from '../../src/track/track-state.ts';

const BOX = { x: 10, y: 20, width: 40, height: 40 };

/** Seen a moment ago, not embedded; `changes` make it another one. */
export function aTrack(changes: Partial<Track> = {}): Track {
  return {
    id: 1,
    ageFrames: 20,
    missedFrames: 0,
    seenMs: 0,
    face: { box: BOX, score: 0.9 },
    filter: filterOneEuro(undefined, [30, 40, 40, 40], 1, { unit: 40 }),
    quality: { sizePixels: 40, sharpness: 100, brightness: 0.5, contrast: 0.2 },
    usability: 0.5,
    isContested: false,
    isDetected: true,
    ...changes,
  };
}
