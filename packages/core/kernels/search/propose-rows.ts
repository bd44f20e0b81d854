/** How scans say which rows they propose. */

/** Bytes of a proposal: number of the row (i32), its score (f32). */
export const PROPOSAL_BYTES: usize = 8;
/** Bytes before the first proposal of a list; the first four hold how many there are (i32). */
export const LIST_HEAD_BYTES: usize = 16;

/**
 * Appends those of four neighbouring rows whose scores are not below the floor. There must be room for four.
 *
 * @param first - Number of the first of the four rows.
 * @param rows - How many of them there are; the rest is left out.
 * @param at - Where the next proposal goes.
 * @returns Where the one after the last goes.
 */
export function proposeRows(scores: v128, floor: v128, first: i32, rows: i32, at: usize): usize {
  let mask = i32x4.bitmask(f32x4.ge(scores, floor));
  if (rows < 4) mask &= (1 << rows) - 1;
  if (mask & 1) at = propose(at, first, f32x4.extract_lane(scores, 0));
  if (mask & 2) at = propose(at, first + 1, f32x4.extract_lane(scores, 1));
  if (mask & 4) at = propose(at, first + 2, f32x4.extract_lane(scores, 2));
  if (mask & 8) at = propose(at, first + 3, f32x4.extract_lane(scores, 3));
  return at;
}

// @ts-ignore: decorator
@inline
function propose(at: usize, row: i32, score: f32): usize {
  store<i32>(at, row);
  store<f32>(at, score, 4);
  return at + PROPOSAL_BYTES;
}
