/** What variants lose against float32 on the same pairs. */

import {
  bootstrapPairs,
  computeClopperPearson,
  computeFoldAccuracy,
  createWeightedStatistics,
  findThresholdAtFmr,
  type WeightedStatistics,
} from '@isoface/core/evaluation';
import type { AccuracyPiece, Loss, VariantAccuracy } from './precision-piece.ts';
import { BASELINE, type VariantName } from './variant-name.ts';
import { createWeightedFoldAccuracy } from './weighted-fold-accuracy.ts';

/** Pairs that every variant has scored; all arrays have the same length. */
export interface ScoredPairs {
  /** Identity of each face, from 0. */
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  readonly identityCount: number;
  readonly isGenuine: Uint8Array;
  readonly fold: Uint8Array;
  /** Finite similarities; the one of `float32` must be among them. */
  readonly scores: ReadonlyMap<VariantName, Float64Array>;
}

/** What {@link measureLosses} finds. */
export type Losses = Pick<AccuracyPiece, 'fmr' | 'keptThreshold' | 'bootstrapRounds' | 'variants' | 'genuinePairs' | 'impostorPairs'>;

/** Rates at which the true accept rate may be stated, the wanted one first. */
const RATES = [1e-3, 3e-3, 1e-2, 3e-2, 1e-1];
/** False matches on which a threshold must rest. */
const FALSE_MATCHES = 3;

/** The strictest of {@link RATES}, from 1e-3 on, at which at least three of the impostor pairs may match; with too few for any, the loosest. */
export function chooseFmr(impostorPairs: number): number {
  return RATES.find((rate) => rate * impostorPairs >= FALSE_MATCHES) ?? (RATES.at(-1) as number);
}

/**
 * Computes accuracy and error rates of each variant and what it loses against float32, with 95 % intervals: people are drawn with replacement, and in
 * each round both variants are judged by the same people, thresholds found anew. What the pairs have in common so cancels out of the difference.
 * Variants that give exactly the same scores lose exactly nothing.
 *
 * @param packThreshold - The pack's own threshold for a false match rate of 1e-3; where it has none, the one of float32 on these pairs is kept.
 * @throws {FaceError} `SCORES_INVALID` if a class is empty or there are fewer than two folds.
 */
export function measureLosses(pairs: ScoredPairs, packThreshold: number | undefined, bootstrapRounds: number): Losses {
  const { isGenuine, scores, first, second, identityCount } = pairs;
  const baseline = requireScores(scores, BASELINE);
  const genuinePairs = isGenuine.filter((flag) => flag === 1).length;
  const impostorPairs = isGenuine.length - genuinePairs;
  const fmr = chooseFmr(impostorPairs);
  const kept =
    packThreshold ??
    findThresholdAtFmr(
      baseline.filter((_, i) => isGenuine[i] === 0),
      fmr,
    );
  const judged = Array.from(scores, ([variant, values]) => ({ variant, judge: createJudge(pairs, values, fmr, kept), values }));
  const base = judged.find(({ variant }) => variant === BASELINE);
  const others = judged.filter(({ variant }) => variant !== BASELINE);
  const intervals =
    base === undefined || others.length === 0
      ? []
      : bootstrapPairs({
          pairs: { first, second, score: baseline, isGenuine },
          identityCount,
          rounds: bootstrapRounds,
          statistics: (weights) => {
            const reference = base.judge(weights);
            return others.flatMap(({ judge }) => toLosses(reference, judge(weights)));
          },
        });
  const ones = new Float64Array(isGenuine.length).fill(1);
  const variants = judged.map(({ variant, judge, values }): VariantAccuracy => {
    const [accuracy, ownTar, keptTar, keptFmr] = judge(ones);
    const threshold = findThresholdAtFmr(
      values.filter((_, i) => isGenuine[i] === 0),
      fmr,
    );
    const stated = {
      variant,
      accuracy,
      own: { threshold, tar: ownTar, fmr: shareReaching(values, isGenuine, 0, threshold) },
      kept: { tar: keptTar, fmr: keptFmr },
    };
    const at = others.findIndex((other) => other.variant === variant);
    if (base === undefined || at < 0) return stated;
    const differences = toLosses(base.judge(ones), [accuracy, ownTar, keptTar, keptFmr]);
    const isSame = values.every((value, i) => value === baseline[i]);
    const toLoss = (statistic: number): Loss => {
      const value = differences[statistic] as number;
      const interval = intervals[at * 4 + statistic] as readonly [number, number];
      const trials = [isGenuine.length, genuinePairs, genuinePairs, impostorPairs][statistic] as number;
      const [low, high] = isSame ? [0, 0] : widenInterval(value, interval, trials);
      return { value: toPoints(value), ci95: [toPoints(low), toPoints(high)] };
    };
    return { ...stated, loss: { accuracy: toLoss(0), ownTar: toLoss(1), keptTar: toLoss(2), keptFmr: toLoss(3) } };
  });
  const keptThreshold = { value: kept, origin: packThreshold === undefined ? 'measured' : 'pack' } as const;
  return { fmr, keptThreshold, bootstrapRounds, variants, genuinePairs, impostorPairs };
}

