/** Memory in blocks of equal size that never move: a matrix grows by adding some behind the last. */

import { FaceError } from '../../errors/face-error.ts';
import type { SearchModule } from './search-module.ts';

/** A growing number of blocks. */
export interface BlockMemory {
  /** Bytes in all. */
  readonly bytes: number;
  /**
   * Makes room for so many blocks; new ones are zero.
   *
   * @throws {FaceError} `BACKEND_UNAVAILABLE` if memory is not given; all is then as it was.
   */
  reserve(blocks: number): void;
  /** A block as a view, valid until `reserve` makes room. */
  blockAt(block: number): Float32Array;
  /** Overwrites everything with zeros. */
  wipe(): void;
}

/** Blocks in the memory of a module, which its kernels read. */
export interface WasmBlocks extends BlockMemory {
  readonly module: SearchModule;
  /** The memory before the first block and with it. */
  readonly floats: Float32Array;
  addressOf(block: number): number;
}

const PAGE_BYTES = 65_536;
/** 4 GiB, what an address can tell. */
const MOST_PAGES = 65_536;
/** Memory is asked for in steps of a share of what is there: every step detaches all views. Pages that nobody wrote to cost none. */
const GROWTH = 1 / 8;

/**
 * Blocks in a module's memory.
 *
 * @param blocksAt - Address of the first block; what lies before it is the caller's. A multiple of 16, like `blockBytes`.
 */
export function createWasmBlocks(module: SearchModule, blocksAt: number, blockBytes: number): WasmBlocks {
  const { memory } = module;
  let views: Float32Array[] = [];
  let floats = new Float32Array(memory.buffer);
  const reserve = (blocks: number): void => {
    const pages = Math.ceil((blocksAt + blocks * blockBytes) / PAGE_BYTES);
    const present = memory.buffer.byteLength / PAGE_BYTES;
    if (pages <= present) return;
    growTo(module, pages, Math.min(MOST_PAGES, Math.max(pages, Math.ceil(present * (1 + GROWTH)))));
    views = [];
    floats = new Float32Array(memory.buffer);
  };
  reserve(0);
  return {
    module,
    get bytes() {
      return memory.buffer.byteLength;
    },
    get floats() {
      return floats;
    },
    addressOf: (block) => blocksAt + block * blockBytes,
    reserve,
    blockAt(block) {
      const known = views[block];
      if (known !== undefined) return known;
      const view = new Float32Array(memory.buffer, blocksAt + block * blockBytes, blockBytes / 4);
      views[block] = view;
      return view;
    },
    wipe: () => void floats.fill(0),
  };
}

function growTo({ memory }: SearchModule, least: number, wanted: number): void {
  const present = memory.buffer.byteLength / PAGE_BYTES;
  let cause: unknown;
  for (const pages of wanted > least ? [wanted, least] : [least]) {
    try {
      if (pages <= MOST_PAGES) {
        memory.grow(pages - present);
        return;
      }
    } catch (error) {
      cause = error;
    }
  }
  throw noMemory(least * PAGE_BYTES, cause);
}

/** Blocks in ordinary memory. */
export function createArrayBlocks(blockBytes: number): BlockMemory {
  const blocks: Float32Array[] = [];
  return {
    get bytes() {
      return blocks.length * blockBytes;
    },
    reserve(count) {
      const before = blocks.length;
      try {
        while (blocks.length < count) blocks.push(new Float32Array(blockBytes / 4));
      } catch (error) {
        blocks.length = before;
        throw noMemory(count * blockBytes, error);
      }
    },
    blockAt(block) {
      const view = blocks[block];
      if (view === undefined) throw new RangeError(`Expected a block below ${blocks.length}, got ${block}.`);
      return view;
    },
    wipe() {
      for (const block of blocks.splice(0)) block.fill(0);
    },
  };
}

/** Says that a gallery does not fit. */
export function noMemory(bytes: number, cause: unknown): FaceError {
  return new FaceError(
    'BACKEND_UNAVAILABLE',
    `Expected ${(bytes / 1e6).toFixed(0)} MB of memory for the templates, got none (at most 4,294 MB can be had in one piece); the templates were not added. Use fewer templates, or a store that searches by itself.`,
    { bytes },
    { cause },
  );
}
