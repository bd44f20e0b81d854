/** The work of `page/search-work.js`, wherever it runs. */

import type { Found, IndexKind } from '../../../page/search-work.js';
import type { Gallery, SearchPlatform } from './search-piece.ts';

/** What is prepared for a gallery. */
export interface PrepareOptions extends Gallery {
  readonly limit: number;
  readonly match: { readonly row: number; readonly similarity: number };
  readonly variants: Readonly<Record<string, IndexKind>>;
}

/** A call that is timed, with how often it is made in a row. */
export type TimedCall =
  | readonly ['timeSearch' | 'timeBatch', variant: string, repeats: number]
  | readonly ['timeCopy' | 'timeRead', repeats: number];

/** Runs the work. One gallery at a time; one call at a time. */
export interface SearchDriver {
  readonly platform: SearchPlatform;
  readonly engine: string;
  /** Whether `cpuMs` tells microseconds. */
  readonly hasFineCpuClock: boolean;
  /** @throws {FaceError} `BACKEND_UNAVAILABLE` if the memory is not given. */
  allocate(gallery: Gallery): Promise<void>;
  fill(rows: { readonly dimension: number; readonly range: { from: number; to: number; seed: number } }): Promise<void>;
  /** Plants the match and creates the indexes. Gives the milliseconds that each took. */
  prepare(options: PrepareOptions): Promise<Readonly<Record<string, number>>>;
  /** Results for the probe, or for those of a batch. */
  search(variant: string, isBatch: boolean): Promise<readonly (readonly Found[])[]>;
  /** Milliseconds of one search or copy. */
  time(call: TimedCall): Promise<number>;
  /** Memory of an index. */
  bytes(variant: string): Promise<number>;
  /** CPU time so far of the process that searches, all threads, milliseconds. */
  cpuMs(): number;
  /** Gives the memory back; the driver can then be used for another gallery. */
  release(): Promise<void>;
  close(): Promise<void>;
}

/** Says that a gallery did not fit. */
export const MEMORY_ADVICE = 'End other programs, or measure on a machine with more memory.';
