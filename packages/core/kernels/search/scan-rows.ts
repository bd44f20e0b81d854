/** Scores of float32 rows: the dot product with the probe, times a number of the row's own (cosine) or plus it (Euclidean distance). */

import { LIST_HEAD_BYTES, PROPOSAL_BYTES, proposeRows } from './propose-rows';

/**
 * Scans rows that follow one another and proposes those with scores from the floor on.
 *
 * @param rows - Address of the first row; the memory holds a multiple of four rows.
 * @param rowBytes - A multiple of 16; padded with zeros.
 * @param terms - Address of the first row's own number (f32).
 * @param isSum - Whether it is added, not multiplied.
 * @param probe - Address of the probe, as long as a row.
 * @param first - Number of the first row, as it is to be written.
 * @param count - Rows to scan.
 * @param list - Address of the proposals.
 * @param room - Proposals that fit.
 * @returns Rows that were scanned: all, or fewer if there was no room for more proposals.
 */
export function scanRows(
  rows: usize,
  rowBytes: usize,
  terms: usize,
  isSum: i32,
  probe: usize,
  first: i32,
  count: i32,
  floor: f32,
  list: usize,
  room: i32,
): i32 {
  const floors = f32x4.splat(floor);
  const entries = list + LIST_HEAD_BYTES;
  const lastAt = entries + (<usize>room - 4) * PROPOSAL_BYTES;
  const unrolled = probe + (rowBytes & ~63);
  const end = probe + rowBytes;
  let at = entries;
  let done = 0;
  for (; done < count && at <= lastAt; done += 4) {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    let r0 = rows;
    let r1 = r0 + rowBytes;
    let r2 = r1 + rowBytes;
    let r3 = r2 + rowBytes;
    rows = r3 + rowBytes;
    let p = probe;
    for (; p < unrolled; p += 64) {
      const p0 = v128.load(p);
      a0 = f32x4.add(a0, f32x4.mul(v128.load(r0), p0));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(r1), p0));
      a2 = f32x4.add(a2, f32x4.mul(v128.load(r2), p0));
      a3 = f32x4.add(a3, f32x4.mul(v128.load(r3), p0));
      const p1 = v128.load(p, 16);
      b0 = f32x4.add(b0, f32x4.mul(v128.load(r0, 16), p1));
      b1 = f32x4.add(b1, f32x4.mul(v128.load(r1, 16), p1));
      b2 = f32x4.add(b2, f32x4.mul(v128.load(r2, 16), p1));
      b3 = f32x4.add(b3, f32x4.mul(v128.load(r3, 16), p1));
      const p2 = v128.load(p, 32);
      a0 = f32x4.add(a0, f32x4.mul(v128.load(r0, 32), p2));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(r1, 32), p2));
      a2 = f32x4.add(a2, f32x4.mul(v128.load(r2, 32), p2));
      a3 = f32x4.add(a3, f32x4.mul(v128.load(r3, 32), p2));
      const p3 = v128.load(p, 48);
      b0 = f32x4.add(b0, f32x4.mul(v128.load(r0, 48), p3));
      b1 = f32x4.add(b1, f32x4.mul(v128.load(r1, 48), p3));
      b2 = f32x4.add(b2, f32x4.mul(v128.load(r2, 48), p3));
      b3 = f32x4.add(b3, f32x4.mul(v128.load(r3, 48), p3));
      r0 += 64;
      r1 += 64;
      r2 += 64;
      r3 += 64;
    }
    for (; p < end; p += 16) {
      const p0 = v128.load(p);
      a0 = f32x4.add(a0, f32x4.mul(v128.load(r0), p0));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(r1), p0));
      a2 = f32x4.add(a2, f32x4.mul(v128.load(r2), p0));
      a3 = f32x4.add(a3, f32x4.mul(v128.load(r3), p0));
      r0 += 16;
      r1 += 16;
      r2 += 16;
      r3 += 16;
    }
    const dots = sumFour(f32x4.add(a0, b0), f32x4.add(a1, b1), f32x4.add(a2, b2), f32x4.add(a3, b3));
    const own = v128.load(terms);
    terms += 16;
    const scores = isSum ? f32x4.add(dots, own) : f32x4.mul(dots, own);
    if (v128.any_true(f32x4.ge(scores, floors))) at = proposeRows(scores, floors, first + done, count - done, at);
  }
  store<i32>(list, <i32>((at - entries) / PROPOSAL_BYTES));
  return min(done, count);
}

/**
 * Writes the scores of the rows in a list of proposals into it. Rows lie in blocks: numbers of their own (f32) first, then the rows.
 *
 * @param blocks - Address of the first block.
 * @param blockBytes - From block to block.
 * @param shift - Rows of a block as a power of two.
 */
export function scoreRows(
  blocks: usize,
  blockBytes: usize,
  shift: i32,
  rowBytes: usize,
  isSum: i32,
  probe: usize,
  list: usize,
): void {
  const last = (1 << shift) - 1;
  const rowsAt = <usize>4 << shift;
  const end = probe + rowBytes;
  let at = list + LIST_HEAD_BYTES;
  for (const listEnd = at + <usize>load<i32>(list) * PROPOSAL_BYTES; at < listEnd; at += PROPOSAL_BYTES) {
    const row = load<i32>(at);
    const block = blocks + <usize>(row >> shift) * blockBytes;
    let r = block + rowsAt + <usize>(row & last) * rowBytes;
    let a = f32x4.splat(0);
    let b = a;
    let p = probe;
    for (const even = probe + (rowBytes & ~31); p < even; p += 32) {
      a = f32x4.add(a, f32x4.mul(v128.load(r), v128.load(p)));
      b = f32x4.add(b, f32x4.mul(v128.load(r, 16), v128.load(p, 16)));
      r += 32;
    }
    if (p < end) a = f32x4.add(a, f32x4.mul(v128.load(r), v128.load(p)));
    a = f32x4.add(a, b);
    a = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
    const dot = f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1);
    const own = load<f32>(block + (<usize>(row & last) << 2));
    store<f32>(at, isSum ? dot + own : dot * own, 4);
  }
}

/** One vector of the sums of four. */
// @ts-ignore: decorator
@inline
function sumFour(a: v128, b: v128, c: v128, d: v128): v128 {
  // a0 b0 a1 b1 + a2 b2 a3 b3, and likewise c and d
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}
