/** Whole measurements: a data set and a recognizer in, a result out. */

import { FaceError } from '@isoface/core';
import { toSearchVector } from '@isoface/core/gallery';
import { createTemplateScorer } from '@isoface/core/recognizers';
import type { DatasetImage } from '../dataset/dataset-entry.ts';
import type { IdentitySet } from '../dataset/open-identity-set.ts';
import type { NamedPairSet } from '../dataset/open-pair-set.ts';
import type { PairList } from '../dataset/pair-set.ts';
import { computeTemplates, type TemplateTable } from '../templates/compute-templates.ts';
import type { TemplateCache } from '../templates/template-cache.ts';
import type { TemplateSource } from '../templates/template-source.ts';
import { classifyImages } from './classify-images.ts';
import { type IdentificationPlan, measureIdentification, planIdentification } from './identify.ts';
import { describeProvenance, type IdentificationResult, type VerificationResult } from './results.ts';
import { measureStrata, type StratumAxis } from './strata.ts';
import { measureAll } from './verify-all.ts';
import { scoreTrainedFolds } from './verify-folds.ts';
import { measurePairs, scorePairs } from './verify-pairs.ts';

/** What every measurement needs. */
export interface EvaluateOptions {
  /** Disposing of it stays with the caller. */
  readonly source: TemplateSource;
  readonly cache?: TemplateCache | undefined;
  /** Seed of everything that is drawn. @defaultValue 1 */
  readonly seed?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: 'templates' | 'comparisons' | 'strata', done: number, total: number) => void) | undefined;
}

/** Options of {@link evaluateAllPairs}. */
export interface EvaluateVerificationOptions extends EvaluateOptions {
  /** False match rates at which true accept rates are stated. @defaultValue 1e-2 and 1e-3; against all also 1e-4, 1e-5 and 1e-6 */
  readonly rates?: readonly number[] | undefined;
  /** Rounds of the bootstrap. @defaultValue 1000; against all 500 */
  readonly rounds?: number | undefined;
}

/** Options of {@link evaluatePairs}. */
export interface EvaluatePairsOptions extends EvaluateVerificationOptions {
  /** Rates by class of image on these axes too. @defaultValue none */
  readonly strata?: readonly StratumAxis[] | undefined;
  /** Folder with the models that judge occlusion. @defaultValue the environment variable ISOFACE_MODELS */
  readonly modelsDir?: string | undefined;
}

/** Options of {@link evaluateIdentification}. */
export interface EvaluateIdentificationOptions extends EvaluateOptions {
  /** False positive identification rates at which misses are stated. @defaultValue 1e-1 and 1e-2 */
  readonly fpirs?: readonly number[] | undefined;
}

/** The false match rate at whose threshold classes are compared, or the nearest stricter one that was asked for. */
const STRATA_FMR = 1e-3;
/** Crops that a recognizer is trained on at most: eigenvectors cost with the cube of their number. */
const MAX_TRAINING = 1000;

/**
 * Verifies listed pairs.
 *
 * @throws {FaceError} `SCORES_INVALID` if one class has no comparison.
 */
export async function evaluatePairs(
  { name, protocol, set, pairsOfProtocol }: NamedPairSet,
  options: EvaluatePairsOptions,
): Promise<VerificationResult> {
  const { source, rates = [1e-2, 1e-3], rounds = 1000, seed = 1 } = options;
  const { table, templateSeconds } = await computeTable(set.images, options);
  const started = performance.now();
  const scores = await score(set.pairs, table, options);
  const measured = measurePairs({ scores, pairs: set.pairs }, set.images, { rates, fta: table.fta, rounds, seed, pairsOfProtocol });
  const seconds = { templates: templateSeconds, comparisons: secondsSince(started) };
  const strata = await classify(set, scores, table, measured, options);
  return { kind: 'verify', protocol, ...describeProvenance(name, source, table, seconds, set.problems), ...measured, ...strata };
}

async function classify(
  { images, pairs }: NamedPairSet['set'],
  scores: Float64Array,
  { sightings }: TemplateTable,
  { tarAtFmr }: Pick<VerificationResult, 'tarAtFmr'>,
  { strata, modelsDir, signal, onProgress }: EvaluatePairsOptions,
): Promise<Pick<VerificationResult, 'strata' | 'strataFmr'>> {
  // The strictest rate may rest on next to nothing: three false matches at 1e-3 of LFW's pairs.
  const [strataFmr] = Object.keys(tarAtFmr)
    .map(Number)
    .filter((rate) => rate <= STRATA_FMR)
    .sort((a, b) => b - a);
  const at = strataFmr === undefined ? undefined : tarAtFmr[strataFmr.toExponential()];
  if (strata === undefined || strataFmr === undefined || at === undefined) return {};
  const report = (done: number, total: number): void => onProgress?.('strata', done, total);
  const classes = await classifyImages(images, sightings, { axes: strata, modelsDir, signal, onProgress: report });
  return { strata: measureStrata(scores, pairs, classes, strata, at.threshold), strataFmr };
}

