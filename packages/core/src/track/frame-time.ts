/** Time as a track session counts it. */

/** Time that passes between frames whose timestamps do not grow: a video that starts over, or a source without a clock. */
const NOMINAL_STEP_MS = 1000 / 30;

/**
 * Time since the frame before, milliseconds.
 *
 * @param before - Timestamp of the frame before; `undefined` for the first.
 * @returns Larger than 0, also where timestamps stand still or jump back.
 */
export function computeStepMs(before: number | undefined, timestampMs: number): number {
  const step = before === undefined ? Number.NaN : timestampMs - before;
  return step > 0 ? step : NOMINAL_STEP_MS;
}
