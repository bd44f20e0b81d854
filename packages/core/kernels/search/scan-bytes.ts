/** Scores of rows of bytes against a probe of 16-bit integers. */

import { LIST_HEAD_BYTES, PROPOSAL_BYTES, proposeRows } from './propose-rows';

/**
 * Scans rows that follow one another and proposes those of which (dot * unit + reach) * scale + shift is not below the floor, where dot is the exact dot
 * product of integers, and scale and shift are the row's own.
 *
 * @param rows - Address of the first row; the memory holds a multiple of four rows.
 * @param rowBytes - A multiple of 16; padded with zeros.
 * @param scales - Address of the first row's scale (f32).
 * @param shifts - Address of the first row's shift (f32).
 * @param probe - Address of the probe, twice as long as a row; no dot product with it may exceed 32 bits.
 * @param first - Number of the first row, as it is to be written.
 * @param count - Rows to scan.
 * @param list - Address of the proposals.
 * @param room - Proposals that fit.
 * @returns Rows that were scanned: all, or fewer if there was no room for more proposals.
 */
export function scanBytes(
  rows: usize,
  rowBytes: usize,
  scales: usize,
  shifts: usize,
  probe: usize,
  unit: f32,
  reach: f32,
  first: i32,
  count: i32,
  floor: f32,
  list: usize,
  room: i32,
): i32 {
  const floors = f32x4.splat(floor);
  const units = f32x4.splat(unit);
  const reaches = f32x4.splat(reach);
  const entries = list + LIST_HEAD_BYTES;
  const lastAt = entries + (<usize>room - 4) * PROPOSAL_BYTES;
  const end = probe + (rowBytes << 1);
  let at = entries;
  let done = 0;
  for (; done < count && at <= lastAt; done += 4) {
    let a0 = i32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let r0 = rows;
    let r1 = r0 + rowBytes;
    let r2 = r1 + rowBytes;
    let r3 = r2 + rowBytes;
    rows = r3 + rowBytes;
    for (let p = probe; p < end; p += 32) {
      const low = v128.load(p);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load8x8_s(r0), low));
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load8x8_s(r1), low));
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load8x8_s(r2), low));
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load8x8_s(r3), low));
      const high = v128.load(p, 16);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load8x8_s(r0, 8), high));
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load8x8_s(r1, 8), high));
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load8x8_s(r2, 8), high));
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load8x8_s(r3, 8), high));
      r0 += 16;
      r1 += 16;
      r2 += 16;
      r3 += 16;
    }
    // a0 b0 a1 b1 + a2 b2 a3 b3, and likewise c and d
    const ab = i32x4.add(v128.shuffle<i32>(a0, a1, 0, 4, 1, 5), v128.shuffle<i32>(a0, a1, 2, 6, 3, 7));
    const cd = i32x4.add(v128.shuffle<i32>(a2, a3, 0, 4, 1, 5), v128.shuffle<i32>(a2, a3, 2, 6, 3, 7));
    const dots = f32x4.convert_i32x4_s(i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7)));
    const reached = f32x4.mul(f32x4.add(f32x4.mul(dots, units), reaches), v128.load(scales));
    const scores = f32x4.add(reached, v128.load(shifts));
    scales += 16;
    shifts += 16;
    if (v128.any_true(f32x4.ge(scores, floors))) at = proposeRows(scores, floors, first + done, count - done, at);
  }
  store<i32>(list, <i32>((at - entries) / PROPOSAL_BYTES));
  return min(done, count);
}
