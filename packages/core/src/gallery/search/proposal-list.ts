/** Where kernels write the rows that they propose, and the probes: the start of each module's memory. */

import type { CandidateCollector } from './candidate-collector.ts';

/** Address of the list: how many there are (i32), at 16 bytes behind it the rows (i32) with their scores (f32). */
export const LIST_AT = 64;
/** Proposals that fit. */
export const LIST_ROOM = 1024;
/** Bytes of the list. */
const LIST_BYTES = 16 + LIST_ROOM * 8;
/** Address of the first probe. */
export const PROBES_AT = Math.ceil((LIST_AT + LIST_BYTES) / 64) * 64;

/** Proposals in the list of a module's memory. */
export function countProposals(floats: Float32Array): number {
  return new Int32Array(floats.buffer, LIST_AT, 1)[0] as number;
}

/** The list, as it is handed on to the list of another module. */
export function takeList(floats: Float32Array): Float32Array {
  return floats.subarray(LIST_AT / 4, LIST_AT / 4 + 4 + 2 * countProposals(floats));
}

/** Offers what is in the list. */
export function drainProposals(floats: Float32Array, collector: CandidateCollector): void {
  const count = countProposals(floats);
  if (count === 0) return;
  const words = new Int32Array(floats.buffer, LIST_AT + 16, 2 * count);
  const scores = new Float32Array(floats.buffer, LIST_AT + 16, 2 * count);
  for (let i = 0; i < 2 * count; i += 2) collector.offer(words[i] as number, scores[i + 1] as number);
}
