/** The scores that a comparison experiment yields. */

import { FaceError } from '../errors/face-error.ts';
import { assertFiniteScores } from './assert-finite-scores.ts';

/** Similarities of both classes; larger = more alike. Comparisons that were never made (no face found) are not among them. */
export interface ScoreSet {
  /** Comparisons of two pictures of the same person. */
  readonly genuine: Float64Array;
  /** Comparisons of pictures of different people. */
  readonly impostor: Float64Array;
}

/**
 * Makes sure that rates can be computed from `scores`.
 *
 * @throws {FaceError} `SCORES_INVALID` if a class is empty (`details.class`), or if a score is NaN or infinite (`details.count` and `firstIndex`).
 */
export function assertScores(scores: ScoreSet): void {
  assertClass('genuine', scores.genuine);
  assertClass('impostor', scores.impostor);
}

const REMEDY = {
  genuine: 'Add people with two or more usable pictures, or pairs of the same person.',
  impostor: 'Add pictures of other people, or pairs of different people.',
} as const;

/**
 * Makes sure that the scores of one class are there and finite.
 *
 * @throws {FaceError} `SCORES_INVALID`, as {@link assertScores}.
 */
export function assertClass(name: 'genuine' | 'impostor', scores: Float64Array): void {
  assertClassCount(name, scores.length);
  assertFiniteScores(scores, `${name} scores`);
}

/**
 * Makes sure that a class has comparisons at all.
 *
 * @throws {FaceError} `SCORES_INVALID` with `details.class`.
 */
export function assertClassCount(name: 'genuine' | 'impostor', count: number): void {
  if (count > 0) return;
  throw new FaceError('SCORES_INVALID', `Expected at least one ${name} comparison, got none. ${REMEDY[name]}`, { class: name, count });
}
