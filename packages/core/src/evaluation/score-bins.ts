/** Bins of equal width for scores, with ends that are exact in floating point. */

import { FaceError } from '../errors/face-error.ts';

/** Bins of equal width over [min, max]. Scores outside belong to the first and the last bin. */
export interface ScoreRange {
  readonly min: number;
  readonly max: number;
  /** How many. */
  readonly bins: number;
}

/**
 * Makes sure that a range is one.
 *
 * @throws {FaceError} `INVALID_OPTION`
 */
export function assertScoreRange({ min, max, bins }: ScoreRange): void {
  if (!(Number.isFinite(min) && Number.isFinite(max) && min < max && Number.isFinite(max - min))) {
    throw new FaceError('INVALID_OPTION', `Expected a finite min below a finite max, e.g. -1 and 1 for cosines, got ${min} and ${max}.`, {
      option: 'min',
      value: [min, max],
    });
  }
  if (!Number.isSafeInteger(bins) || bins < 1 || bins > 2 ** 26) {
    throw new FaceError('INVALID_OPTION', `Expected a whole number of bins from 1 to ${2 ** 26}, got ${bins}.`, {
      option: 'bins',
      value: bins,
    });
  }
}

/** The bin of a finite score; never falls as the score grows. */
export function toBin({ min, max, bins }: ScoreRange, score: number): number {
  return Math.min(bins - 1, Math.max(0, Math.floor((score - min) * (bins / (max - min)))));
}

/** The lowest score of a bin, exactly: one double less belongs to the bin below. For the first bin `min`, although lower scores count there. */
export function toLowestScore(range: ScoreRange, bin: number): number {
  if (bin <= 0) return range.min;
  const width = (range.max - range.min) / range.bins;
  // Half a bin to both sides, or the whole range where bins are about as narrow as doubles are apart.
  let below = range.min + (bin - 0.5) * width;
  let score = below + width;
  if (toBin(range, below) >= bin) below = range.min;
  if (toBin(range, score) < bin) score = range.max;
  for (let middle = (below + score) / 2; middle > below && middle < score; middle = (below + score) / 2) {
    if (toBin(range, middle) >= bin) score = middle;
    else below = middle;
  }
  return score;
}
