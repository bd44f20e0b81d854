/** The work of `page/search-work.js`, wherever it runs. */

import type { Gallery, SearchPlatform } from './search-piece.ts';

/** Runs the work. One gallery at a time; one call at a time. */
export interface SearchDriver {
  readonly platform: SearchPlatform;
  readonly engine: string;
  /** Whether `cpuMs` tells microseconds. */
  readonly hasFineCpuClock: boolean;
  /** @throws {FaceError} `BACKEND_UNAVAILABLE` if the memory is not given. */
  allocate(gallery: Gallery): Promise<void>;
  fill(rows: { readonly dimension: number; readonly range: { from: number; to: number; seed: number } }): Promise<void>;
  /** Plants the match and creates the scorer. Gives the milliseconds that the scorer took. */
  prepare(options: Gallery & { readonly limit: number; readonly match: { row: number; similarity: number } }): Promise<number>;
  best(): Promise<{ readonly rows: readonly number[]; readonly similarities: readonly number[] }>;
  timeSearch(repeats: number): Promise<number>;
  timeCopy(repeats: number): Promise<number>;
  /** CPU time so far of the process that searches, all threads, milliseconds. */
  cpuMs(): number;
  /** Gives the memory back; the driver can then be used for another gallery. */
  release(): Promise<void>;
  close(): Promise<void>;
}

/** Says that a gallery did not fit. */
export const MEMORY_ADVICE = 'End other programs, or measure on a machine with more memory.';
