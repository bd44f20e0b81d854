/** Frames that come again: no two frames of a camera have the same pixels, for the noise of its sensor differs. */

/** Pairs of neighbouring frames that are looked at together, and how many must have been seen. */
const PAIRS = 60;
const MIN_PAIRS = 30;
/** In the dark some cameras give every frame twice to keep their rate: half of the pairs are then the same. */
const MAX_SHARE = 2 / 3;
/** Frames whose fingerprints are remembered: a minute at 30 frames per second. */
const REMEMBERED = 1800;
/** A frame has come back if at least so many others lie between. */
const FRAMES_BETWEEN = 5;
/** One frame that comes back is an accident (a nearly black picture, a buffer shown again); so many are a loop. */
const RETURNS = 3;

/**
 * Watches fingerprints.
 *
 * @param report - Called once for each sign.
 */
export function watchFingerprints(report: (message: string) => void): { observe(fingerprint: number | undefined): void } {
  const repeats: boolean[] = [];
  /** The number of the frame in which each fingerprint was last seen, oldest first. */
  const seen = new Map<number, number>();
  let previous: number | undefined;
  let frame = 0;
  let returns = 0;
  let isFreezeReported = false;
  let isLoopReported = false;

  const watchRepeats = (fingerprint: number): void => {
    repeats.push(fingerprint === previous);
    if (repeats.length > PAIRS) repeats.shift();
    const same = repeats.filter(Boolean).length;
    if (isFreezeReported || repeats.length < MIN_PAIRS || same <= MAX_SHARE * repeats.length) return;
    isFreezeReported = true;
    report(
      `${same} of the last ${repeats.length} frames have exactly the pixels of the frame before; the noise of a camera makes every frame different.`,
    );
  };

  const watchReturns = (fingerprint: number): void => {
    const last = seen.get(fingerprint);
    if (last === undefined || frame - last <= FRAMES_BETWEEN) return;
    returns++;
    if (isLoopReported || returns < RETURNS) return;
    isLoopReported = true;
    report(
      `${returns} frames have exactly the pixels of an earlier one, the last of them of that ${frame - last} frames before: a recording that repeats does this.`,
    );
  };

  return {
    observe(fingerprint) {
      frame++;
      if (fingerprint !== undefined) {
        if (previous !== undefined) watchRepeats(fingerprint);
        watchReturns(fingerprint);
        // Taken out first, so that the map stays in the order of the last sighting.
        seen.delete(fingerprint);
        seen.set(fingerprint, frame);
        for (const oldest of seen.keys()) {
          if (seen.size <= REMEMBERED) break;
          seen.delete(oldest);
        }
      }
      previous = fingerprint;
    },
  };
}
