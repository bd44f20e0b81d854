/**
 * Open-set identification (1:N): some of those who are searched for are enrolled, some are not.
 *
 * A search returns its best candidate if that reaches the threshold. It fails in two ways: a mated probe gets no candidate or the wrong one
 * (false negative), a non-mated probe gets any candidate at all (false positive).
 *
 * @see ISO/IEC 19795-1, FNIR and FPIR.
 */

import { FaceError } from '../errors/face-error.ts';
import { assertFiniteScores } from './assert-finite-scores.ts';
import { computeClopperPearson } from './clopper-pearson.ts';
import { assertRank } from './closed-set.ts';
import { findThresholdPassedBy, nextUp } from './share-threshold.ts';

/** What an open-set experiment yields, per search. */
export interface OpenSetScores {
  /** Probes whose person is in the gallery. */
  readonly mated: {
    /** Similarity to the mate, shape [matedProbes]; not looked at where the rank is 0 (`-Infinity` by custom). */
    readonly mateScore: Float64Array;
    /** Rank of the mate from 1, shape [matedProbes]; 0 if the probe failed (no usable face) or its person could not be enrolled. */
    readonly rank: Int32Array;
  };
  /** Probes whose person is not in the gallery. */
  readonly nonMated: {
    /** Similarity to the most similar entry, shape [nonMatedProbes]; `-Infinity` if the probe failed, which makes no false positive. */
    readonly topScore: Float64Array;
  };
}

/** What is computed. */
export interface OpenSetOptions extends OpenSetScores {
  /** People enrolled. Rates hold for this size only: FPIR grows with it. */
  readonly gallerySize: number;
  /** False positive identification rates for which the threshold is wanted; each in [0, 1]. */
  readonly fpirs: readonly number[];
  /**
   * How far down the mate may be to count as found (the R of ISO/IEC 19795-1).
   *
   * @defaultValue 1
   */
  readonly maxRank?: number | undefined;
}

/** One point of operation. */
export interface OpenSetOperatingPoint {
  /** What was asked for; {@link fpir} never exceeds it. */
  readonly wantedFpir: number;
  /** Share of non-mated probes that get a candidate. */
  readonly fpir: number;
  /** 95 % Clopper-Pearson interval over non-mated probes, for this gallery and this threshold. */
  readonly fpirCi95: readonly [number, number];
  readonly threshold: number;
  /** Share of mated probes whose mate is not within the rank or misses the threshold; failures included. */
  readonly fnir: number;
  /** 95 % Clopper-Pearson interval over mated probes, for this gallery and this threshold. */
  readonly fnirCi95: readonly [number, number];
}

/** Error rates of open-set identification. */
export interface OpenSetRates {
  readonly gallerySize: number;
  readonly maxRank: number;
  readonly matedProbes: number;
  readonly nonMatedProbes: number;
  /** Mated probes with rank 0: errors at every threshold. */
  readonly matedFailures: number;
  /** Non-mated probes without a score: never errors. */
  readonly nonMatedFailures: number;
  /** By the wanted rate in exponential form, as `1e-2`. */
  readonly atFpir: Readonly<Record<string, OpenSetOperatingPoint>>;
  /** Both rates over all thresholds that make a difference, ascending; the last lets nobody through. All arrays are of one length. */
  readonly curve: { readonly thresholds: Float64Array; readonly fpir: Float64Array; readonly fnir: Float64Array };
}

/**
 * Computes FPIR and FNIR. Failures to acquire are part of both: as errors of mated probes, as correct refusals of non-mated ones.
 *
 * @throws {FaceError} `SCORES_INVALID` for a class without probes, lengths that differ, scores that are not finite (but for the `-Infinity` of
 * failures), or non-mated probes of which every one failed; `INVALID_OPTION` for a rate, rank or gallery size out of range.
 */