/**
 * A bootstrap knows only what was seen: where no decision changed, none changes in any round, however few pairs there were. So an interval never ends
 * closer to its value than the rate that might still have shown in none of so many trials, by Clopper and Pearson.
 */
function widenInterval(value: number, [low, high]: readonly [number, number], trials: number): readonly [number, number] {
  const [, unseen] = computeClopperPearson(0, trials);
  return [Math.min(low, value - unseen), Math.max(high, value + unseen)];
}

type Judgement = readonly [accuracy: number, ownTar: number, keptTar: number, keptFmr: number];
const FALSE_MATCH_RATE = 3;

function createJudge(
  { isGenuine, fold }: ScoredPairs,
  scores: Float64Array,
  fmr: number,
  kept: number,
): (weights: Float64Array) => Judgement {
  // Checks the folds and classes, with errors that say what is wrong.
  computeFoldAccuracy({ scores, isGenuine, fold });
  const accuracy = createWeightedFoldAccuracy({ scores, isGenuine, fold });
  const statistics: (weights: Float64Array, rates: readonly number[]) => WeightedStatistics = createWeightedStatistics(scores, isGenuine);
  return (weights) => [
    accuracy(weights),
    statistics(weights, [fmr]).tarAtFmr[0] as number,
    shareReaching(scores, isGenuine, 1, kept, weights),
    shareReaching(scores, isGenuine, 0, kept, weights),
  ];
}

/** Share of the pairs of a class whose score reaches the threshold, by weight. */
function shareReaching(scores: Float64Array, isGenuine: Uint8Array, wanted: 0 | 1, threshold: number, weights?: Float64Array): number {
  let total = 0;
  let reached = 0;
  for (let i = 0; i < scores.length; i++) {
    if (isGenuine[i] !== wanted) continue;
    const weight = weights?.[i] ?? 1;
    total += weight;
    if ((scores[i] as number) >= threshold) reached += weight;
  }
  return reached / total;
}

/** Above 0 where the second is worse; of a false match rate more is worse. */
function toLosses(reference: Judgement, judged: Judgement): number[] {
  return reference.map((value, i) => (i === FALSE_MATCH_RATE ? -1 : 1) * (value - (judged[i] as number)));
}

/** Percentage points, to 1e-9: differences of shares carry the rounding of both. Adding 0 leaves no -0. */
function toPoints(difference: number): number {
  return Math.round(difference * 1e11) / 1e9 + 0;
}

function requireScores(scores: ReadonlyMap<VariantName, Float64Array>, name: VariantName): Float64Array {
  const found = scores.get(name);
  if (found === undefined) throw new Error(`Expected scores of ${name} among those of the variants, got none.`);
  return found;
}
