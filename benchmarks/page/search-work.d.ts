/** The work that suite `search` times, in Node and in a page. Row 0 of a matrix is the probe, the others are the gallery. */

import type { TemplateIndex } from '@isoface/core/gallery';

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

/** How an index is created: its kernel, and whether bytes stand in for float32 numbers. */
export interface IndexKind {
  readonly kernel: 'wasm-simd' | 'javascript';
  readonly prefilter: 'int8' | 'none';
}

/** One result of a search; rows of the matrix are identities. */
export interface Found {
  readonly group: number;
  readonly similarity: number;
}

/** What is timed. Times are wall time of one search, or one copy, mean of `repeats` in a row, milliseconds. */
export interface SearchWork {
  /** Creating each index, adding all rows, and the first search. */
  readonly prepareMs: Readonly<Record<string, number>>;
  search(variant: string, isBatch: boolean): Promise<readonly (readonly Found[])[]>;
  timeSearch(variant: string, repeats: number): Promise<number>;
  /** Of one probe of a batch. */
  timeBatch(variant: string, repeats: number): Promise<number>;
  /** To a second matrix that is there already. */
  timeCopy(repeats: number): Promise<number>;
  /** A sum of the matrix, eight bytes at a time. */
  timeRead(repeats: number): Promise<number>;
  /** Memory of an index. */
  bytes(variant: string): Promise<number>;
  dispose(): Promise<void>;
}

/** Creates indexes over the rows from 1 to `count` of a matrix of `count` + 1 rows. */
export declare function createSearchWork(
  createTemplateIndex: (options: { readonly dimension: number; readonly metric: 'cosine' } & IndexKind) => Promise<TemplateIndex>,
  gallery: {
    readonly matrix: Float32Array;
    readonly dimension: number;
    readonly count: number;
    readonly limit: number;
    readonly variants: Readonly<Record<string, IndexKind>>;
  },
): Promise<SearchWork>;

/** Sum of the numbers. */
export declare function readAll(numbers: Float64Array): number;
