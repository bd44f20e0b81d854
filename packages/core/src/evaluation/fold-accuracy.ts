/** Accuracy as the protocol of Labeled Faces in the Wild has it: each fold is decided by the threshold that is best for the others. */

import { FaceError } from '../errors/face-error.ts';
import { assertClassCount } from './score-set.ts';
import { nextUp } from './share-threshold.ts';
import { computeStudentQuantile } from './student-quantile.ts';

/** Comparisons in folds; all three arrays have the same length. */
export interface FoldedScores {
  /**
   * Similarities. Here, and nowhere else, -Infinity is allowed: the comparison could not be made because a face was not found. It never matches,
   * so that a genuine pair counts as an error and an impostor pair as right.
   */
  readonly scores: Float64Array;
  /** 1 for a genuine comparison, 0 for an impostor comparison. */
  readonly isGenuine: Uint8Array;
  /** The fold of each comparison: any whole numbers, at least two different ones. */
  readonly fold: Uint8Array | Int32Array;
}

/** Accuracy over folds, in [0, 1]. */
export interface FoldAccuracy {
  /** Mean of the folds' accuracies. */
  readonly mean: number;
  /** Standard deviation of the folds' accuracies, by n - 1. */
  readonly sd: number;
  /** `sd / sqrt(folds)`: what results on LFW give after the ±. */
  readonly standardError: number;
  /** 95 % interval of the mean by Student's t, cut to [0, 1]. The folds' thresholds share data, so that it is an approximation. */
  readonly ci95: readonly [number, number];
  /** In ascending order of the folds' numbers. */
  readonly folds: readonly { readonly accuracy: number; readonly threshold: number }[];
}

/**
 * Computes the accuracy (share of the comparisons decided right) of each fold at the threshold with the best accuracy on all other folds together.
 *
 * Many thresholds are equally good. Between two neighbouring scores nothing changes; the best ones form one or more such ranges. The middle of the
 * widest range is taken, of equally wide ones the lowest. Ranges that end below the lowest or above the highest score, where everything or nothing
 * matches, are taken only where no other is as good; the threshold is then the lowest score, or just above the highest.
 *
 * @throws {FaceError} `SCORES_INVALID` if lengths differ, a class is empty, a score is NaN or +Infinity, there are fewer than two folds, or no
 *   comparison of the other folds could be made.
 * @see Huang, Ramesh, Berg and Learned-Miller, "Labeled Faces in the Wild", University of Massachusetts, technical report 07-49, 2007.
 */
export function computeFoldAccuracy(comparisons: FoldedScores): FoldAccuracy {
  const labels = [...new Set(comparisons.fold)].sort((a, b) => a - b);
  assertFolds(comparisons, labels.length);
  const ascending = Uint32Array.from(comparisons.scores.keys()).sort(
    (a, b) => (comparisons.scores[a] as number) - (comparisons.scores[b] as number) || 0,
  );
  const folds = labels.map((label) => {
    const threshold = findBestThreshold(comparisons, ascending, label);
    return { accuracy: computeAccuracy(comparisons, label, threshold), threshold };
  });
  return { ...summarize(folds.map(({ accuracy }) => accuracy)), folds };
}

/** The best threshold for all comparisons but those of one fold. */
function findBestThreshold({ scores, isGenuine, fold }: FoldedScores, ascending: Uint32Array, left: number): number {
  const training = ascending.filter((i) => fold[i] !== left && scores[i] !== Number.NEGATIVE_INFINITY);
  const scoreAt = (position: number) => scores[training[position] as number] as number;
  if (training.length === 0) {
    throw new FaceError(
      'SCORES_INVALID',
      `Expected comparisons outside of fold ${left} to find its threshold, got none that could be made. Check the images of the other folds.`,
      { fold: left },
    );
  }
  // Right decisions relative to a threshold at the lowest score, where everything matches.
  let right = 0;
  let best = { right: 0, width: 0, threshold: scoreAt(0) };
  for (let i = 0; i < training.length; ) {
    const score = scoreAt(i);
    for (; i < training.length && scoreAt(i) === score; i++) right += isGenuine[training[i] as number] === 1 ? -1 : 1;
    const isEnd = i === training.length;
    const next = isEnd ? nextUp(score) : scoreAt(i);
    const width = isEnd ? 0 : next - score;
    if (right > best.right || (right === best.right && width > best.width)) {
      best = { right, width, threshold: isEnd ? next : toMiddle(score, next) };
    }
  }
  return best.threshold;
}

/** A number in (low, high], half way where there is one. */
function toMiddle(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle > low && middle <= high ? middle : high;
}

function computeAccuracy({ scores, isGenuine, fold }: FoldedScores, label: number, threshold: number): number {
  let count = 0;
  let right = 0;
  for (let i = 0; i < scores.length; i++) {
    if (fold[i] !== label) continue;
    count++;
    if ((scores[i] as number) >= threshold === (isGenuine[i] === 1)) right++;
  }
  return right / count;
}

function summarize(accuracies: readonly number[]): Omit<FoldAccuracy, 'folds'> {
  const count = accuracies.length;
  // 5,970 right of 6,000 shall be 0.995, and not the double below it.
  const mean = Number((accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / count).toPrecision(15));
  const sd = Math.sqrt(accuracies.reduce((sum, accuracy) => sum + (accuracy - mean) ** 2, 0) / (count - 1));
  const standardError = sd / Math.sqrt(count);
  const reach = computeStudentQuantile(count - 1, 0.95) * standardError;
  return { mean, sd, standardError, ci95: [Math.max(0, mean - reach), Math.min(1, mean + reach)] };
}

function assertFolds({ scores, isGenuine, fold }: FoldedScores, folds: number): void {
  if (isGenuine.length !== scores.length || fold.length !== scores.length) {
    throw new FaceError(
      'SCORES_INVALID',
      `Expected a class and a fold for each of ${scores.length} scores, got ${isGenuine.length} classes and ${fold.length} folds.`,
      { scores: scores.length, classes: isGenuine.length, folds: fold.length },
    );
  }
  const invalid = scores.findIndex((score) => Number.isNaN(score) || score === Number.POSITIVE_INFINITY);
  if (invalid >= 0) {
    throw new FaceError(
      'SCORES_INVALID',
      `Expected finite scores, or -Infinity for a comparison that could not be made, got ${scores[invalid]} at index ${invalid}.`,
      { firstIndex: invalid, count: scores.filter((score) => Number.isNaN(score) || score === Number.POSITIVE_INFINITY).length },
    );
  }
  const genuine = isGenuine.filter((flag) => flag === 1).length;
  assertClassCount('genuine', genuine);
  assertClassCount('impostor', scores.length - genuine);
  if (folds < 2) {
    throw new FaceError('SCORES_INVALID', `Expected at least two folds, got ${folds}: each is decided by what the others teach.`, {
      folds,
    });
  }
}
