/** Whether two protected templates can be told to be of one person. */

import { FaceError } from '../errors/face-error.ts';
import { assertFiniteScores } from './assert-finite-scores.ts';
import { toBin } from './score-bins.ts';

/** Options of {@link computeUnlinkability}. */
export interface UnlinkabilityOptions {
  /** How likely mated comparisons are beside non-mated ones, before the score is known. @defaultValue 1 */
  readonly priorRatio?: number | undefined;
  /** Bins of the histograms that estimate both densities. @defaultValue a tenth of the mated scores, at most 100 */
  readonly bins?: number | undefined;
  /** How often each score counts, for a bootstrap. @defaultValue once */
  readonly weights?: { readonly mated: ArrayLike<number>; readonly nonMated: ArrayLike<number> } | undefined;
}

/** How far templates can be linked. */
export interface Unlinkability {
  /** D_sys: 0 where nobody can do better than guess, 1 where every score tells whether two templates are of one person. */
  readonly system: number;
  /** D(s) for each bin, in [0, 1]. */
  readonly local: Float64Array;
  /** Middle of each bin. */
  readonly scores: Float64Array;
}

/**
 * Computes the linkability of protected templates from the scores of comparisons across two protections. D(s) = 2 * LR * w / (1 + LR * w) - 1 where
 * the likelihood ratio LR of a score, times the prior ratio w, is above 1, else 0; D_sys is its mean over mated scores.
 *
 * Both densities are estimated by histograms over the range of all scores, so D_sys is above 0 even for equal distributions, the more the fewer
 * mated scores there are: compare it with that of non-mated scores in the place of the mated ones.
 *
 * @param mated - Scores of templates of one person under different keys.
 * @param nonMated - Scores of templates of different people under different keys.
 * @throws {FaceError} `SCORES_INVALID` if there are none of a kind, or one is not finite; `INVALID_OPTION`.
 * @see Gomez-Barrero, Galbally, Rathgeb and Busch, "General framework to evaluate unlinkability in biometric template protection systems", IEEE
 * Transactions on Information Forensics and Security 13(6), 2018.
 */
export function computeUnlinkability(
  mated: Float64Array,
  nonMated: Float64Array,
  { priorRatio = 1, bins = Math.min(100, Math.max(1, Math.floor(mated.length / 10))), weights }: UnlinkabilityOptions = {},
): Unlinkability {
  assertSome('mated', mated);
  assertSome('non-mated', nonMated);
  assertPositive('priorRatio', priorRatio, Number.isFinite(priorRatio));
  assertPositive('bins', bins, Number.isSafeInteger(bins) && bins <= 1e6);
  const { min, max } = findRange(mated, nonMated);
  const range = { min, max: max > min ? max : min + 1, bins };
  const count = (scores: Float64Array, weight: ArrayLike<number> | undefined): Float64Array => {
    const shares = new Float64Array(bins);
    let total = 0;
    for (let i = 0; i < scores.length; i++) {
      const times = weight === undefined ? 1 : (weight[i] as number);
      const bin = toBin(range, scores[i] as number);
      shares[bin] = (shares[bin] as number) + times;
      total += times;
    }
    // NaN where nothing counts: there is no answer then.
    return shares.map((share) => share / total);
  };
  const matedShares = count(mated, weights?.mated);
  const nonMatedShares = count(nonMated, weights?.nonMated);
  const local = matedShares.map((share, bin) => computeLocal(share * priorRatio, nonMatedShares[bin] as number));
  const width = (range.max - min) / bins;
  return {
    system: local.reduce((sum, linkability, bin) => sum + linkability * (matedShares[bin] as number), 0),
    local,
    scores: Float64Array.from({ length: bins }, (_, bin) => min + (bin + 0.5) * width),
  };
}

/** 2 LR / (1 + LR) - 1, for LR = mated / nonMated above 1; 1 where there are no non-mated scores. */
function computeLocal(mated: number, nonMated: number): number {
  return mated <= nonMated ? 0 : (mated - nonMated) / (mated + nonMated);
}

function findRange(...all: readonly Float64Array[]): { readonly min: number; readonly max: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const scores of all) {
    for (const score of scores) {
      min = Math.min(min, score);
      max = Math.max(max, score);
    }
  }
  return { min, max };
}

function assertSome(kind: string, scores: Float64Array): void {
  if (scores.length === 0) {
    throw new FaceError('SCORES_INVALID', `Expected at least one ${kind} comparison, got none.`, { class: kind, count: 0 });
  }
  assertFiniteScores(scores, `${kind} scores`);
}

function assertPositive(option: string, value: number, isGood: boolean): void {
  if (isGood && value > 0) return;
  throw new FaceError('INVALID_OPTION', `Expected ${option} to be a ${option === 'bins' ? 'whole ' : ''}number above 0, got ${value}.`, {
    option,
    value,
  });
}
