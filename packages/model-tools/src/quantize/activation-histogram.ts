/** Counts the values of one tensor over many runs, in bounded memory. */

/** Bins on each side of zero. */
const HALF = 2048;
const BINS = 2 * HALF;
/** Finer than the spacing of the smallest float32 numbers needs no bins. */
const SMALLEST_WIDTH = 2 ** -149;

/**
 * A histogram that grows with its values: bins are a power of two wide and lie on multiples of their width, so that neighbours can be
 * merged without loss of order, and the result depends only on the values, not on the order in which they come.
 */
export class ActivationHistogram {
  #counts = new Float64Array(BINS);
  #width = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #total = 0;

  /** Smallest value; positive infinity before the first. */
  get min(): number {
    return this.#min;
  }

  /** Largest value; negative infinity before the first. */
  get max(): number {
    return this.#max;
  }

  /** Number of values. */
  get total(): number {
    return this.#total;
  }

  /**
   * Counts values.
   *
   * @returns the first value that is not a finite number, before anything was counted; `undefined` if all are
   */
  add(values: Float32Array): number | undefined {
    let min = this.#min;
    let max = this.#max;
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index] ?? 0;
      // Only finite numbers differ from themselves by 0.
      if (value - value !== 0) return value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    this.#min = min;
    this.#max = max;
    this.#total += values.length;
    this.#widen(Math.max(Math.abs(min), Math.abs(max)));
    const perUnit = this.#width === 0 ? 0 : 1 / this.#width;
    const counts = this.#counts;
    for (let index = 0; index < values.length; index += 1) {
      const bin = Math.floor((values[index] ?? 0) * perUnit) + HALF;
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return undefined;
  }

  /** The bins that hold anything, in rising order: their centre, within the measured range, and how many values they hold. */
  bins(): { readonly centre: number; readonly count: number }[] {
    const result: { centre: number; count: number }[] = [];
    for (const [index, count] of this.#counts.entries()) {
      if (count === 0) continue;
      const centre = (index - HALF + 0.5) * this.#width;
      result.push({ centre: Math.min(this.#max, Math.max(this.#min, centre)), count });
    }
    return result;
  }

  /** Makes room for a magnitude. */
  #widen(magnitude: number): void {
    if (magnitude === 0) return;
    if (this.#width === 0) {
      // So far all values were 0, which are in the right bin at every width.
      this.#width = SMALLEST_WIDTH;
      while (this.#width * HALF <= magnitude) this.#width *= 2;
      return;
    }
    while (this.#width * HALF <= magnitude) {
      const merged = new Float64Array(BINS);
      for (const [index, count] of this.#counts.entries()) {
        const bin = Math.floor((index - HALF) / 2) + HALF;
        merged[bin] = (merged[bin] ?? 0) + count;
      }
      this.#counts = merged;
      this.#width *= 2;
    }
  }
}
