/**
 * Error rates of presentation attack detection (liveness).
 *
 * Liveness scores: larger = more bona fide; a presentation is classified as bona fide if its score reaches the threshold. Attack kinds (the
 * "presentation attack instrument species": print, screen, mask …) are never pooled, for a detector that stops all prints and no mask is not half good.
 *
 * @see ISO/IEC 30107-3, APCER and BPCER.
 */

import { FaceError } from '../errors/face-error.ts';
import { assertFiniteScores } from './assert-finite-scores.ts';
import { computeClopperPearson } from './clopper-pearson.ts';
import { findThresholdMissedBy, findThresholdPassedBy } from './share-threshold.ts';

/** A share of presentations. */
export interface PresentationRate {
  readonly rate: number;
  /** 95 % Clopper-Pearson interval; it takes presentations for independent, which the frames of one clip are not: fuse clips first. */
  readonly ci95: readonly [number, number];
  /** Presentations that the rate is a share of. */
  readonly count: number;
}

/** Presentations to which the detector gave no score. */
export interface NonResponses {
  /** @defaultValue 0 */
  readonly bonaFide?: number | undefined;
  /** By attack kind. */
  readonly attacks?: Readonly<Record<string, number>> | undefined;
}

/** What is computed. */
export interface PresentationAttackOptions {
  /** Scores of bona fide presentations. */
  readonly bonaFide: Float64Array;
  /** Scores of attack presentations by kind. */
  readonly attacks: Readonly<Record<string, Float64Array>>;
  readonly threshold: number;
  /** Presentations without a score; they are in no classification rate, but reported in rates of their own. */
  readonly nonResponses?: NonResponses | undefined;
}

/** Error rates at one threshold. */
export interface PresentationAttackRates {
  readonly threshold: number;
  /** Attack presentation classification error rate by kind: share of attacks taken for bona fide. */
  readonly apcer: Readonly<Record<string, PresentationRate>>;
  /** The kind with the highest APCER; of equal ones the first. */
  readonly worstKind: string;
  /** APCER of {@link worstKind}: the APCER of the detector. */
  readonly apcerMax: number;
  /** Bona fide presentation classification error rate: share of bona fide presentations taken for attacks. */
  readonly bpcer: PresentationRate;
  /** Mean of {@link apcerMax} and BPCER. Still in wide use, though ISO/IEC 30107-3 no longer has it: two rates say more than their mean. */
  readonly acer: number;
  /** Attack presentation non-response rate by kind; `count` includes the answered ones. */
  readonly apnrr: Readonly<Record<string, PresentationRate>>;
  /** Bona fide presentation non-response rate; `count` includes the answered ones. */
  readonly bpnrr: PresentationRate;
}

/**
 * Computes APCER per attack kind, BPCER and non-response rates at a threshold.
 *
 * @throws {FaceError} `SCORES_INVALID` for a class or attack kind without scores, for scores that are not finite; `INVALID_OPTION` for a threshold
 * that is not finite or a count of non-responses that is no whole number.
 */
export function computePresentationAttackRates(options: PresentationAttackOptions): PresentationAttackRates {
  const { bonaFide, attacks, threshold, nonResponses = {} } = options;
  if (!Number.isFinite(threshold)) {
    throw new FaceError('INVALID_OPTION', `Expected a finite threshold, got ${threshold}.`, { threshold });
  }
  assertClass(bonaFide, 'bona fide presentations');
  const kinds = listKinds(attacks);
  const missing = new Map(Object.entries(nonResponses.attacks ?? {}));
  assertKnownKinds(missing, attacks);
  const accepted = (scores: Float64Array): number => scores.reduce((count, score) => count + (score >= threshold ? 1 : 0), 0);
  const apcer = Object.fromEntries(kinds.map(([kind, scores]) => [kind, toRate(accepted(scores), scores.length)]));
  const [worstKind, worst] = Object.entries(apcer).reduce((worst, entry) => (entry[1].rate > worst[1].rate ? entry : worst));
  const bpcer = toRate(bonaFide.length - accepted(bonaFide), bonaFide.length);
  return {
    threshold,
    apcer,
    worstKind,
    apcerMax: worst.rate,
    bpcer,
    acer: (worst.rate + bpcer.rate) / 2,
    apnrr: Object.fromEntries(kinds.map(([kind, scores]) => [kind, toNonResponseRate(missing.get(kind), scores.length)])),
    bpnrr: toNonResponseRate(nonResponses.bonaFide, bonaFide.length),
  };
}

