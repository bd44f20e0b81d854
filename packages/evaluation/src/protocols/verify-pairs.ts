/** 1:1 verification over listed pairs: LFW's official ones, or a list of one's own. */

import {
  computeAreaUnderCurve,
  computeDecidability,
  computeEqualErrorRate,
  computeErrorCurve,
  computeFoldAccuracy,
  computeOperatingPoint,
  computeTransactionErrors,
  computeVerificationIntervals,
  type ErrorCurve,
  type ScoreSet,
  thinErrorCurve,
} from '@isoface/core/evaluation';
import type { DatasetImage } from '../dataset/dataset-entry.ts';
import type { PairList } from '../dataset/pair-set.ts';
import type { NamedPair, OperatingRates, VerificationCurves, VerificationResult } from './results.ts';

/** Scores of listed pairs. */
export interface PairScores {
  /** Similarity of each pair; -Infinity where one of the images has no template. */
  readonly scores: Float64Array;
  readonly pairs: PairList;
}

/** What {@link measurePairs} adds to the provenance. */
export type PairMeasurement = Pick<
  VerificationResult,
  | 'pairs'
  | 'pairsCovered'
  | 'genuinePairs'
  | 'impostorPairs'
  | 'accuracy'
  | 'auc'
  | 'aucCi95'
  | 'eer'
  | 'eerCi95'
  | 'eerThreshold'
  | 'decidability'
  | 'tarAtFmr'
  | 'intervals'
  | 'curves'
  | 'worstPairs'
>;

/** Options of {@link measurePairs}. */
export interface MeasurePairsOptions {
  /** False match rates at which the true accept rate is stated. */
  readonly rates: readonly number[];
  /** Share of the images without a template, for FAR and FRR. */
  readonly fta: number;
  /** Rounds of the bootstrap over identities. */
  readonly rounds: number;
  readonly seed: number;
  /** Pairs of the protocol, those included whose images are missing. */
  readonly pairsOfProtocol: number;
}

/** How much of a measurement is kept for drawing and for looking at. */
export const CURVE_POINTS = 300;
export const HISTOGRAM_BINS = 100;
export const WORST_PAIRS = 10;

/**
 * Scores the pairs by the rows of their images.
 *
 * @param score - Similarity of two rows.
 */
export function scorePairs(pairs: PairList, rows: Int32Array, score: (i: number, j: number) => number): Float64Array {
  const scores = new Float64Array(pairs.count);
  for (let i = 0; i < pairs.count; i++) {
    const a = rows[pairs.first[i] as number] as number;
    const b = rows[pairs.second[i] as number] as number;
    scores[i] = a < 0 || b < 0 ? Number.NEGATIVE_INFINITY : score(a, b);
  }
  return scores;
}

/**
 * Computes the error rates of scored pairs.
 *
 * @throws {FaceError} `SCORES_INVALID` if one class has no comparison.
 */
