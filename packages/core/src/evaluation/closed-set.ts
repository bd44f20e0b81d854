/** Closed-set identification: every probe's person is enrolled, and the question is how far up the list they come. */

import { FaceError } from '../errors/face-error.ts';
import { assertFiniteScores } from './assert-finite-scores.ts';
import { computeClopperPearson } from './clopper-pearson.ts';

/** Identification rates of a closed-set experiment. */
export interface ClosedSetRates {
  /** Probes that were searched for, failures included. */
  readonly probes: number;
  /** Probes with rank 0: no usable face, or their person could not be enrolled. They count as misses in every rate. */
  readonly failures: number;
  /** Share of probes whose mate comes first. */
  readonly rank1: number;
  /** 95 % Clopper-Pearson interval of {@link rank1}; it takes probes for independent, so use one probe per person or read it as too narrow. */
  readonly rank1Ci95: readonly [number, number];
  /** Cumulative match characteristic, shape [maxRank]: `cmc[k - 1]` = share of probes whose mate is at rank k or better. */
  readonly cmc: Float64Array;
}

/**
 * Computes the cumulative match characteristic.
 *
 * @param ranks - Rank of each probe's mate, from 1; 0 for a probe that failed (a miss at every rank).
 * @param maxRank - Length of the curve; ranks beyond it are misses.
 * @throws {FaceError} `SCORES_INVALID` without probes or for a rank that is no whole number >= 0, `INVALID_OPTION` for such a `maxRank` or 0.
 * @see ISO/IEC 19795-1, identification rank.
 */
export function computeCmc(ranks: ArrayLike<number>, maxRank: number): ClosedSetRates {
  if (!Number.isSafeInteger(maxRank) || maxRank < 1) {
    throw new FaceError('INVALID_OPTION', `Expected maxRank to be a whole number from 1, got ${maxRank}.`, { maxRank });
  }
  const probes = ranks.length;
  if (probes === 0) {
    throw new FaceError('SCORES_INVALID', 'Expected the ranks of at least one probe, got none; a closed-set rate needs mated probes.');
  }
  const cmc = new Float64Array(maxRank);
  let failures = 0;
  for (let i = 0; i < probes; i++) {
    const rank = ranks[i] as number;
    assertRank(rank, i);
    if (rank === 0) failures++;
    else if (rank <= maxRank) cmc[rank - 1] = (cmc[rank - 1] as number) + 1;
  }
  const hits = cmc[0] as number;
  let found = 0;
  for (let k = 0; k < maxRank; k++) {
    found += cmc[k] as number;
    cmc[k] = found / probes;
  }
  return { probes, failures, rank1: hits / probes, rank1Ci95: computeClopperPearson(hits, probes), cmc };
}

/**
 * The rank of a probe's mate among the similarities to all enrolled people, one entry per person.
 *
 * Ties count against the system: a non-mate that is exactly as similar as the mate ranks before it. Otherwise a system that gives everybody
 * the same score would identify everybody.
 *
 * @param similarities - The probe against each gallery entry, shape [gallerySize]; larger = more alike.
 * @param mate - Index of the entry that shows the probe's person.
 * @returns 1 for the best; at most the gallery size.
 * @throws {FaceError} `SCORES_INVALID` for a similarity that is not finite, `INVALID_OPTION` if `mate` is no index of the gallery.
 */
export function computeMateRank(similarities: ArrayLike<number>, mate: number): number {
  if (!Number.isInteger(mate) || mate < 0 || mate >= similarities.length) {
    throw new FaceError(
      'INVALID_OPTION',
      `Expected the mate to be an index from 0 to ${similarities.length - 1}, got ${mate}; a probe whose person is not enrolled has rank 0.`,
      { mate, gallerySize: similarities.length },
    );
  }
  assertFiniteScores(similarities, 'similarities');
  const mateScore = similarities[mate] as number;
  let rank = 0;
  for (let i = 0; i < similarities.length; i++) if ((similarities[i] as number) >= mateScore) rank++;
  return rank;
}

/** Refuses what is no rank; also used by the open-set rates. */
export function assertRank(rank: number, index: number): void {
  if (Number.isSafeInteger(rank) && rank >= 0) return;
  throw new FaceError('SCORES_INVALID', `Expected ranks to be whole numbers from 0, got ${rank} for probe ${index}.`, { rank, index });
}
