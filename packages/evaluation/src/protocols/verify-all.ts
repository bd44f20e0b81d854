/** 1:1 verification of every image against every other: impostor comparisons by the million, for false match rates that pair lists cannot reach. */

import {
  bootstrapGenuineRates,
  bootstrapImpostorRates,
  computeAccumulatedErrorCurve,
  computeAreaUnderErrorCurve,
  computeClopperPearson,
  computeEqualErrorRate,
  computeTransactionErrors,
  type ScoreAccumulator,
  thinErrorCurve,
} from '@isoface/core/evaluation';
import type { TemplateMetric } from '@isoface/core/recognizers';
import type { DatasetImage } from '../dataset/dataset-entry.ts';
import type { TemplateTable } from '../templates/compute-templates.ts';
import { type AllComparisons, compareAll, forEachGenuinePair, listGenuineScores, type TemplateRows } from './compare-all.ts';
import type { Interval, NamedPair, OperatingRates, VerificationResult } from './results.ts';
import { CURVE_POINTS, HISTOGRAM_BINS, numberIdentities, toCurve, WORST_PAIRS } from './verify-pairs.ts';

/** What {@link measureAll} adds to the provenance. */
export type AllMeasurement = Pick<
  VerificationResult,
  | 'pairs'
  | 'pairsCovered'
  | 'genuinePairs'
  | 'impostorPairs'
  | 'auc'
  | 'eer'
  | 'eerThreshold'
  | 'tarAtFmr'
  | 'intervals'
  | 'curves'
  | 'worstPairs'
>;

