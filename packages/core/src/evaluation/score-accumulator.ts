/** Error rates from more scores than fit into memory: all-against-all comparisons by the million. */

import { FaceError } from '../errors/face-error.ts';
import { countAllowed } from './count-allowed.ts';
import { assertScoreRange, type ScoreRange, toBin, toLowestScore } from './score-bins.ts';
import { countDescending, type ScoreTail, TailBuffer } from './score-tail.ts';
import { assertRate, nextUp } from './share-threshold.ts';

/** Options of {@link createScoreAccumulator}. */
export interface ScoreAccumulatorOptions {
  /** Lower end of the bins: -1 for cosines. */
  readonly min: number;
  /** Upper end of the bins: 1 for cosines. */
  readonly max: number;
  /** Bins of equal width, 8 bytes each. @defaultValue 200_000, of 1e-5 each for cosines */
  readonly bins?: number | undefined;
  /** How many of the largest scores are kept as they are, 32 bytes each. @defaultValue 2 ** 19 */
  readonly tailCapacity?: number | undefined;
}

/** A number of scores. */
export interface ScoreCount {
  /** Exact, or else too large by no more than the scores that share the threshold's bin. */
  readonly count: number;
  readonly isExact: boolean;
}

/** A threshold and what it lets through. */
export interface AccumulatedThreshold {
  readonly threshold: number;
  /** Share of the scores that reach the threshold; exact, and never more than was asked for. */
  readonly rate: number;
  /** Whether `threshold` is the lowest there is. If not, it is too high by less than a bin, where scores are in [min, max]. */
  readonly isExact: boolean;
}

/** Scores of one class, counted in bins, of which the largest are kept. */
export interface ScoreAccumulator {
  /** The bins. */
  readonly range: ScoreRange;
  /** How many scores were added. */
  readonly count: number;
  /**
   * Adds a score. One outside of [min, max] counts in the first or the last bin; in the tail it is kept as it is.
   *
   * @param first - A whole number below 2^32 that is kept with the score if it is among the largest: the identity of one face, for the bootstrap.
   * @param second - That of the other face.
   * @throws {FaceError} `SCORES_INVALID` if the score is not finite.
   */
  add(score: number, first: number, second: number): void;
  /** Counts the scores that are at least `threshold`. */
  countAtOrAbove(threshold: number): ScoreCount;
  /**
   * Finds the lowest threshold that at most a share `rate` of the scores reach, among the doubles just above a score. Where the tail does not reach
   * so far down, the threshold is the lower end of a bin.
   *
   * @param rate - In [0, 1].
   * @throws {FaceError} `INVALID_OPTION` if `rate` is no rate; `SCORES_INVALID` if no score was added.
   */
  thresholdAtRate(rate: number): AccumulatedThreshold;
  /**
   * The largest scores: all that exceed the (tailCapacity + 1)-th largest one. The arrays are shared between calls and must not be written to.
   */
  tail(): ScoreTail;
  /** Counts in `bins` bins of equal width over [min, max]; a boundary that is none of the bins inside is off by less than one of those. */
  histogram(bins: number): Float64Array;
  /** [bins + 1]: for each bin how many scores are in it or above, exactly; the last is 0. See {@link toLowestScore} for where a bin begins. */
  cumulative(): Float64Array;
  /** The lowest score if it is below `min`, else `min`: every score is at least this. */
  readonly lowest: number;
  /** The largest score; `undefined` before the first. */
  readonly largest: number | undefined;
}

/**
 * Creates an accumulator. Its memory depends on `bins` and `tailCapacity` alone, and adding a score allocates nothing.
 *
 * @throws {FaceError} `INVALID_OPTION`
 *
 * @example
 * const impostor = createScoreAccumulator({ min: -1, max: 1 });
 * for (const [a, b] of pairs) impostor.add(similarity(a, b), a.identity, b.identity);
 * const { threshold, rate } = impostor.thresholdAtRate(1e-5);
 */
export function createScoreAccumulator(options: ScoreAccumulatorOptions): ScoreAccumulator {
  const { min, max, bins = 200_000, tailCapacity = 2 ** 19 } = options;
  assertScoreRange({ min, max, bins });
  return new BinnedAccumulator({ min, max, bins }, new TailBuffer(tailCapacity));
}

class BinnedAccumulator implements ScoreAccumulator {
  readonly range: ScoreRange;
  /** [bins] */
  readonly #counts: Float64Array;
  readonly #tail: TailBuffer;
  readonly #min: number;
  readonly #scale: number;
  readonly #last: number;
  #count = 0;
  /** The lowest score below `min`, or `min`. */
  #lowest: number;
  /** What `cumulative` gives, as of `atCount` scores. */
  #reaching: { readonly atCount: number; readonly counts: Float64Array } | undefined;

  constructor(range: ScoreRange, tail: TailBuffer) {
    this.range = range;
    this.#counts = new Float64Array(range.bins);
    this.#tail = tail;
    this.#min = range.min;
    this.#lowest = range.min;
    this.#scale = range.bins / (range.max - range.min);
    this.#last = range.bins - 1;
  }

