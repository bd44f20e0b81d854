/** Statistics of comparisons that weigh differently, as they do in a round of a bootstrap. */

/** What {@link createWeightedStatistics} computes; all NaN where a class has no weight. */
export interface WeightedStatistics {
  /** Area under the ROC curve. */
  readonly auc: number;
  /** Equal error rate, defined as for {@link computeEqualErrorRate}. */
  readonly eer: number;
  /** For each rate the true accept rate at the lowest threshold with no more false matches. */
  readonly tarAtFmr: readonly number[];
}

/** Sums of rates that differ by less differ by rounding only. */
const ROUNDING = 1e-12;

/**
 * Creates a function from weights to statistics. The scores are sorted once; each call is a single pass. With all weights 1 the results are those
 * of the unweighted functions.
 *
 * @param scores - Finite.
 * @param isGenuine - 1 for a genuine comparison, 0 for an impostor comparison.
 */
export function createWeightedStatistics(
  scores: Float64Array,
  isGenuine: Uint8Array,
): (weights: Float64Array, rates: readonly number[]) => WeightedStatistics {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[b] as number) - (scores[a] as number));
  /** 1 where the score is smaller than the one before it in the order. */
  const isStep = Uint8Array.from(order, (index, i) => (i > 0 && scores[order[i - 1] as number] !== scores[index] ? 1 : 0));
  return (weights, rates) => sweep({ order, isStep, isGenuine }, weights, rates);
}

interface SortedPairs {
  /** Indices of the pairs by descending score. */
  readonly order: Uint32Array;
  readonly isStep: Uint8Array;
  readonly isGenuine: Uint8Array;
}

function sweep({ order, isStep, isGenuine }: SortedPairs, weights: Float64Array, rates: readonly number[]): WeightedStatistics {
  let genuine = 0;
  let impostor = 0;
  for (let i = 0; i < weights.length; i++) {
    if (isGenuine[i] === 1) genuine += weights[i] as number;
    else impostor += weights[i] as number;
  }
  const tarAtFmr = rates.map(() => (genuine > 0 && impostor > 0 ? 1 : Number.NaN));
  if (!(genuine > 0 && impostor > 0)) return { auc: Number.NaN, eer: Number.NaN, tarAtFmr };

  const isOpen = rates.map(() => true);
  // Weights at or above the threshold, which moves down from above the largest score; at the threshold before; and of the score at hand.
  let matches = 0;
  let falseMatches = 0;
  let groupGenuine = 0;
  let groupImpostor = 0;
  let area = 0;
  let eer = Number.NaN;
  const endGroup = () => {
    const nextMatches = matches + groupGenuine;
    const nextFalse = falseMatches + groupImpostor;
    area += groupImpostor * (matches + groupGenuine / 2);
    for (let r = 0; r < rates.length; r++) {
      if (!isOpen[r] || nextFalse / impostor <= (rates[r] as number)) continue;
      tarAtFmr[r] = matches / genuine;
      isOpen[r] = false;
    }
    const fmr = nextFalse / impostor;
    const fnmr = (genuine - nextMatches) / genuine;
    if (Number.isNaN(eer) && fnmr <= fmr) {
      const sumAbove = falseMatches / impostor + (genuine - matches) / genuine;
      // Where the curves do not meet, the lower of both thresholds wins if the sums are alike.
      eer = (fnmr === fmr || fmr + fnmr <= sumAbove + ROUNDING ? fmr + fnmr : sumAbove) / 2;
    }
    matches = nextMatches;
    falseMatches = nextFalse;
    groupGenuine = 0;
    groupImpostor = 0;
  };
  for (let i = 0; i < order.length; i++) {
    if (isStep[i] === 1) endGroup();
    const index = order[i] as number;
    if (isGenuine[index] === 1) groupGenuine += weights[index] as number;
    else groupImpostor += weights[index] as number;
  }
  endGroup();
  return { auc: area / genuine / impostor, eer, tarAtFmr };
}
