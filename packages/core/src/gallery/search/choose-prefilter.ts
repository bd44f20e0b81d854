/** Whether bytes stand in for the float32 numbers in a first pass. */

import type { IndexSpec } from '../../ports/template-index.ts';

/** Below, the matrix fits into the caches of a CPU, and a search takes a millisecond or two anyway. */
const LEAST_BYTES = 16 * 2 ** 20;
/** Beyond, memory is likely to be short. */
const MOST_BYTES = 768 * 2 ** 20;

/** Whether an index with so many rows has them as bytes too. `auto`: from 16 to 768 MiB of float32 numbers. */
export function wantsBytes({ dimension, prefilter = 'auto' }: IndexSpec, rows: number): boolean {
  if (prefilter !== 'auto') return prefilter === 'int8';
  const bytes = rows * dimension * 4;
  return bytes >= LEAST_BYTES && bytes <= MOST_BYTES;
}

/** Whether they are not wanted any more, because memory would be short. */
export function isTooLargeForBytes({ dimension, prefilter = 'auto' }: IndexSpec, rows: number): boolean {
  return prefilter === 'auto' && rows * dimension * 4 > MOST_BYTES;
}