  get count(): number {
    return this.#count;
  }

  get lowest(): number {
    return this.#lowest;
  }

  get largest(): number | undefined {
    if (this.#count === 0) return undefined;
    const { scores } = this.tail();
    return scores.length > 0 ? scores[0] : this.#tail.floor;
  }

  add(score: number, first: number, second: number): void {
    // False for NaN and both infinities.
    if (score - score !== 0) throw refuseScore(score, this.#count);
    const position = (score - this.#min) * this.#scale;
    let bin = this.#last;
    if (position < bin) {
      // Towards zero is down, for what is below zero belongs to the first bin anyway.
      bin = position < 0 ? this.#addBelow(score) : position | 0;
    }
    this.#counts[bin] = (this.#counts[bin] as number) + 1;
    this.#count++;
    if (score >= this.#tail.floor) this.#tail.push(score, first, second);
  }

  countAtOrAbove(threshold: number): ScoreCount {
    if (Number.isNaN(threshold)) {
      throw new FaceError('INVALID_OPTION', 'Expected a number as threshold, got NaN.', { option: 'threshold', value: threshold });
    }
    const { scores } = this.tail();
    const { floor, floorCount } = this.#tail;
    if (threshold > floor) return { count: countDescending(scores, threshold), isExact: true };
    if (threshold === floor) return { count: scores.length + floorCount, isExact: true };
    if (threshold <= this.#lowest) return { count: this.#count, isExact: true };
    const reaching = this.#countReaching();
    const bin = toBin(this.range, threshold);
    const most = reaching[bin] as number;
    const isEdge = bin > 0 && threshold === toLowestScore(this.range, bin);
    return { count: most, isExact: isEdge || most === Math.max(reaching[bin + 1] as number, scores.length + floorCount) };
  }

  thresholdAtRate(rate: number): AccumulatedThreshold {
    assertRate(rate);
    const count = this.#count;
    if (count === 0) {
      throw new FaceError('SCORES_INVALID', 'Expected at least one score to find a threshold, got none. Add comparisons first.', { count });
    }
    const allowed = countAllowed(rate, count);
    const { scores } = this.tail();
    const { floor, floorCount } = this.#tail;
    if (allowed < scores.length) {
      const threshold = nextUp(scores[allowed] as number);
      return { threshold, rate: countDescending(scores, threshold) / count, isExact: true };
    }
    if (allowed < scores.length + floorCount) return { threshold: nextUp(floor), rate: scores.length / count, isExact: true };
    return this.#thresholdByBins(allowed);
  }

  tail(): ScoreTail {
    return this.#tail.toTail();
  }

  histogram(bins: number): Float64Array {
    assertScoreRange({ ...this.range, bins });
    const counts = new Float64Array(bins);
    for (let i = 0; i < this.#counts.length; i++) {
      const at = Math.floor(((i + 0.5) / this.#counts.length) * bins);
      counts[at] = (counts[at] as number) + (this.#counts[i] as number);
    }
    return counts;
  }

  cumulative(): Float64Array {
    return this.#countReaching().slice();
  }

  #addBelow(score: number): number {
    if (score < this.#lowest) this.#lowest = score;
    return 0;
  }

  #countReaching(): Float64Array {
    if (this.#reaching?.atCount === this.#count) return this.#reaching.counts;
    const counts = new Float64Array(this.#counts.length + 1);
    for (let i = this.#counts.length - 1; i >= 0; i--) counts[i] = (counts[i + 1] as number) + (this.#counts[i] as number);
    this.#reaching = { atCount: this.#count, counts };
    return counts;
  }

  /** The lowest end of a bin that no more than `allowed` scores reach; `allowed` is at least the number of scores from the floor up. */
  #thresholdByBins(allowed: number): AccumulatedThreshold {
    const { floor, floorCount } = this.#tail;
    const { scores } = this.tail();
    const known = scores.length + floorCount;
    if (allowed === known && known === this.#count) {
      return { threshold: floorCount > 0 ? floor : (scores[known - 1] as number), rate: 1, isExact: true };
    }
    const reaching = this.#countReaching();
    let bin = this.range.bins;
    while (bin > 0 && (reaching[bin - 1] as number) <= allowed) bin--;
    const edge = bin === 0 ? this.#lowest : toLowestScore(this.range, Math.min(bin, this.range.bins - 1));
    // The floor may lie in the bin that holds too many, and is known exactly.
    if (bin === this.range.bins || floor < edge) return { threshold: floor, rate: known / this.#count, isExact: false };
    return { threshold: edge, rate: (reaching[bin] as number) / this.#count, isExact: false };
  }
}

function refuseScore(score: number, index: number): FaceError {
  return new FaceError(
    'SCORES_INVALID',
    `Expected a finite score, got ${score} as number ${index}; count a comparison that could not be made as a failure to acquire instead.`,
    { count: 1, firstIndex: index },
  );
}
