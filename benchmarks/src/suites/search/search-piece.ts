/** What suite `search` measures in one piece. */

/** Where a search runs: no model is executed, so runtimes differ only by the JavaScript engine. */
export type SearchPlatform = 'node' | 'web';

/** How the index works: over float32 numbers, over bytes first, or without WebAssembly. */
export const SEARCH_VARIANTS = {
  float32: { kernel: 'wasm-simd', prefilter: 'none' },
  int8: { kernel: 'wasm-simd', prefilter: 'int8' },
  javascript: { kernel: 'javascript', prefilter: 'none' },
} as const;

/** One of {@link SEARCH_VARIANTS}. */
export type SearchVariant = keyof typeof SEARCH_VARIANTS;

/** One gallery. */
export interface Gallery {
  /** Templates, the probe not counted. */
  readonly count: number;
  /** Numbers of each. */
  readonly dimension: number;
}

/** Searches of one kind. Milliseconds of one search; samples are rounds, in which all kinds and the copy were timed in turn. */
export interface SearchSamples {
  readonly variant: SearchVariant;
  /** Whether many probes were searched for in one call; times are of one of them. */
  readonly isBatch: boolean;
  /** Calls in a row that one sample is the mean of: a single one may be too short for the clock. */
  readonly callsPerSample: number;
  readonly wallMs: readonly number[];
  /**
   * CPU time of one search, all threads. Node: one sample for each round. Of a browser the system tells no time below 10 ms, so that there is one
   * figure over all rounds.
   */
  readonly cpuMs: readonly number[];
}

/** One gallery, searched on one platform in several ways. */
export interface SearchPiece extends Gallery {
  readonly platform: SearchPlatform;
  /** Such as `Node 20.19.0`. */
  readonly engine: string;
  /** Of each kind of index: creating it, adding all templates and the first search, milliseconds. */
  readonly prepareMs: Readonly<Record<string, number>>;
  /** Of each kind of index. */
  readonly indexBytes: Readonly<Record<string, number>>;
  readonly searches: readonly SearchSamples[];
  /** Copying the whole matrix, and adding it up. */
  readonly copyMs: readonly number[];
  readonly readMs: readonly number[];
}

/** How much larger a process has become by a gallery. */
export interface SearchMemoryPiece extends Gallery {
  readonly kind: 'memory';
  readonly engine: string;
  /** Resident memory of the process before, and the most of it until some searches were done, bytes. */
  readonly beforeBytes: number;
  readonly peakBytes: number;
  readonly indexBytes: number;
}

/** What a piece of the suite gives. */
export type SearchValue = SearchPiece | SearchMemoryPiece;