export function computeOpenSetRates(options: OpenSetOptions): OpenSetRates {
  const { mated, nonMated, gallerySize, fpirs, maxRank = 1 } = options;
  assertCount('gallerySize', gallerySize);
  assertCount('maxRank', maxRank);
  const found = selectFound(mated, maxRank);
  const tops = nonMated.topScore.filter((score) => score !== Number.NEGATIVE_INFINITY).sort();
  assertFiniteScores(tops, 'top scores of non-mated probes');
  const [matedProbes, nonMatedProbes] = [mated.rank.length, nonMated.topScore.length];
  assertProbes('mated', matedProbes, matedProbes);
  assertProbes('non-mated', nonMatedProbes, tops.length);
  const positivesAt = (threshold: number): number => tops.length - countBelow(tops, threshold);
  const negativesAt = (threshold: number): number => matedProbes - (found.length - countBelow(found, threshold));

  const toPoint = (wantedFpir: number): OpenSetOperatingPoint => {
    const threshold = findThresholdPassedBy(tops, nonMatedProbes, wantedFpir);
    const [positives, negatives] = [positivesAt(threshold), negativesAt(threshold)];
    return {
      wantedFpir,
      fpir: positives / nonMatedProbes,
      fpirCi95: computeClopperPearson(positives, nonMatedProbes),
      threshold,
      fnir: negatives / matedProbes,
      fnirCi95: computeClopperPearson(negatives, matedProbes),
    };
  };
  const thresholds = listThresholds(found, tops);
  return {
    gallerySize,
    maxRank,
    matedProbes,
    nonMatedProbes,
    matedFailures: mated.rank.reduce((count, rank) => count + (rank === 0 ? 1 : 0), 0),
    nonMatedFailures: nonMatedProbes - tops.length,
    atFpir: Object.fromEntries(fpirs.map((fpir) => [fpir.toExponential(), toPoint(fpir)])),
    curve: {
      thresholds,
      fpir: thresholds.map((threshold) => positivesAt(threshold) / nonMatedProbes),
      fnir: thresholds.map((threshold) => negativesAt(threshold) / matedProbes),
    },
  };
}

/**
 * Predicts the false positive identification rate of a gallery from the false match rate of single comparisons: `1 - (1 - FMR)^N`.
 *
 * This takes the N comparisons of a search for independent, which they are not: some probes resemble many people and others nobody, and a gallery
 * of relatives or of one age and origin resembles itself. It also takes the FMR for that of the probes and people at hand. Use it for orders of
 * magnitude; measure FPIR where it matters.
 *
 * @param fmr - False match rate at the threshold of the search, in [0, 1].
 * @param gallerySize - Enrolled people, one entry each; 0 or more.
 * @throws {FaceError} `INVALID_OPTION` for values out of range.
 */
export function predictFpir(fmr: number, gallerySize: number): number {
  if (!(fmr >= 0 && fmr <= 1)) throw new FaceError('INVALID_OPTION', `Expected an FMR in [0, 1], got ${fmr}.`, { fmr });
  if (gallerySize !== 0) assertCount('gallerySize', gallerySize);
  // By logarithms: 1 - fmr is 1 for rates below the precision of a float.
  return gallerySize === 0 ? 0 : -Math.expm1(gallerySize * Math.log1p(-fmr));
}

/** Mate scores of the probes whose mate is within the rank, ascending. */
function selectFound({ mateScore, rank }: OpenSetScores['mated'], maxRank: number): Float64Array {
  if (mateScore.length !== rank.length) {
    throw new FaceError('SCORES_INVALID', `Expected a mate score and a rank per mated probe, got ${mateScore.length} and ${rank.length}.`, {
      mateScores: mateScore.length,
      ranks: rank.length,
    });
  }
  rank.forEach(assertRank);
  const acquired = mateScore.filter((_, i) => rank[i] !== 0);
  assertFiniteScores(acquired, 'mate scores of mated probes that have a rank');
  return mateScore.filter((_, i) => rank[i] !== 0 && (rank[i] as number) <= maxRank).sort();
}

function listThresholds(found: Float64Array, tops: Float64Array): Float64Array {
  const scores = [...new Set([...found, ...tops])].sort((a, b) => a - b);
  return Float64Array.from([...scores, nextUp(scores[scores.length - 1] as number)]);
}

/** How many of ascending scores are below the threshold. */
function countBelow(ascending: Float64Array, threshold: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

function assertCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new FaceError('INVALID_OPTION', `Expected ${name} to be a whole number from 1, got ${value}.`, { [name]: value });
}

function assertProbes(kind: 'mated' | 'non-mated', probes: number, scored: number): void {
  if (scored > 0) return;
  throw new FaceError(
    'SCORES_INVALID',
    probes === 0
      ? `Expected ${kind} probes, got none; open-set rates need people who are enrolled and people who are not.`
      : `Expected ${kind} probes with a score, got ${probes} failures; no threshold can be found from them.`,
    { kind, probes },
  );
}
