/** What suite `search` measures in one piece. */

/** Where a search runs: no model is executed, so runtimes differ only by the JavaScript engine. */
export type SearchPlatform = 'node' | 'web';

/** One gallery. */
export interface Gallery {
  /** Templates, the probe not counted. */
  readonly count: number;
  /** Numbers of each. */
  readonly dimension: number;
}

/** One gallery, searched on one platform. Milliseconds of one search or one copy; samples are rounds, in which both were timed in turn. */
export interface SearchPiece extends Gallery {
  readonly platform: SearchPlatform;
  /** Such as `Node 20.19.0`. */
  readonly engine: string;
  /** Creating the scorer, which checks all templates, once. */
  readonly prepareMs: number;
  /** Searches in a row that one sample is the mean of: a single one may be too short for the clock. */
  readonly searchesPerSample: number;
  readonly copiesPerSample: number;
  readonly searchMs: readonly number[];
  /**
   * CPU time of one search, all threads. Node: one sample for each round. Of a browser the system tells no time below 10 ms, so that there is one
   * figure over all rounds.
   */
  readonly searchCpuMs: readonly number[];
  /** Copying the whole matrix. */
  readonly copyMs: readonly number[];
}
