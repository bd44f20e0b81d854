/** What was measured for the built-in packs: thresholds from calibration, and the numbers that a sound engine gives on the self-test face. */

import type {
  CalibratedLivenessThreshold,
  CalibratedSearchThreshold,
  CalibratedThreshold,
  PackManifest,
  SelfTestExpectation,
} from '@isoface/core';
import selfTests from './self-tests.json' with { type: 'json' };
import thresholds from './thresholds.json' with { type: 'json' };

/** JSON has no tuples, so the interval is a plain list there. */
type Stored<T extends { readonly ci95: readonly [number, number] }> = Omit<T, 'ci95'> & { readonly ci95: readonly number[] };

/** Nor has it unions of words. That the word is one of them is left to the schema of packs, by which the tests check every built-in one. */
type StoredLivenessThreshold = Omit<Stored<CalibratedLivenessThreshold>, 'kind'> & { readonly kind: string };

interface StoredThresholds {
  readonly thresholds: readonly Stored<CalibratedThreshold>[];
  readonly searchThresholds: readonly Stored<CalibratedSearchThreshold>[];
  readonly livenessThresholds?: readonly StoredLivenessThreshold[] | undefined;
}

const storedThresholds: Readonly<Record<string, StoredThresholds>> = thresholds;
const storedSelfTests: Readonly<Record<string, SelfTestExpectation>> = selfTests;

/** The thresholds of a built-in pack; none if it has not been calibrated. */
export function calibratedThresholds(packId: string): Pick<PackManifest, 'thresholds' | 'searchThresholds' | 'livenessThresholds'> {
  const stored = storedThresholds[packId];
  if (stored === undefined) return { thresholds: [] };
  const { thresholds, searchThresholds, livenessThresholds } = stored;
  return {
    thresholds: thresholds.map(withInterval),
    searchThresholds: searchThresholds.map(withInterval),
    ...(livenessThresholds && { livenessThresholds: livenessThresholds.map(withKind) }),
  };
}

/** What a built-in pack gives on the self-test face, if that has been recorded. */
export function selfTestExpectation(packId: string): SelfTestExpectation | undefined {
  return storedSelfTests[packId];
}

function withKind(row: StoredLivenessThreshold): CalibratedLivenessThreshold {
  return { ...withInterval(row), kind: row.kind as CalibratedLivenessThreshold['kind'] };
}

function withInterval<T extends { readonly ci95: readonly number[] }>(row: T): T & { readonly ci95: readonly [number, number] } {
  const [low = 0, high = 1] = row.ci95;
  return { ...row, ci95: [low, high] };
}