async function score(pairs: PairList, table: TemplateTable, options: EvaluateVerificationOptions): Promise<Float64Array> {
  const { source, seed = 1, signal, onProgress } = options;
  const { train } = source;
  if (train === undefined) return scorePairs(pairs, table.rows, scorerOf(source, table));
  const report = (done: number, folds: number): void => onProgress?.('comparisons', done, folds);
  return scoreTrainedFolds(pairs, table, { train, maxTraining: MAX_TRAINING, seed, signal, onProgress: report });
}

/** Verifies every image against every other. */
export async function evaluateAllPairs(set: IdentitySet, options: EvaluateVerificationOptions): Promise<VerificationResult> {
  return compareAllPairs(set, await computeTable(set.images, options), options);
}

/** {@link evaluateAllPairs} with templates that were computed before. */
export async function compareAllPairs(
  { name, images, problems }: IdentitySet,
  { table, templateSeconds }: ComputedTable,
  options: EvaluateVerificationOptions,
): Promise<VerificationResult> {
  const { source, rates = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6], rounds = 500, seed = 1, signal, onProgress } = options;
  const started = performance.now();
  const measured = await measureAll(table, images, {
    score: scorerOf(source, table),
    metric: source.metric,
    rates,
    rounds,
    seed,
    signal,
    onProgress: (done, total) => onProgress?.('comparisons', done, total),
  });
  const seconds = { templates: templateSeconds, comparisons: secondsSince(started) };
  return { kind: 'verify', protocol: 'all-vs-all', ...describeProvenance(name, source, table, seconds, problems), ...measured };
}

/** Searches for people in a gallery of others, closed and open set. */
export async function evaluateIdentification(set: IdentitySet, options: EvaluateIdentificationOptions): Promise<IdentificationResult> {
  // Whether the set is fit for it should show before templates are computed.
  const plan = planIdentification(set.images, options.seed);
  return searchAll(set, plan, await computeTable(set.images, options), options);
}

/** {@link evaluateIdentification} with templates that were computed before. */
export async function searchAll(
  { name, problems }: IdentitySet,
  plan: IdentificationPlan,
  { table, templateSeconds }: ComputedTable,
  options: EvaluateIdentificationOptions,
): Promise<IdentificationResult> {
  const { source, fpirs = [1e-1, 1e-2], signal } = options;
  const started = performance.now();
  const measured = await measureIdentification(plan, table.rows, searchScorerOf(source, table), { fpirs, signal });
  const seconds = { templates: templateSeconds, comparisons: secondsSince(started) };
  const protocol = `one image of each person with two or more enrolled (drawn by seed ${plan.seed}), their others searched for; people with one image unknown`;
  return { kind: 'identify', protocol, ...describeProvenance(name, source, table, seconds, problems), ...measured };
}

/** The templates of a data set, and the time they took. */
export interface ComputedTable {
  readonly table: TemplateTable;
  readonly templateSeconds: number;
}

/**
 * Computes the templates of all images.
 *
 * @throws {FaceError} `DATASET_INVALID` if no image has a face.
 */
export async function computeTable(
  images: readonly DatasetImage[],
  { source, cache, signal, onProgress }: EvaluateOptions,
): Promise<ComputedTable> {
  const started = performance.now();
  const table = await computeTemplates(images, source, {
    cache,
    signal,
    onProgress: (done, total) => onProgress?.('templates', done, total),
  });
  if (table.matrix.length > 0) return { table, templateSeconds: secondsSince(started) };
  throw new FaceError('DATASET_INVALID', `Expected faces in ${images.length} images, got none; see their problems.`, {
    images: images.length,
    failuresToAcquire: table.failuresToAcquire,
    problems: table.problems.slice(0, 10),
  });
}

function scorerOf({ metric, train, recognizer }: TemplateSource, { matrix, dimension }: TemplateTable): (i: number, j: number) => number {
  if (train !== undefined) {
    throw new FaceError(
      'INVALID_OPTION',
      `Expected a trained model for ${recognizer}: this protocol has no folds to train on. Train one with isoface eval train and name it as ${recognizer}:FILE.`,
      { option: 'recognizer', value: recognizer },
    );
  }
  return createTemplateScorer(metric, matrix, dimension);
}

/**
 * Similarities as a gallery computes them: for cosines it keeps vectors of length 1 in float32. A threshold that is found here lies within one rounding
 * of a score, and must decide there as it does here.
 */
function searchScorerOf(source: TemplateSource, table: TemplateTable): (i: number, j: number) => number {
  if (source.metric !== 'cosine') return scorerOf(source, table);
  const { dimension } = table;
  const matrix = table.matrix.slice();
  for (let start = 0; start < matrix.length; start += dimension) {
    matrix.set(toSearchVector(matrix.subarray(start, start + dimension), 'cosine'), start);
  }
  return scorerOf(source, { ...table, matrix });
}

function secondsSince(started: number): number {
  return Number(((performance.now() - started) / 1000).toFixed(2));
}
