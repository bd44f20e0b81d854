/** Templates of one contract in memory, and search among them. Wherever it runs, and however it computes, the answers are the same. */

/** Rows to be added. */
export interface IndexRows {
  /** Shape [N, D]. For `cosine` each row has length 1 (see `toIndexRow`). */
  readonly vectors: Float32Array;
  /** Shape [N]: number of the identity that each row belongs to, from 0. */
  readonly groups: Int32Array;
  /** Shape [N]: id of the template within its identity. */
  readonly labels: Int32Array;
}

/** The most similar template of one identity. */
export interface IndexHit {
  readonly group: number;
  /** Template that is most similar; of several equal ones the one with the smallest label. */
  readonly label: number;
  /** `computeCosineSimilarity`, or the negated `computeEuclideanDistance`, of the probe and the stored row: computed in float64, bit for bit. */
  readonly similarity: number;
}

/** What an index is created for. */
export interface IndexSpec {
  readonly dimension: number;
  readonly metric: 'cosine' | 'euclidean';
  /**
   * Whether bytes stand in for the float32 numbers in a first pass. It takes a quarter more memory and changes no answer.
   * @defaultValue 'auto': for galleries that do not fit into the caches of a CPU and are not so large that memory is short
   */
  readonly prefilter?: 'auto' | 'int8' | 'none' | undefined;
}

/** How the index works, for `GalleryInfo` and benchmarks. */
export interface IndexInfo {
  /** Where it runs: in the thread of the caller or in one of its own. */
  readonly where: 'here' | 'thread';
  readonly kernel: 'wasm-simd' | 'javascript' | 'webgpu';
  readonly prefilter: 'int8' | 'none';
  readonly rows: number;
  /** Memory of the matrices. */
  readonly bytes: number;
}

/**
 * Search in memory. Calls take effect in the order in which they are made.
 *
 * Errors: `SHAPE_MISMATCH` for vectors of other lengths, `INVALID_EMBEDDING` for probes or rows that are not finite or all zero,
 * `BACKEND_UNAVAILABLE` if memory is not given (the index then holds what it held before), `DISPOSED`.
 */
export interface TemplateIndex {
  info(): Promise<IndexInfo>;
  add(rows: IndexRows): Promise<void>;
  /** Removes all rows of an identity and overwrites their memory. Resolves to their number. */
  remove(group: number): Promise<number>;
  /**
   * For each probe the most similar identities, most similar first: at least `limit` if there are so many, and beyond it all those that are
   * exactly as similar as the last one, so that the caller can break ties by name. Ties come in any order.
   *
   * @param probes - Shape [Q, D]; one call with many probes costs less than many calls.
   */
  search(
    probes: Float32Array,
    options: { readonly limit: number; readonly signal?: AbortSignal | undefined },
  ): Promise<readonly (readonly IndexHit[])[]>;
  /** Overwrites and gives back the memory. Idempotent. */
  dispose(): Promise<void>;
}

/** Rows as an index holds them now, for what has to see them all: a move to another thread, a copy on a GPU. */
export interface HeldRows {
  readonly count: number;
  /** The first `count` numbers: identity of each row. */
  readonly groups: Int32Array;
  /** The first `count` numbers: template of each row. */
  readonly labels: Int32Array;
  /** The vector of a row, as a view. */
  rowAt(row: number): Float32Array;
}

/** An index in the memory of the thread that calls it, as `createTemplateIndex` makes it. */
export interface LocalTemplateIndex extends TemplateIndex {
  /**
   * What the index holds after all calls that have resolved. Views, which the next change makes invalid. New rows come behind all others; `remove`
   * puts rows of other identities into the places that become free, and moves no other row.
   */
  rows(): HeldRows;
}
