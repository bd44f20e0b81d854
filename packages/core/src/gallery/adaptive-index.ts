/** An index that begins in the thread of the caller and moves to one of its own when a search would be felt. */

import type { HeldRows, IndexRows, IndexSpec, LocalTemplateIndex, TemplateIndex } from '../ports/template-index.ts';

/**
 * Numbers (rows times dimension) up to which an index stays in the thread of the caller. A search takes about 0.5 ms there with SIMD and 4 to 7 ms
 * without, and the 8 MB are soon copied when the index moves.
 */
const MAX_NUMBERS_HERE = 2 ** 21;
/** Numbers that cross to the thread at a time while the index moves. */
const NUMBERS_PER_BLOCK = 2 ** 18;

/** Options of {@link createAdaptiveIndex}. */
export interface AdaptiveIndexOptions {
  readonly spec: IndexSpec;
  readonly createHere: (spec: IndexSpec) => Promise<LocalTemplateIndex>;
  /** Absent where there are no threads: the index then stays where it is. */
  readonly createThread?: ((spec: IndexSpec) => Promise<TemplateIndex>) | undefined;
  /**
   * Where the search runs. `auto`: in the thread of the caller up to `maxNumbersHere`, then on a thread of its own; if none starts, it stays,
   * and tries again when it has doubled.
   */
  readonly mode: 'auto' | 'thread' | 'caller';
  /** Rows times dimension up to which a search in the thread of the caller is not felt. @defaultValue 2^21 */
  readonly maxNumbersHere?: number | undefined;
  /** Rows that will be added at once, if that is known: an index that will be large begins on its thread. @defaultValue 0 */
  readonly expectedRows?: number | undefined;
}

/**
 * Creates an empty index where it is wanted.
 *
 * @throws {FaceError} what `createThread` fails with under `thread`, and what `createHere` fails with.
 */
export async function createAdaptiveIndex(options: AdaptiveIndexOptions): Promise<TemplateIndex> {
  const { spec, createHere, createThread, mode, expectedRows = 0, maxNumbersHere = MAX_NUMBERS_HERE } = options;
  if (createThread === undefined || mode === 'caller') return createHere(spec);
  if (mode === 'thread') return createThread(spec);
  if (expectedRows * spec.dimension <= maxNumbersHere) {
    return createMovingIndex(await createHere(spec), spec, createThread, maxNumbersHere);
  }
  try {
    return await createThread(spec);
  } catch {
    // Without a thread the answers are the same.
    return createHere(spec);
  }
}

function createMovingIndex(
  here: LocalTemplateIndex,
  spec: IndexSpec,
  createThread: (spec: IndexSpec) => Promise<TemplateIndex>,
  maxNumbersHere: number,
): TemplateIndex {
  const { dimension } = spec;
  let current: TemplateIndex = here;
  let hasMoved = false;
  /** Calls made while the index moves, in their order; absent when it does not. */
  let waiting: (() => void)[] | undefined;
  /** Rows here and on their way. */
  let rowsHere = 0;
  let maxNumbers = maxNumbersHere;
  let isDisposed = false;

  /** Calls reach an index in the order in which they are made: at once, or all in a row after a move. */
  function ask<T>(call: (index: TemplateIndex) => Promise<T>): Promise<T> {
    if (waiting === undefined) return call(current);
    const queue = waiting;
    return new Promise((resolve, reject) => {
      queue.push(() => void call(current).then(resolve, reject));
    });
  }

  async function move(): Promise<void> {
    waiting = [];
    let thread: TemplateIndex | undefined;
    try {
      // Answered after all calls made before.
      await here.info();
      thread = await createThread(spec);
      for (const block of blocksOf(here.rows(), dimension)) await thread.add(block);
      current = thread;
      hasMoved = true;
      await here.dispose();
    } catch {
      if (!hasMoved) await thread?.dispose();
      maxNumbers *= 2;
    } finally {
      const queue: readonly (() => void)[] = waiting;
      waiting = undefined;
      for (const call of queue) call();
    }
  }

  return {
    info: () => ask((index) => index.info()),
    async add(rows) {
      const count = rows.groups.length;
      const isTooLarge = (rowsHere + count) * dimension > maxNumbers;
      if (!hasMoved && waiting === undefined && !isDisposed && isTooLarge) void move();
      const kept = waiting === undefined ? rows : copyRows(rows);
      rowsHere += count;
      try {
        await ask((index) => index.add(kept));
      } catch (error) {
        rowsHere -= count;
        throw error;
      }
    },
    async remove(group) {
      const removed = await ask((index) => index.remove(group));
      rowsHere -= removed;
      return removed;
    },
    async search(given, options) {
      options.signal?.throwIfAborted();
      const probes = waiting === undefined ? given : given.slice();
      return ask((index) => index.search(probes, options));
    },
    dispose() {
      isDisposed = true;
      return ask((index) => index.dispose());
    },
  };
}

/** The rows in parts small enough not to be felt. */
function* blocksOf({ count, groups, labels, rowAt }: HeldRows, dimension: number): Generator<IndexRows> {
  const rowsPerBlock = Math.max(1, Math.floor(NUMBERS_PER_BLOCK / dimension));
  for (let first = 0; first < count; first += rowsPerBlock) {
    const end = Math.min(count, first + rowsPerBlock);
    const vectors = new Float32Array((end - first) * dimension);
    for (let row = first; row < end; row++) vectors.set(rowAt(row), (row - first) * dimension);
    yield { vectors, groups: groups.slice(first, end), labels: labels.slice(first, end) };
  }
}

/** The caller may change its arrays before the move is over. */
function copyRows({ vectors, groups, labels }: IndexRows): IndexRows {
  return { vectors: vectors.slice(), groups: groups.slice(), labels: labels.slice() };
}
