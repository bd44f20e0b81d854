/** Timestamps that no camera gives. */

/** So many intervals are looked at together: three seconds of a camera with 30 frames per second. */
const WINDOW = 90;
/** A jump back or two can come from a clock that was set, or a page that was asleep. */
const TOLERATED_JUMPS = 2;
/** So many frames in a row with one timestamp are a sign. Fewer are not: browsers that protect their users round time to 0.1 s. */
const STANDSTILL = 30;
/** Faster than webcams and phones deliver to a program that looks for faces. */
const MAX_RATE = 240;
/** Rates are measured over a third of a second or so, with timestamps that vary. */
const RATE_MARGIN = 1.05;
/** Rates up to this factor above the stated one are roundings, or a camera that was set anew. */
const RATE_FACTOR = 2;
/**
 * Intervals that differ by less are called equal: half a microsecond. A sensor that is driven by a crystal and stamped by hardware can keep to a
 * microsecond, and the rounding to whole microseconds alone makes intervals differ by one.
 */
const EQUAL_MS = 0.0005;
/**
 * Steps of clocks that hide small differences: 5 µs holds all roundings of browsers' clocks (5 µs, 20 µs, 0.1 ms, 1 ms, 100 ms), 1/90 ms is the clock
 * of video streams. A camera with 25 frames per second, rounded to 0.1 ms, shows 40.0 ms again and again, and a stream with 30 frames per second
 * 3,000 ticks; so timestamps that all lie on one of these are not judged by their regularity.
 */
const CLOCKS: readonly { readonly stepMs: number; readonly toleranceMs: number }[] = [
  { stepMs: 0.005, toleranceMs: 0.0001 },
  // Often rounded once more, to whole microseconds.
  { stepMs: 1 / 90, toleranceMs: 0.00051 },
];

/**
 * Watches timestamps. A rate below the stated one is no sign: in the dark cameras lower it, and a program may skip frames.
 *
 * @param frameRate - What the camera states, frames per second.
 * @param report - Called once for each sign.
 */
export function watchFrameTiming(frameRate: number | undefined, report: (message: string) => void): { observe(timestampMs: number): void } {
  const stamps: number[] = [];
  const reported = new Set<string>();
  let jumps = 0;
  let still = 0;
  const reportOnce = (sign: string, message: string): void => {
    if (reported.has(sign)) return;
    reported.add(sign);
    report(message);
  };

  const judgeWindow = (): void => {
    const [first, last] = [stamps[0] as number, stamps[WINDOW] as number];
    const rate = last > first ? (WINDOW / (last - first)) * 1000 : 0;
    if (rate > RATE_MARGIN * MAX_RATE) {
      reportOnce('rate', `${WINDOW} frames came at ${rate.toFixed(0)} per second; no camera is expected to give more than ${MAX_RATE}.`);
    }
    if (frameRate !== undefined && frameRate > 0 && rate >= RATE_FACTOR * frameRate) {
      reportOnce('stated', `${WINDOW} frames came at ${rate.toFixed(1)} per second, from a camera that states ${frameRate}.`);
    }
    if (rate > 0 && spreadOfIntervals(stamps) < EQUAL_MS && !CLOCKS.some((clock) => stamps.every((stamp) => isOnClock(stamp, clock)))) {
      const interval = ((last - first) / WINDOW).toFixed(4);
      reportOnce('regular', `${WINDOW} intervals of ${interval} ms differ by less than half a microsecond: computed rather than measured.`);
    }
  };

  return {
    observe(timestampMs) {
      if (!Number.isFinite(timestampMs)) {
        reportOnce('number', `A frame has the timestamp ${timestampMs}, which is no time.`);
        return;
      }
      const last = stamps.at(-1);
      still = timestampMs === last ? still + 1 : 0;
      if (still === STANDSTILL) reportOnce('still', `${STANDSTILL + 1} frames in a row have the timestamp ${timestampMs} ms.`);
      if (last !== undefined && timestampMs < last) {
        stamps.length = 0;
        jumps++;
        if (jumps > TOLERATED_JUMPS) {
          reportOnce('jumps', `Timestamps jumped back ${jumps} times, the last time from ${last} ms to ${timestampMs} ms.`);
        }
      }
      stamps.push(timestampMs);
      if (stamps.length <= WINDOW) return;
      judgeWindow();
      // Half of them stay, so that the windows overlap.
      stamps.splice(0, WINDOW / 2);
    },
  };
}

function spreadOfIntervals(stamps: readonly number[]): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 1; i < stamps.length; i++) {
    const interval = (stamps[i] as number) - (stamps[i - 1] as number);
    least = Math.min(least, interval);
    most = Math.max(most, interval);
  }
  return most - least;
}

function isOnClock(stamp: number, { stepMs, toleranceMs }: (typeof CLOCKS)[number]): boolean {
  const off = Math.abs(stamp - Math.round(stamp / stepMs) * stepMs);
  // Milliseconds since 1970 have a resolution of their own, about a quarter of a microsecond.
  return off <= toleranceMs + Math.abs(stamp) * Number.EPSILON;
}
