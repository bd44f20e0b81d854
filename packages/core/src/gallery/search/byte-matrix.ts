/** One byte per number: a quarter of what memory has to give, good enough to leave most rows out. */

import type { IndexSpec } from '../../ports/template-index.ts';
import { createWasmBlocks } from './block-memory.ts';
import type { CandidateCollector } from './candidate-collector.ts';
import { countProposals, LIST_AT, LIST_ROOM, PROBES_AT, takeList } from './proposal-list.ts';
import { PROBE_SLOTS, roundDown, type WasmRowMatrix } from './row-matrix.ts';
import type { SearchModule } from './search-module.ts';

const MOST_BLOCK_ROWS = 1024;
const BLOCK_BYTES = 128 * 1024;
/** Numbers below are nothing beside vectors of any use, and scales stay normal float32 numbers. */
const LEAST_SCALE = 2 ** -60;
/** Unit roundoff of float32. */
const UNIT_ROUNDOFF = 2 ** -24;
const EPSILON64 = 2 ** -52;
/** What float64 rounds while bounds are computed, and a float32 more. */
const ROUND_UP = 1 + 2 ** -20;
/** Below, the mean says too much about single rows. */
const LEAST_MEAN_ROWS = 256;
/** So many say as much as all. */
const MOST_MEAN_ROWS = 4096;

/** Rows as bytes, beside the rows of a {@link WasmRowMatrix}. */
export interface ByteMatrix {
  readonly bytes: number;
  readonly blockRows: number;
  /** @throws {FaceError} `BACKEND_UNAVAILABLE` if memory is not given; all is then as it was. */
  reserve(rows: number): void;
  /** Takes over the rows of the other matrix up to `count`, as far as it has not: some tenths of a second for 100,000 rows. */
  extend(count: number): void;
  /** Follows a removal in the other matrix: its last row, number `count`, has taken the place of a row, or was removed itself. */
  removeRow(row: number, count: number): void;
  /** After removals: forgets what the rows that are left do not account for. */
  settle(): void;
  loadProbe(slot: number, probe: Float32Array, longestRow: number): void;
  clearProbes(slots: number): void;
  scan(slot: number, from: number, to: number, collector: CandidateCollector): void;
  wipe(): void;
}

/** What a loaded probe needs in a scan. */
interface LoadedProbe {
  readonly unit: number;
  readonly reach: number;
  /** Added to what the kernel computes, the sum is at least the exact score. */
  readonly offset: number;
}

/**
 * Creates the matrix. Let x be a row (of length 1 for cosines), p the probe (likewise), m about the mean row, y = x - m and q = p - m. Then |p - x|² = |q|²
 * - 2 q·y + |y|², so that q·y - |y|²/2 ranks rows as their similarity does, and differs from the score by a constant of the probe. Faces are
 * alike: q and y are shorter than p and x, and what rounding y to bytes does is smaller by as much.
 *
 * y is stored as s·Y with bytes Y and a scale s of its own. With e = |y - s·Y|, by Cauchy and Schwarz q·y <= s·q·Y + |q|·e. Of all rows the largest k = e/s
 * is kept: q·y <= s·(q·Y + |q|·k). The probe is stored as t·P with 16-bit integers P: q·Y <= t·P·Y + |q - t·P|·|Y|. So the score is at most
 * s·(t·P·Y + c) - |y|²/2 plus the constant, with c = |q|·k + |q - t·P|·max|Y|. The product of integers is exact; the rest is rounded a few times in float32, for
 * which the offset makes up. Rows whose bound is below the floor are left out. The others are scored in float32.
 */