/**
 * The lowest threshold at which the APCER of every attack kind is at most `rate`, that is, of the worst one.
 *
 * @throws {FaceError} `SCORES_INVALID` without attacks, for a kind without scores or scores that are not finite, `INVALID_OPTION` for a rate
 * outside [0, 1].
 */
export function findThresholdAtApcer(attacks: Readonly<Record<string, Float64Array>>, rate: number): number {
  return Math.max(...listKinds(attacks).map(([, scores]) => findThresholdPassedBy(scores.slice().sort(), scores.length, rate)));
}

/**
 * The highest threshold at which the BPCER is at most `rate`.
 *
 * @throws {FaceError} `SCORES_INVALID` without scores or for scores that are not finite, `INVALID_OPTION` for a rate outside [0, 1].
 */
export function findThresholdAtBpcer(bonaFide: Float64Array, rate: number): number {
  assertClass(bonaFide, 'bona fide presentations');
  return findThresholdMissedBy(bonaFide.slice().sort(), rate);
}

/**
 * One score per clip: the mean of its frames.
 *
 * @param clipIds - The clip of each score, shape as `scores`.
 * @returns Clips in the order in which they first occur, and their scores.
 * @throws {FaceError} `SCORES_INVALID` for lengths that differ or scores that are not finite.
 */
export function fuseByMean(
  scores: Float64Array,
  clipIds: readonly string[],
): { readonly clipIds: readonly string[]; readonly scores: Float64Array } {
  if (scores.length !== clipIds.length) {
    throw new FaceError('SCORES_INVALID', `Expected a clip for every score, got ${clipIds.length} clips for ${scores.length} scores.`, {
      scores: scores.length,
      clipIds: clipIds.length,
    });
  }
  assertFiniteScores(scores, 'liveness scores');
  const clips = new Map<string, { sum: number; frames: number }>();
  for (const [i, clipId] of clipIds.entries()) {
    const clip = clips.get(clipId) ?? { sum: 0, frames: 0 };
    clip.sum += scores[i] as number;
    clip.frames++;
    clips.set(clipId, clip);
  }
  return { clipIds: [...clips.keys()], scores: Float64Array.from(clips.values(), ({ sum, frames }) => sum / frames) };
}

function toRate(errors: number, count: number): PresentationRate {
  return { rate: errors / count, ci95: computeClopperPearson(errors, count), count };
}

function toNonResponseRate(missing: number | undefined, answered: number): PresentationRate {
  const count = missing ?? 0;
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new FaceError('INVALID_OPTION', `Expected non-responses to be a whole number from 0, got ${count}.`, { nonResponses: count });
  }
  return toRate(count, count + answered);
}

function listKinds(attacks: Readonly<Record<string, Float64Array>>): [string, Float64Array][] {
  const kinds = Object.entries(attacks);
  if (kinds.length === 0) {
    throw new FaceError(
      'SCORES_INVALID',
      'Expected attack presentations of at least one kind, got none; without them only bona fide errors exist.',
    );
  }
  for (const [kind, scores] of kinds) assertClass(scores, `attacks of kind "${kind}"`);
  return kinds;
}

/** Answers of a kind nobody scored would vanish from the report otherwise. */
function assertKnownKinds(missing: ReadonlyMap<string, number>, attacks: Readonly<Record<string, Float64Array>>): void {
  const unknown = [...missing.keys()].filter((kind) => !Object.hasOwn(attacks, kind));
  if (unknown.length === 0) return;
  throw new FaceError(
    'SCORES_INVALID',
    `Expected scores of every attack kind, got only non-responses of ${unknown.join(', ')}; leave the kind out and say so beside the rates.`,
    { unknown },
  );
}

function assertClass(scores: Float64Array, what: string): void {
  if (scores.length === 0) {
    throw new FaceError('SCORES_INVALID', `Expected scores of ${what}, got none; the rates need bona fide presentations and attacks.`, {
      what,
    });
  }
  assertFiniteScores(scores, `scores of ${what}`);
}
