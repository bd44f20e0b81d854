/** Frames per second over the last moments. */

/** Counts frames. */
export interface FrameRate {
  /** Adds a frame and gives the rate; 0 until there are two frames. */
  add(timeMs: number): number;
}

/** Creates a counter that looks back over `windowMs`. */
export function createFrameRate(windowMs = 2000): FrameRate {
  const times: number[] = [];
  return {
    add(timeMs) {
      times.push(timeMs);
      while ((times[0] ?? timeMs) <= timeMs - windowMs) times.shift();
      const [first = timeMs] = times;
      return timeMs <= first ? 0 : ((times.length - 1) * 1000) / (timeMs - first);
    },
  };
}
