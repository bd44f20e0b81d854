/** The work that suite `search` times, in Node and in a page. Row 0 of a matrix is the probe, the others are the gallery. */

/** Fills rows with generated vectors of length 1. A row depends on its number and the seed alone. */
export declare function fillUnitRows(
  matrix: Float32Array,
  dimension: number,
  range: { readonly from: number; readonly to: number; readonly seed: number },
): void;

/** Turns a row towards the probe until their cosine is `similarity`; both have the length 1 and keep it. */
export declare function plantMatch(
  matrix: Float32Array,
  dimension: number,
  match: { readonly row: number; readonly similarity: number },
): void;

/** The most similar rows, the best first; of equals the one with the smaller number. Row -1 where there are fewer than `limit`. */
export interface BestRows {
  readonly rows: Int32Array;
  readonly similarities: Float64Array;
}

/** Compares the probe with the rows from 1 to `count` and keeps the `limit` best. */
export declare function searchBest(score: (i: number, j: number) => number, count: number, limit: number): BestRows;

/** What is timed. */
export interface SearchWork {
  /** Creating the scorer: all rows are checked and their lengths computed, once. */
  readonly prepareMs: number;
  best(): BestRows;
  /** Wall time of one search, mean of `repeats` in a row, milliseconds. */
  timeSearch(repeats: number): number;
  /** Wall time of one copy of the matrix to a second one that is there already, likewise. */
  timeCopy(repeats: number): number;
}

/** Prepares searches over a matrix of `count` + 1 rows. */
export declare function createSearchWork(
  createTemplateScorer: (metric: 'cosine', matrix: Float32Array, dimension: number) => (i: number, j: number) => number,
  gallery: { readonly matrix: Float32Array; readonly dimension: number; readonly count: number; readonly limit: number },
): SearchWork;