export function measurePairs(
  { scores, pairs }: PairScores,
  images: readonly DatasetImage[],
  { rates, fta, rounds, seed, pairsOfProtocol }: MeasurePairsOptions,
): PairMeasurement {
  const compared = [...scores.keys()].filter((i) => scores[i] !== Number.NEGATIVE_INFINITY);
  const scoreSet: ScoreSet = {
    genuine: Float64Array.from(compared.filter((i) => pairs.isGenuine[i] === 1).map((i) => scores[i] as number)),
    impostor: Float64Array.from(compared.filter((i) => pairs.isGenuine[i] === 0).map((i) => scores[i] as number)),
  };
  const curve = computeErrorCurve(scoreSet);
  const equalError = computeEqualErrorRate(curve);
  const identities = numberIdentities(images);
  const intervals = computeVerificationIntervals({
    first: Uint32Array.from(compared, (i) => identities.of[pairs.first[i] as number] as number),
    second: Uint32Array.from(compared, (i) => identities.of[pairs.second[i] as number] as number),
    scores: Float64Array.from(compared, (i) => scores[i] as number),
    isGenuine: Uint8Array.from(compared, (i) => pairs.isGenuine[i] as number),
    identityCount: identities.count,
    rates,
    rounds,
    seed,
  });
  const hasFolds = new Set(pairs.fold).size > 1;
  return {
    pairs: pairsOfProtocol,
    pairsCovered: compared.length,
    genuinePairs: scoreSet.genuine.length,
    impostorPairs: scoreSet.impostor.length,
    accuracy: hasFolds ? computeFoldAccuracy({ scores, isGenuine: pairs.isGenuine, fold: pairs.fold }) : undefined,
    auc: computeAreaUnderCurve(scoreSet),
    aucCi95: intervals.auc,
    eer: equalError.rate,
    eerCi95: intervals.eer,
    eerThreshold: equalError.threshold,
    decidability: computeDecidability(scoreSet),
    tarAtFmr: Object.fromEntries(
      rates.map((rate): [string, OperatingRates] => {
        const { threshold, fmr, fmrCi95, tar, fnmr } = computeOperatingPoint(scoreSet, rate);
        const transaction = computeTransactionErrors({ fmr, fnmr, failureToAcquire: fta });
        const key = rate.toExponential();
        return [key, { tar, ci95: intervals.tarAtFmr[key] as OperatingRates['ci95'], fnmr, threshold, fmr, fmrCi95, ...transaction }];
      }),
    ),
    intervals: `bootstrap over ${identities.count} identities, ${rounds} rounds, the threshold found anew in each; FMR: Clopper-Pearson; accuracy: over the folds`,
    curves: { ...toCurve(thinErrorCurve(curve, CURVE_POINTS)), histogram: countScores(scoreSet) },
    worstPairs: {
      genuine: nameWorst(compared, scores, pairs, images, 1),
      impostor: nameWorst(compared, scores, pairs, images, 0),
    },
  };
}

/** Numbers the people of a data set; an image without an identity is a person of its own. */
export function numberIdentities(images: readonly DatasetImage[]): { readonly of: Uint32Array; readonly count: number } {
  const numbers = new Map<string, number>();
  const of = Uint32Array.from(images, ({ identity, relativePath }) => {
    // Two lists of names, lest somebody be called like a file.
    const key = identity === undefined ? `file ${relativePath}` : `person ${identity}`;
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  });
  return { of, count: numbers.size };
}

/** The thinned curve as plain lists. */
export function toCurve({ thresholds, fmr, fnmr }: ErrorCurve): Omit<VerificationCurves, 'histogram'> {
  return { thresholds: [...thresholds], fmr: [...fmr], fnmr: [...fnmr] };
}

function countScores({ genuine, impostor }: ScoreSet): VerificationCurves['histogram'] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const scores of [genuine, impostor]) {
    for (const score of scores) {
      low = Math.min(low, score);
      high = Math.max(high, score);
    }
  }
  const width = (high - low) / HISTOGRAM_BINS || 1;
  const count = (scores: Float64Array): number[] => {
    const counts = new Array<number>(HISTOGRAM_BINS).fill(0);
    for (const score of scores) {
      const bin = Math.min(HISTOGRAM_BINS - 1, Math.floor((score - low) / width));
      counts[bin] = (counts[bin] as number) + 1;
    }
    return counts;
  };
  const edges = Array.from({ length: HISTOGRAM_BINS + 1 }, (_, i) => low + i * width);
  return { edges, genuine: count(genuine), impostor: count(impostor) };
}

function nameWorst(
  compared: readonly number[],
  scores: Float64Array,
  pairs: PairList,
  images: readonly DatasetImage[],
  isGenuine: 0 | 1,
): NamedPair[] {
  const sign = isGenuine === 1 ? 1 : -1;
  return compared
    .filter((i) => pairs.isGenuine[i] === isGenuine)
    .sort((i, j) => sign * ((scores[i] as number) - (scores[j] as number)) || i - j)
    .slice(0, WORST_PAIRS)
    .map((i) => ({
      a: (images[pairs.first[i] as number] as DatasetImage).relativePath,
      b: (images[pairs.second[i] as number] as DatasetImage).relativePath,
      similarity: scores[i] as number,
    }));
}
