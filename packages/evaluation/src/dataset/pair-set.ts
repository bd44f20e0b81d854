/** Comparisons that a data set asks for. */

import type { DatasetImage, DatasetProblem } from './dataset-entry.ts';

/** Pairs as packed columns, one element per pair. */
export interface PairList {
  /** Index of the first image. */
  readonly first: Uint32Array;
  /** Index of the second image. */
  readonly second: Uint32Array;
  /** 1 where both images show the same person, else 0. */
  readonly isGenuine: Uint8Array;
  /** Fold of cross-validation, from 0; all 0 where the list has no folds. */
  readonly fold: Uint8Array;
  /** Number of pairs. */
  readonly count: number;
}

/** A pair that cannot be compared because one image or both are not there. */
export interface MissingPair {
  /** Line of the label file, from 1. */
  readonly line: number;
  readonly isGenuine: boolean;
  readonly fold: number;
  /** Both images as the label file names them. */
  readonly names: readonly [string, string];
  /** Those of `names` that are not there. */
  readonly missing: readonly string[];
}

/** Images and the comparisons among them. */
export interface PairSet<Image extends DatasetImage = DatasetImage> {
  /** Every image that a pair names and that is there, once, by path. */
  readonly images: readonly Image[];
  /** The pairs whose images are both there; the indices point into `images`. */
  readonly pairs: PairList;
  /** The pairs that are not in `pairs`. */
  readonly missingPairs: readonly MissingPair[];
  /** Number of folds; 1 where the list has none. */
  readonly foldCount: number;
  readonly problems: readonly DatasetProblem[];
  /** Whether every line was understood and every image is there. */
  readonly isComplete: boolean;
}