export function createByteMatrix(module: SearchModule, { dimension, metric }: IndexSpec, rows: WasmRowMatrix): ByteMatrix {
  const rowBytes = Math.ceil(dimension / 16) * 16;
  const shift = Math.floor(Math.log2(Math.max(4, Math.min(MOST_BLOCK_ROWS, BLOCK_BYTES / rowBytes))));
  const blockRows = 1 << shift;
  const last = blockRows - 1;
  const probeBytes = rowBytes * 2;
  const blocksAt = PROBES_AT + PROBE_SLOTS * probeBytes;
  const memory = createWasmBlocks(module, blocksAt, (rowBytes + 8) << shift);
  const probes = new Array<LoadedProbe>(PROBE_SLOTS);
  const difference = new Float64Array(dimension);
  const mean = new Float64Array(dimension);
  let meanLength = 0;
  let count = 0;
  /** Rows that the mean is of, and how many of them may be gone by now. */
  let meanRows = 0;
  let removedRows = 0;
  /** The largest of all rows so far: k, |Y|, s and |y|²/2. */
  let reach = 0;
  let longest = 0;
  let largestScale = 0;
  let largestShift = 0;

  /** y, or q, of a vector. Returns its squared length. */
  function subtractMean(vector: Float32Array): number {
    let scale = 1;
    if (metric === 'cosine') {
      let squared = 0;
      for (let i = 0; i < vector.length; i++) squared += (vector[i] as number) * (vector[i] as number);
      scale = 1 / Math.sqrt(squared);
    }
    let length = 0;
    for (let i = 0; i < vector.length; i++) {
      const value = (vector[i] as number) * scale - (mean[i] as number);
      difference[i] = value;
      length += value * value;
    }
    return length;
  }

  function bytesOf(row: number): Int8Array {
    const block = memory.blockAt(row >> shift);
    return new Int8Array(block.buffer, block.byteOffset + blockRows * 8 + (row & last) * rowBytes, dimension);
  }

  function write(row: number): void {
    const squared = subtractMean(rows.rowAt(row));
    let largest = 0;
    for (let i = 0; i < difference.length; i++) {
      const size = Math.abs(difference[i] as number);
      if (size > largest) largest = size;
    }
    const scale = Math.max(Math.fround(largest / 127), LEAST_SCALE);
    const perScale = 1 / scale;
    const bytes = bytesOf(row);
    let lost = 0;
    let length = 0;
    for (let i = 0; i < bytes.length; i++) {
      const value = difference[i] as number;
      // The nearest integer, which no rounding takes beyond 127.
      const byte = (value * perScale + (value < 0 ? -0.5 : 0.5)) | 0;
      const rest = value - byte * scale;
      bytes[i] = byte;
      lost += rest * rest;
      length += byte * byte;
    }
    const block = memory.blockAt(row >> shift);
    block[row & last] = scale;
    block[blockRows + (row & last)] = -squared / 2;
    reach = Math.max(reach, (Math.sqrt(lost) / scale) * ROUND_UP);
    longest = Math.max(longest, Math.sqrt(length));
    largestScale = Math.max(largestScale, scale);
    largestShift = Math.max(largestShift, squared / 2);
  }

  function clear(row: number): void {
    bytesOf(row).fill(0);
    const block = memory.blockAt(row >> shift);
    block[row & last] = 0;
    block[blockRows + (row & last)] = 0;
  }

  /** Overwrites everything. The next call of `extend` takes all rows over anew. */
  function forget(): void {
    memory.wipe();
    mean.fill(0);
    [count, meanRows, removedRows] = [0, 0, 0];
    [meanLength, reach, longest, largestScale, largestShift] = [0, 0, 0, 0, 0];
  }

  /** Takes the mean of rows, evenly spread: any vector would do, a good one leaves little to be rounded. */
  function takeMean(of: number): void {
    forget();
    const sum = new Float64Array(dimension);
    const step = Math.ceil(of / MOST_MEAN_ROWS);
    let taken = 0;
    for (let row = 0; row < of; row += step, taken++) {
      subtractMean(rows.rowAt(row));
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (difference[i] as number);
    }
    for (let i = 0; i < dimension; i++) mean[i] = (sum[i] as number) / taken;
    sum.fill(0);
    meanLength = lengthOf(mean);
    meanRows = of;
  }

  return {
    blockRows,
    get bytes() {
      return memory.bytes;
    },
    reserve: (wanted) => memory.reserve(Math.ceil(wanted / blockRows)),
    extend(wanted) {
      if (wanted <= count) return;
      if (wanted >= LEAST_MEAN_ROWS && wanted >= 4 * Math.max(1, meanRows)) takeMean(wanted);
      for (let row = count; row < wanted; row++) write(row);
      count = wanted;
      difference.fill(0);
    },
    removeRow(row, left) {
      if (row >= count) return;
      removedRows++;
      if (row < left) write(row);
      difference.fill(0);
      if (count <= left) return;
      clear(left);
      count = left;
    },
    settle() {
      if (count === 0 || (meanRows >= LEAST_MEAN_ROWS && removedRows * 16 > meanRows)) forget();
    },
    loadProbe(slot, probe, longestRow) {
      const squared = subtractMean(probe);
      const length = Math.sqrt(squared);
      let largest = 0;
      let sum = 0;
      for (let i = 0; i < dimension; i++) {
        const size = Math.abs(difference[i] as number);
        largest = Math.max(largest, size);
        sum += size;
      }
      // No dot product exceeds 127 times the sum of the integers' sizes, which has to fit 31 bits.
      const room = 2 ** 31 / 127 - dimension;
      const unit = Math.fround(Math.max(largest / 32_767, sum / room, LEAST_SCALE) * ROUND_UP);
      const integers = new Int16Array(memory.floats.buffer, PROBES_AT + slot * probeBytes, dimension);
      let lost = 0;
      let integerSquares = 0;
      for (let i = 0; i < dimension; i++) {
        const integer = Math.round((difference[i] as number) / unit);
        integers[i] = integer;
        lost += ((difference[i] as number) - integer * unit) ** 2;
        integerSquares += integer * integer;
      }
      difference.fill(0);
      const c = (length * reach + Math.sqrt(lost) * longest) * ROUND_UP;
      const probeLength = lengthOf(probe);
      // The kernel rounds six times, and no intermediate result is larger than this.
      const size = largestScale * (unit * Math.sqrt(integerSquares) * longest + c) + largestShift;
      const scale = metric === 'cosine' ? 2 + meanLength : probeLength + longestRow + meanLength;
      const rounding = 16 * UNIT_ROUNDOFF * size + (2 * dimension + 64) * EPSILON64 * scale ** 2;
      const constant = ((metric === 'cosine' ? 2 : probeLength ** 2) - squared) / 2;
      probes[slot] = { unit, reach: Math.fround(c * ROUND_UP), offset: constant + rounding };
    },
    clearProbes: (slots) => void memory.floats.fill(0, LIST_AT / 4, (PROBES_AT + slots * probeBytes) / 4),
    scan(slot, from, to, collector) {
      const block = memory.addressOf(from >> shift);
      const { unit, reach: c, offset } = probes[slot] as LoadedProbe;
      for (let row = from; row < to; ) {
        const inside = row & last;
        row += module.scanBytes(
          block + blockRows * 8 + inside * rowBytes,
          rowBytes,
          block + inside * 4,
          block + (blockRows + inside) * 4,
          PROBES_AT + slot * probeBytes,
          unit,
          c,
          row,
          to - row,
          roundDown(collector.exactFloor - offset),
          LIST_AT,
          LIST_ROOM,
        );
        if (countProposals(memory.floats) > 0) rows.offerListed(slot, takeList(memory.floats), collector);
      }
    },
    wipe: forget,
  };
}

function lengthOf(vector: Float32Array | Float64Array): number {
  let squared = 0;
  for (const value of vector) squared += value * value;
  return Math.sqrt(squared);
}
