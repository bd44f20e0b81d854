/** The One Euro filter: still faces do not tremble, moving ones are followed without lag. */

/** State of the filter over several values; plain data. */
export interface OneEuroState {
  /** The last values as they came in. */
  readonly raw: Float64Array;
  /** The last values, filtered. */
  readonly values: Float64Array;
  /** Filtered speed of each value, units per second. */
  readonly speeds: Float64Array;
  /** Whether `speeds` were measured at all: after the first values they are zero. */
  readonly isMoving: boolean;
}

/** How strongly is filtered. */
export interface OneEuroOptions {
  /** What counts as one: speeds are measured in it per second, so that large and small faces are filtered alike. */
  readonly unit: number;
  /** Cutoff frequency at rest, Hz: lower trembles less. @defaultValue 1.5 */
  readonly minCutoffHz?: number | undefined;
  /**
   * Growth of the cutoff frequency with the speed. At any steady speed the filtered value lags by at most `unit / (2 * pi * beta)`.
   * @defaultValue 8
   */
  readonly beta?: number | undefined;
}

/** Cutoff of the filter over the speed, Hz; the value of the paper. */
const SPEED_CUTOFF_HZ = 1;

/**
 * Filters one more set of values.
 *
 * @param state - The state after the values before; `undefined`, or of another length, starts anew.
 * @param values - Finite numbers.
 * @param stepMs - Time since the values before, milliseconds, larger than 0.
 * @returns A new state, whose `values` are the filtered ones.
 * @see Casiez, Roussel and Vogel, "1€ Filter: a simple speed-based low-pass filter for noisy input in interactive systems", CHI 2012.
 */
export function filterOneEuro(
  state: OneEuroState | undefined,
  values: ArrayLike<number>,
  stepMs: number,
  { unit, minCutoffHz = 1.5, beta = 8 }: OneEuroOptions,
): OneEuroState {
  const raw = Float64Array.from(values);
  if (state === undefined || state.raw.length !== raw.length) {
    return { raw, values: raw.slice(), speeds: new Float64Array(raw.length), isMoving: false };
  }
  const stepSeconds = stepMs / 1000;
  // The first speed is taken as it comes: a face that enters in motion would lag until the filter believed it.
  const speedShare = state.isMoving ? toShare(SPEED_CUTOFF_HZ, stepSeconds) : 1;
  const speeds = raw.map((value, i) => {
    const before = state.speeds[i] as number;
    return before + speedShare * ((value - (state.raw[i] as number)) / stepSeconds - before);
  });
  const filtered = raw.map((value, i) => {
    const cutoffHz = minCutoffHz + (beta * Math.abs(speeds[i] as number)) / unit;
    const before = state.values[i] as number;
    return before + toShare(cutoffHz, stepSeconds) * (value - before);
  });
  return { raw, values: filtered, speeds, isMoving: true };
}

/** Share of the new value in the filtered one, in (0, 1). */
function toShare(cutoffHz: number, stepSeconds: number): number {
  return 1 / (1 + 1 / (2 * Math.PI * cutoffHz * stepSeconds));
}
