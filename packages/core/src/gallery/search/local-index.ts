/** Rows, their identities and what a search does with them. All work is done at once: calls take effect in their order. */

import { assertUsableVector, computeSquaredLength, toUnitVector } from '../../embed/embedding.ts';
import { FaceError, isFaceError } from '../../errors/face-error.ts';
import type { HeldRows, IndexHit, IndexInfo, IndexRows, IndexSpec, LocalTemplateIndex } from '../../ports/template-index.ts';
import { noMemory } from './block-memory.ts';
import type { ByteMatrix } from './byte-matrix.ts';
import { type CandidateCollector, createCandidateCollector } from './candidate-collector.ts';
import { isTooLargeForBytes, wantsBytes } from './choose-prefilter.ts';
import { rankHits } from './rank-hits.ts';
import { PROBE_SLOTS, type RowMatrix } from './row-matrix.ts';
import { boundScoreError } from './score-error.ts';

/** Rows that are scanned first, so that the floor is known for those that follow; and how many times as many in each further step. */
const FIRST_ROWS = 64;
const STEP_GROWTH = 4;

/** What an index is made of. */
export interface Matrices {
  readonly kernel: IndexInfo['kernel'];
  readonly rows: RowMatrix;
  /** Absent where bytes are not wanted, or not to be had. */
  readonly bytes?: ByteMatrix | undefined;
}

/** Creates an index over matrices that are empty. */
export function createLocalIndex(spec: IndexSpec, { kernel, rows: matrix, bytes: bytesThere }: Matrices): LocalTemplateIndex {
  const { dimension, metric } = spec;
  let count = 0;
  let groups = new Int32Array(0);
  let labels = new Int32Array(0);
  let lengths = noLengths();
  /** As long as they can be had; they may lag behind the rows. */
  let bytes = bytesThere;
  let isDisposed = false;

  const assertUsable = (): void => {
    if (isDisposed) throw new FaceError('DISPOSED', 'Expected an index in use, got one that was disposed; create another.');
  };
  const held = (): HeldRows => ({ count, groups, labels, rowAt: matrix.rowAt });

  /** Makes room, or throws and leaves all as it is. */
  function reserve(wanted: number): void {
    matrix.reserve(wanted);
    if (spec.prefilter === 'int8') bytes?.reserve(wanted);
    if (wanted <= groups.length) return;
    // A quarter more, so that adding rows one by one copies each number a few times only.
    const room = Math.max(wanted, Math.ceil(groups.length * 1.25));
    try {
      [groups, labels] = [enlarge(groups, room), enlarge(labels, room)];
    } catch (error) {
      throw noMemory(8 * room, error);
    }
  }

  /** The bytes of all rows, where a search is to have them. Rows are taken over by the first search that needs them, not while a gallery is read. */
  function findFilter(): ByteMatrix | undefined {
    if (bytes === undefined) return undefined;
    if (!wantsBytes(spec, count)) {
      if (isTooLargeForBytes(spec, count)) dropBytes();
      return undefined;
    }
    try {
      bytes.reserve(count);
    } catch (error) {
      if (!isFaceError(error, 'BACKEND_UNAVAILABLE') || spec.prefilter === 'int8') throw error;
      dropBytes();
      return undefined;
    }
    bytes.extend(count);
    return bytes;
  }

  /** The memory of a module is given back with the module. */
  function dropBytes(): void {
    bytes?.wipe();
    bytes = undefined;
  }

  function add(added: IndexRows): void {
    const total = added.groups.length;
    const vectors = splitVectors(added.vectors, dimension, total);
    if (added.labels.length !== total) {
      throw new FaceError('SHAPE_MISMATCH', `Expected ${total} labels, one for each group, got ${added.labels.length}.`);
    }
    if (total === 0) return;
    reserve(count + total);
    groups.set(added.groups, count);
    labels.set(added.labels, count);
    for (let i = 0; i < total; i++) {
      const vector = vectors(i);
      const length = lengthOf(vector);
      lengths = { shortest: Math.min(lengths.shortest, length), longest: Math.max(lengths.longest, length) };
      matrix.write(count + i, vector, metric === 'cosine' ? 1 / length : -(length ** 2) / 2);
    }
    count += total;
  }

  function remove(group: number): number {
    let removed = 0;
    for (let row = findLast(groups, group, count); row >= 0; row = findLast(groups, group, row)) {
      count--;
      if (row < count) {
        matrix.move(count, row);
        groups[row] = groups[count] as number;
        labels[row] = labels[count] as number;
      }
      matrix.clear(count);
      groups[count] = 0;
      labels[count] = 0;
      bytes?.removeRow(row, count);
      removed++;
    }
    if (removed > 0) bytes?.settle();
    if (count === 0) lengths = noLengths();
    return removed;
  }

  function search(probes: Float32Array, limit: number, signal: AbortSignal | undefined): IndexHit[][] {
    assertLimit(limit);
    const total = probes.length / dimension;
    const probeAt = splitVectors(probes, dimension, total);
    const all: IndexHit[][] = [];
    for (let from = 0; from < total; from += PROBE_SLOTS) {
      const batch = Array.from({ length: Math.min(PROBE_SLOTS, total - from) }, (_, i) => probeAt(from + i));
      for (const hits of searchBatch(batch, limit, signal)) all.push(hits);
    }
    return all;
  }

  function searchBatch(batch: readonly Float32Array[], limit: number, signal: AbortSignal | undefined): IndexHit[][] {
    const collectors = batch.map((probe) =>
      createCandidateCollector({ metric, limit, groups, probe, errorBound: boundScoreError(spec, lengthOf(probe), lengths) }),
    );
    const scanned = [...batch.keys()].filter((slot) => Number.isFinite(collectors[slot]?.errorBound));
    try {
      scan(batch, scanned, collectors, limit, signal);
    } finally {
      matrix.clearProbes(batch.length);
      bytes?.clearProbes(batch.length);
    }
    const rows = held();
    return batch.map((probe, slot) => {
      const collector = collectors[slot] as CandidateCollector;
      const candidates = Number.isFinite(collector.errorBound) ? collector.candidates() : allRows(count);
      return rankHits(candidates, probe, rows, metric, limit);
    });
  }

  function scan(
    batch: readonly Float32Array[],
    slots: readonly number[],
    collectors: readonly CandidateCollector[],
    limit: number,
    signal: AbortSignal | undefined,
  ): void {
    const filter = slots.length === 0 ? undefined : findFilter();
    for (const slot of slots) {
      const probe = batch[slot] as Float32Array;
      const scaled = metric === 'cosine' ? toUnitVector(probe) : undefined;
      matrix.loadProbe(slot, scaled ?? probe);
      scaled?.fill(0);
      filter?.loadProbe(slot, probe, lengths.longest);
    }
    const scanner = filter ?? matrix;
    const { blockRows } = scanner;
    let step = FIRST_ROWS + 4 * limit;
    for (let from = 0; from < count; ) {
      signal?.throwIfAborted();
      const to = Math.min(count, from + step, from - (from % blockRows) + blockRows);
      for (const slot of slots) {
        const collector = collectors[slot] as CandidateCollector;
        scanner.scan(slot, from, to, collector);
        if (step < blockRows || from === 0) collector.prune();
      }
      from = to;
      step *= STEP_GROWTH;
    }
  }

  return {
    async info() {
      assertUsable();
      const used = wantsBytes(spec, count) ? bytes : undefined;
      return {
        where: 'here',
        kernel,
        prefilter: used === undefined ? 'none' : 'int8',
        rows: count,
        bytes: matrix.bytes + (used?.bytes ?? 0),
      };
    },
    async add(added) {
      assertUsable();
      add(added);
    },
    async remove(group) {
      assertUsable();
      return remove(group);
    },
    async search(probes, { limit, signal }) {
      assertUsable();
      signal?.throwIfAborted();
      return search(probes, limit, signal);
    },
    rows() {
      assertUsable();
      return held();
    },
    async dispose() {
      if (isDisposed) return;
      isDisposed = true;
      matrix.wipe();
      bytes?.wipe();
      groups.fill(0);
      labels.fill(0);
      bytes = undefined;
      count = 0;
    },
  };
}

