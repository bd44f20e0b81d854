/** The vectors of a gallery as they came, in float32, and their scores. */

import type { IndexSpec } from '../../ports/template-index.ts';
import { type BlockMemory, createArrayBlocks, createWasmBlocks } from './block-memory.ts';
import type { CandidateCollector } from './candidate-collector.ts';
import { drainProposals, LIST_AT, LIST_ROOM, PROBES_AT } from './proposal-list.ts';
import type { SearchModule } from './search-module.ts';

/** Probes that are loaded at the same time, so that each row is read from memory once for all of them. */
export const PROBE_SLOTS = 32;

/** Blocks stay in the caches while all probes are compared with them. */
const BLOCK_BYTES = 128 * 1024;
const MOST_BLOCK_ROWS = 1024;

/** Rows of float32 numbers with a number of their own, its term: 1/|x| for the cosine, -|x|²/2 for the Euclidean distance. */
export interface RowMatrix {
  readonly bytes: number;
  /** Rows of a block, a power of two and at least 4. */
  readonly blockRows: number;
  /** @throws {FaceError} `BACKEND_UNAVAILABLE` if memory is not given; all is then as it was. */
  reserve(rows: number): void;
  /** The numbers of a row, as a view that is valid until more is reserved. */
  rowAt(row: number): Float32Array;
  write(row: number, vector: Float32Array, term: number): void;
  move(from: number, to: number): void;
  /** Overwrites a row with zeros. */
  clear(row: number): void;
  /** Loads a probe. For cosines of length 1. */
  loadProbe(slot: number, probe: Float32Array): void;
  /** Overwrites the first probes, and what scans noted of them. */
  clearProbes(slots: number): void;
  /** Offers the rows of a range within a block that reach the floor of the collector. `from` is a multiple of 4. */
  scan(slot: number, from: number, to: number, collector: CandidateCollector): void;
  /** Overwrites everything. */
  wipe(): void;
}

/** A matrix in the memory of a module. */
export interface WasmRowMatrix extends RowMatrix {
  /** Offers rows out of a list that another scan made, see `proposal-list.ts`. */
  offerListed(slot: number, list: Float32Array, collector: CandidateCollector): void;
}

/** How rows lie in a block: terms first. */
interface BlockLayout {
  readonly dimension: number;
  /** Numbers of a row, with zeros up to a multiple of 4. */
  readonly stride: number;
  readonly shift: number;
  readonly blockBytes: number;
}

function planBlocks(dimension: number): BlockLayout {
  const stride = Math.ceil(dimension / 4) * 4;
  const shift = Math.floor(Math.log2(Math.max(4, Math.min(MOST_BLOCK_ROWS, BLOCK_BYTES / (stride * 4)))));
  return { dimension, stride, shift, blockBytes: (stride * 4 + 4) << shift };
}

function createRows(memory: BlockMemory, { dimension, stride, shift }: BlockLayout) {
  const blockRows = 1 << shift;
  const last = blockRows - 1;
  const at = (row: number): number => blockRows + (row & last) * stride;
  const rowAt = (row: number): Float32Array => {
    const start = at(row);
    return memory.blockAt(row >> shift).subarray(start, start + dimension);
  };
  const write = (row: number, vector: Float32Array, term: number): void => {
    const block = memory.blockAt(row >> shift);
    block.set(vector, at(row));
    block[row & last] = term;
  };
  return {
    blockRows,
    reserve: (rows: number): void => memory.reserve(Math.ceil(rows / blockRows)),
    rowAt,
    write,
    move: (from: number, to: number): void => write(to, rowAt(from), memory.blockAt(from >> shift)[from & last] as number),
    clear(row: number): void {
      rowAt(row).fill(0);
      memory.blockAt(row >> shift)[row & last] = 0;
    },
    wipe: (): void => memory.wipe(),
  };
}

/** A matrix that is scanned by SIMD kernels. */
export function createWasmRowMatrix(module: SearchModule, { dimension, metric }: IndexSpec): WasmRowMatrix {
  const layout = planBlocks(dimension);
  const { stride, shift, blockBytes } = layout;
  const rowBytes = stride * 4;
  const blocksAt = PROBES_AT + PROBE_SLOTS * rowBytes;
  const memory = createWasmBlocks(module, blocksAt, blockBytes);
  const rows = createRows(memory, layout);
  const isSum = metric === 'euclidean' ? 1 : 0;
  const last = rows.blockRows - 1;
  const probeAt = (slot: number): number => PROBES_AT + slot * rowBytes;
  return {
    ...rows,
    get bytes() {
      return memory.bytes;
    },
    loadProbe: (slot, probe) => memory.floats.set(probe, probeAt(slot) / 4),
    clearProbes: (slots) => void memory.floats.fill(0, LIST_AT / 4, probeAt(slots) / 4),
    scan(slot, from, to, collector) {
      const block = memory.addressOf(from >> shift);
      for (let row = from; row < to; ) {
        const inside = row & last;
        row += module.scanRows(
          block + rows.blockRows * 4 + inside * rowBytes,
          rowBytes,
          block + inside * 4,
          isSum,
          probeAt(slot),
          row,
          to - row,
          roundDown(collector.floor),
          LIST_AT,
          LIST_ROOM,
        );
        drainProposals(memory.floats, collector);
      }
    },
    offerListed(slot, list, collector) {
      memory.floats.set(list, LIST_AT / 4);
      module.scoreRows(blocksAt, blockBytes, shift, rowBytes, isSum, probeAt(slot), LIST_AT);
      drainProposals(memory.floats, collector);
    },
  };
}

/** The nearest float32 below; -Infinity stays. */
export function roundDown(floor: number): number {
  return Math.fround(floor - Math.abs(floor) * 2 ** -23);
}

/** A matrix that is scanned by plain JavaScript. */
export function createPlainRowMatrix({ dimension, metric }: IndexSpec): RowMatrix {
  const layout = planBlocks(dimension);
  const { stride, shift, blockBytes } = layout;
  const memory = createArrayBlocks(blockBytes);
  const rows = createRows(memory, layout);
  const isSum = metric === 'euclidean';
  const last = rows.blockRows - 1;
  const probes = new Float32Array(PROBE_SLOTS * stride);
  return {
    ...rows,
    get bytes() {
      return memory.bytes;
    },
    loadProbe: (slot, probe) => probes.set(probe, slot * stride),
    clearProbes: (slots) => void probes.fill(0, 0, slots * stride),
    scan(slot, from, to, collector) {
      const block = memory.blockAt(from >> shift);
      const probe = probes.subarray(slot * stride, (slot + 1) * stride);
      for (let row = from; row < to; row++) {
        const inside = row & last;
        const dot = multiply(probe, block, rows.blockRows + inside * stride);
        const term = block[inside] as number;
        collector.offer(row, isSum ? dot + term : dot * term);
      }
    },
  };
}

/** Dot product of a vector, whose length is a multiple of 4, with numbers from a position on. */
function multiply(vector: Float32Array, numbers: Float32Array, at: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0, j = at; i < vector.length; i += 4, j += 4) {
    a += (vector[i] as number) * (numbers[j] as number);
    b += (vector[i + 1] as number) * (numbers[j + 1] as number);
    c += (vector[i + 2] as number) * (numbers[j + 2] as number);
    d += (vector[i + 3] as number) * (numbers[j + 3] as number);
  }
  return a + b + (c + d);
}
