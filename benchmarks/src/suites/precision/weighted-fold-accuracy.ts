/** Accuracy over folds of pairs that weigh differently, as they do in a round of a bootstrap. */

import type { FoldedScores } from '@isoface/core/evaluation';

/**
 * Creates a function from the weights of the pairs to the accuracy that `computeFoldAccuracy` defines: the mean over the folds, each decided by
 * the threshold that is best for the others. The scores are sorted once; each call makes one pass for each fold. With all weights 1 the result is
 * that of the unweighted function. Pairs without weight do not exist in a call, nor do folds that have only such pairs.
 *
 * @param comparisons - Finite scores.
 * @returns NaN where fewer than two folds have weight.
 */
export function createWeightedFoldAccuracy({ scores, isGenuine, fold }: FoldedScores): (weights: Float64Array) => number {
  const ascending = Uint32Array.from(scores.keys()).sort((a, b) => (scores[a] as number) - (scores[b] as number) || a - b);
  const labels = [...new Set(fold)];
  // In the order of the scores, so that a pass reads memory from front to back.
  const sortedScores = Float64Array.from(ascending, (i) => scores[i] as number);
  const sign = Int8Array.from(ascending, (i) => (isGenuine[i] === 1 ? -1 : 1));
  const folds = Int32Array.from(ascending, (i) => labels.indexOf(fold[i] as number));
  const sorted: SortedComparisons = { scores: sortedScores, sign, folds, weights: new Float64Array(scores.length) };
  return (weights) => {
    for (let k = 0; k < ascending.length; k++) sorted.weights[k] = weights[ascending[k] as number] as number;
    const accuracies = labels.map((_, left) => computeAccuracy(sorted, left, findBestThreshold(sorted, left)));
    const counted = accuracies.filter((accuracy) => !Number.isNaN(accuracy));
    return counted.length < 2 ? Number.NaN : counted.reduce((sum, accuracy) => sum + accuracy, 0) / counted.length;
  };
}

interface SortedComparisons {
  /** Ascending. */
  readonly scores: Float64Array;
  /** What letting a pair fall below the threshold does to the number of right decisions: -1 for a genuine, 1 for an impostor pair. */
  readonly sign: Int8Array;
  readonly folds: Int32Array;
  readonly weights: Float64Array;
}

/** The middle of the widest of the best ranges between neighbouring scores of all other folds. NaN where they have no weight. */
function findBestThreshold({ scores, sign, folds, weights }: SortedComparisons, left: number): number {
  let previous = Number.NaN;
  let right = 0;
  let best = { right: 0, width: 0, threshold: Number.NaN };
  for (let k = 0; k < scores.length; k++) {
    const weight = weights[k] as number;
    if (weight === 0 || folds[k] === left) continue;
    const score = scores[k] as number;
    if (Number.isNaN(previous)) best.threshold = score;
    const width = score - previous;
    if (width > 0 && (right > best.right || (right === best.right && width > best.width))) {
      const middle = previous / 2 + score / 2;
      best = { right, width, threshold: middle > previous ? middle : score };
    }
    right += weight * (sign[k] as number);
    previous = score;
  }
  // Above the highest score nothing matches.
  return right > best.right ? previous + Number.EPSILON * Math.max(1, Math.abs(previous)) : best.threshold;
}

function computeAccuracy({ scores, sign, folds, weights }: SortedComparisons, label: number, threshold: number): number {
  let total = 0;
  let right = 0;
  for (let k = 0; k < scores.length; k++) {
    if (folds[k] !== label) continue;
    const weight = weights[k] as number;
    total += weight;
    if ((scores[k] as number) >= threshold === (sign[k] as number) < 0) right += weight;
  }
  return total === 0 || Number.isNaN(threshold) ? Number.NaN : right / total;
}
