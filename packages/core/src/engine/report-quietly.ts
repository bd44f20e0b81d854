/** Progress callbacks that cannot do harm. */

import type { EngineProgress } from './face-engine.ts';

/** Wraps a caller's progress callback: what it throws is ignored, and it may be absent. */
export function reportQuietly(onProgress: ((event: EngineProgress) => void) | undefined): (event: EngineProgress) => void {
  return (event) => {
    try {
      onProgress?.(event);
    } catch {
      // The caller's display is not our concern.
    }
  };
}