/** Options of {@link measureAll}. */
export interface MeasureAllOptions {
  /** Similarity of two rows of the table. */
  readonly score: (i: number, j: number) => number;
  readonly metric: TemplateMetric;
  /** False match rates at which rates are stated. */
  readonly rates: readonly number[];
  /** Rounds of the bootstrap over people. */
  readonly rounds: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Rows looked at to find the range of distances, which unlike that of cosines is not known before. */
const RANGE_ROWS = 300;

/**
 * Compares all templates.
 *
 * @throws {FaceError} `SCORES_INVALID` if nobody has two images, or there is one person only.
 */
export async function measureAll(
  table: TemplateTable,
  images: readonly DatasetImage[],
  options: MeasureAllOptions,
): Promise<AllMeasurement> {
  const { score, rates, rounds, seed, signal, onProgress } = options;
  const identities = numberIdentities(images);
  const imageOf = listRowImages(table.rows, table.matrix.length / table.dimension);
  const identityOf = imageOf.map((image) => identities.of[image] as number);
  const rows: TemplateRows = { count: imageOf.length, identityOf, score };
  const comparisons = await compareAll(rows, { ...findRange(rows, options.metric), signal, onProgress });
  const { genuine, impostor } = comparisons;
  const curve = computeAccumulatedErrorCurve(comparisons);
  const equalError = computeEqualErrorRate(curve);

  const found = rates.map((rate) => impostor.thresholdAtRate(rate));
  const thresholds = found.map(({ threshold }) => threshold);
  const genuineScores = listGenuineScores(rows, genuine.count);
  const bootstrap = { identityCount: identities.count, rounds, seed };
  const tarIntervals = bootstrapGenuineRates({ ...genuineScores, thresholds, ...bootstrap });
  const fmrIntervals = boundFmr(impostor, found, identityOf, bootstrap);
  const tarAtFmr = rates.map((rate, i): [string, OperatingRates] => {
    const { threshold, rate: fmr } = found[i] as (typeof found)[number];
    const tar = genuineScores.scores.reduce((count, value) => (value >= threshold ? count + 1 : count), 0) / genuine.count;
    const rest = computeTransactionErrors({ fmr, fnmr: 1 - tar, failureToAcquire: table.fta });
    const at = { tar, ci95: tarIntervals[i] as Interval, fnmr: 1 - tar, threshold, fmr, fmrCi95: fmrIntervals[i] as Interval, ...rest };
    return [rate.toExponential(), at];
  });
  return {
    pairs: (images.length * (images.length - 1)) / 2,
    pairsCovered: genuine.count + impostor.count,
    genuinePairs: genuine.count,
    impostorPairs: impostor.count,
    auc: computeAreaUnderErrorCurve(curve),
    eer: equalError.rate,
    eerThreshold: equalError.threshold,
    tarAtFmr: Object.fromEntries(tarAtFmr),
    intervals: `bootstrap over ${identities.count} identities, ${rounds} rounds, at the threshold found; AUC and EER from ${genuine.range.bins} bins`,
    curves: { ...toCurve(thinErrorCurve(curve, CURVE_POINTS)), histogram: toHistogram(comparisons) },
    worstPairs: {
      genuine: nameWorstGenuine(rows, imageOf, images),
      impostor: nameWorstImpostors(impostor, imageOf, images),
    },
  };
}

/** For each row of the matrix the image that it belongs to. */
function listRowImages(rows: Int32Array, count: number): Uint32Array {
  const imageOf = new Uint32Array(count);
  for (const [image, row] of rows.entries()) if (row >= 0) imageOf[row] = image;
  return imageOf;
}

/** Cosines are in [-1, 1]. Negated distances end at 0; how far they reach down is guessed from some rows, and what is lower counts in the first bin. */
function findRange({ count, score }: TemplateRows, metric: TemplateMetric): { readonly min: number; readonly max: number } {
  if (metric === 'cosine') return { min: -1, max: 1 };
  const step = Math.max(1, Math.floor(count / RANGE_ROWS));
  let min = 0;
  for (let i = 0; i < count; i += step) for (let j = i + step; j < count; j += step) min = Math.min(min, score(i, j));
  return { min: min === 0 ? -1 : min * 1.5, max: 0 };
}

/** Intervals by identities where the tail holds all false matches; else, with very many comparisons, by counts alone. */
function boundFmr(
  impostor: ScoreAccumulator,
  found: readonly { readonly threshold: number; readonly rate: number }[],
  identityOf: Uint32Array,
  bootstrap: { readonly identityCount: number; readonly rounds: number; readonly seed: number },
): Interval[] {
  const { scores, first, second } = impostor.tail();
  const lowest = scores.length === impostor.count ? Number.NEGATIVE_INFINITY : (scores.at(-1) ?? Number.POSITIVE_INFINITY);
  const isKept = ({ threshold }: { readonly threshold: number }): boolean => threshold >= lowest;
  const imagesPerIdentity = new Uint32Array(bootstrap.identityCount);
  for (const identity of identityOf) imagesPerIdentity[identity] = (imagesPerIdentity[identity] as number) + 1;
  const { rounds, seed } = bootstrap;
  const kept = bootstrapImpostorRates({
    tail: { scores, first: first.map((row) => identityOf[row] as number), second: second.map((row) => identityOf[row] as number) },
    thresholds: found.filter(isKept).map(({ threshold }) => threshold),
    imagesPerIdentity,
    rounds,
    seed,
  });
  let next = 0;
  return found.map((at) =>
    isKept(at) ? (kept[next++] as Interval) : computeClopperPearson(Math.round(at.rate * impostor.count), impostor.count),
  );
}

function toHistogram({ genuine, impostor }: AllComparisons): VerificationResult['curves']['histogram'] {
  const { min, max } = genuine.range;
  const edges = Array.from({ length: HISTOGRAM_BINS + 1 }, (_, i) => min + ((max - min) * i) / HISTOGRAM_BINS);
  return { edges, genuine: [...genuine.histogram(HISTOGRAM_BINS)], impostor: [...impostor.histogram(HISTOGRAM_BINS)] };
}

function nameWorstImpostors(impostor: ScoreAccumulator, imageOf: Uint32Array, images: readonly DatasetImage[]): NamedPair[] {
  const { scores, first, second } = impostor.tail();
  return Array.from({ length: Math.min(WORST_PAIRS, scores.length) }, (_, i) =>
    namePair(first[i] as number, second[i] as number, scores[i] as number, imageOf, images),
  );
}

function nameWorstGenuine(rows: TemplateRows, imageOf: Uint32Array, images: readonly DatasetImage[]): NamedPair[] {
  const worst: { i: number; j: number; similarity: number }[] = [];
  forEachGenuinePair(rows, (similarity, i, j) => {
    if (worst.length === WORST_PAIRS && similarity >= (worst.at(-1)?.similarity ?? 0)) return;
    worst.push({ i, j, similarity });
    worst.sort((a, b) => a.similarity - b.similarity);
    worst.length = Math.min(worst.length, WORST_PAIRS);
  });
  return worst.map(({ i, j, similarity }) => namePair(i, j, similarity, imageOf, images));
}

function namePair(i: number, j: number, similarity: number, imageOf: Uint32Array, images: readonly DatasetImage[]): NamedPair {
  const nameOf = (row: number): string => (images[imageOf[row] as number] as DatasetImage).relativePath;
  return { a: nameOf(i), b: nameOf(j), similarity };
}
