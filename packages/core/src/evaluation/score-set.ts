/** The scores that a comparison experiment yields. */

/** Similarities of both classes; larger = more alike. Comparisons that were never made (no face found) are not among them. */
export interface ScoreSet {
  /** Comparisons of two pictures of the same person. */
  readonly genuine: Float64Array;
  /** Comparisons of pictures of different people. */
  readonly impostor: Float64Array;
}
