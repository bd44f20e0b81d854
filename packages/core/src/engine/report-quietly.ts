/** Callbacks of the caller that cannot do harm. */

/** Wraps a caller's callback for events: what it throws is ignored, and it may be absent. */
export function reportQuietly<Event>(callback: ((event: Event) => void) | undefined): (event: Event) => void {
  return (event) => {
    try {
      callback?.(event);
    } catch {
      // The caller's display is not our concern.
    }
  };
}