/** Lengths of the shortest and the longest row since the index was last empty. */
interface Lengths {
  readonly shortest: number;
  readonly longest: number;
}

function noLengths(): Lengths {
  return { shortest: Number.POSITIVE_INFINITY, longest: 0 };
}

function assertLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1) return;
  throw new FaceError('INVALID_OPTION', `Expected a limit of at least 1, an integer, got ${limit}.`, { limit });
}

/** Checks that there are so many usable vectors; gives them as views. */
function splitVectors(vectors: Float32Array, dimension: number, count: number): (row: number) => Float32Array {
  if (vectors.length !== count * dimension || !Number.isInteger(count)) {
    const rows = Number.isInteger(count) ? `${count} vectors` : 'vectors';
    const message = `Expected ${rows} of ${dimension} numbers each, got ${vectors.length} numbers; embed with the pack of the gallery.`;
    throw new FaceError('SHAPE_MISMATCH', message, { dimension, length: vectors.length });
  }
  const at = (row: number): Float32Array => vectors.subarray(row * dimension, (row + 1) * dimension);
  for (let row = 0; row < count; row++) assertUsableVector(at(row));
  return at;
}

function lengthOf(vector: Float32Array): number {
  return Math.sqrt(computeSquaredLength(vector));
}

function enlarge(numbers: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const enlarged = new Int32Array(length);
  enlarged.set(numbers);
  return enlarged;
}

/** The last position before `end` that holds a number, or -1. */
function findLast(numbers: Int32Array, number: number, end: number): number {
  return end === 0 ? -1 : numbers.lastIndexOf(number, end - 1);
}

function* allRows(count: number): Generator<number> {
  for (let row = 0; row < count; row++) yield row;
}
