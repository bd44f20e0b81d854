/** Thresholds with a meaning: for each error rate the similarity that so many comparisons or searches of strangers reach. */

import type { CalibratedSearchThreshold, CalibratedThreshold, PackManifest } from '@isoface/core';
import type { IdentitySet } from '../dataset/open-identity-set.ts';
import { compareAllPairs, computeTable, type EvaluateOptions, searchAll } from './evaluate.ts';
import { planIdentification } from './identify.ts';
import type { IdentificationResult, VerificationResult } from './results.ts';

/** Options of {@link calibrate}. */
export interface CalibrateOptions extends EvaluateOptions {
  /** What the data set is called in the manifest. @defaultValue its own name */
  readonly datasetName?: string | undefined;
  /** @defaultValue 1e-2, 1e-3, 1e-4 and 1e-5 */
  readonly rates?: readonly number[] | undefined;
  /** @defaultValue 1e-1 and 1e-2 */
  readonly fpirs?: readonly number[] | undefined;
  /** Rounds of the bootstrap. @defaultValue 500 */
  readonly rounds?: number | undefined;
}

/** What was found. */
export interface Calibration {
  readonly thresholds: readonly CalibratedThreshold[];
  readonly searchThresholds: readonly CalibratedSearchThreshold[];
  /** The measurements they come from. */
  readonly verification: VerificationResult;
  readonly identification: IdentificationResult;
}

/** Thresholds are kept to this many decimals: far finer than the interval of any. */
const DECIMALS = 5;

/**
 * Measures all comparisons and searches, and takes the thresholds from them. Rates for which the data has too few comparisons (less than one
 * false match allowed) are left out.
 */
export async function calibrate(set: IdentitySet, options: CalibrateOptions): Promise<Calibration> {
  const { datasetName = set.name, rates = [1e-2, 1e-3, 1e-4, 1e-5], fpirs = [1e-1, 1e-2], rounds = 500 } = options;
  // Whether the set is fit for search should show before templates are computed.
  const plan = planIdentification(set.images, options.seed);
  const computed = await computeTable(set.images, options);
  const verification = await compareAllPairs(set, computed, { ...options, rates, rounds });
  const identification = await searchAll(set, plan, computed, { ...options, fpirs });
  const { flipAveraging, impostorPairs } = verification;
  const { gallerySize, openSet } = identification;
  const thresholds = Object.entries(verification.tarAtFmr)
    .filter(([wanted]) => Number(wanted) * impostorPairs >= 1)
    .map(([wanted, { threshold, fmrCi95 }]) => ({
      fmr: Number(wanted),
      threshold: roundUp(threshold),
      ci95: roundInterval(fmrCi95),
      flipAveraging,
      dataset: `${datasetName}, every image against every other`,
      pairs: impostorPairs,
    }));
  const searchThresholds = Object.entries(openSet.atFpir)
    .filter(([wanted]) => Number(wanted) * openSet.nonMatedProbes >= 1)
    .map(([wanted, { threshold, fpirCi95 }]) => ({
      fpir: Number(wanted),
      threshold: roundUp(threshold),
      ci95: roundInterval(fpirCi95),
      gallerySize,
      flipAveraging,
      dataset: datasetName,
      probes: openSet.nonMatedProbes,
    }));
  return { thresholds, searchThresholds, verification, identification };
}

/** The pack with these thresholds in the place of those it had for the same flip averaging. */
export function withThresholds(
  pack: PackManifest,
  { thresholds, searchThresholds }: Pick<Calibration, 'thresholds' | 'searchThresholds'>,
): PackManifest {
  const flip = thresholds[0]?.flipAveraging;
  const others = <T extends { readonly flipAveraging: boolean }>(rows: readonly T[] = []): T[] =>
    rows.filter((row) => row.flipAveraging !== flip);
  const byFlip = (a: { readonly flipAveraging: boolean }, b: { readonly flipAveraging: boolean }): number =>
    Number(a.flipAveraging) - Number(b.flipAveraging);
  return {
    ...pack,
    thresholds: [...others(pack.thresholds), ...thresholds].sort(byFlip),
    searchThresholds: [...others(pack.searchThresholds), ...searchThresholds].sort(byFlip),
  };
}

/** Up, so that no more are let through than were counted. */
function roundUp(threshold: number): number {
  return Number((Math.ceil(threshold * 10 ** DECIMALS) / 10 ** DECIMALS).toFixed(DECIMALS));
}

function roundInterval([low, high]: readonly [number, number]): readonly [number, number] {
  return [Number(low.toPrecision(3)), Number(high.toPrecision(3))];
}
