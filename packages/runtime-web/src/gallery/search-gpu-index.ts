/** An index that searches on the GPU where that is faster, and finds the same. */

import { FaceError, toUnitVector } from '@isoface/core';
import {
  type HeldRows,
  type IndexHit,
  type IndexSpec,
  type LocalTemplateIndex,
  selectHits,
  type TemplateIndex,
} from '@isoface/core/gallery';
import type { OpenedGpu } from '../gpu/gpu-device.ts';
import { createGpuRows, type GpuRows } from './search-gpu-rows.ts';

/** What {@link createGpuIndex} is made of. */
export interface GpuIndexOptions {
  readonly spec: IndexSpec;
  /** Holds the rows, and searches where the GPU does not. The index disposes of it. */
  readonly local: LocalTemplateIndex;
  /** Opens the GPU when it is first wanted; the index destroys the device. May reject: then there is no GPU. */
  openGpu(): Promise<Pick<OpenedGpu, 'device' | 'lost'>>;
  /**
   * `fastest` tries both ways on the rows that are there, at the first search of a large gallery and whenever it has doubled, and keeps the faster
   * one. `always` is for tests.
   */
  readonly use: 'fastest' | 'always';
  readonly now: () => number;
  /** Rows times dimension from which on `fastest` tries the GPU. @defaultValue 2^22 */
  readonly minNumbers?: number | undefined;
  /** See `createGpuRows`. */
  readonly maxChunkBytes?: number | undefined;
}

/** Below this a search is over before a GPU has been told of it. */
const MIN_NUMBERS = 2 ** 22;
/** Calls with so many probes or more are timed apart: the GPU reads the rows once for several probes. */
const MANY_PROBES = 8;
/** What a score may be in float32, with much to spare. */
const MAX_SCORE = 1e36;
/** Squared length of probes that are refused for being zero. */
const MIN_SQUARED = 1e-12;
/** Rows per probe whose scores are computed again, to notice a GPU that answers wrongly. */
const CHECKED_ROWS = 8;

type CallKind = 'one' | 'many';

/** Which way was faster, and at how many rows that was measured. */
interface Decision {
  readonly rows: number;
  readonly onGpu: boolean;
}

interface OpenGpu {
  readonly device: GPUDevice;
  readonly rows: GpuRows;
}

/**
 * Creates an index over a local one. The GPU proposes rows within its margin of error and `selectHits` compares them on the CPU, so that answers are
 * those of the local index to the last bit. A GPU that is lost, short of memory, or answers with numbers that cannot be is given up for good, and the
 * search that met it is answered by the local index.
 *
 * Arrays must stay unchanged until the call that got them has resolved.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` with `use: 'always'` if there is no GPU.
 */
export async function createGpuIndex(options: GpuIndexOptions): Promise<TemplateIndex> {
  const { spec, local, use, now, minNumbers = MIN_NUMBERS, maxChunkBytes } = options;
  const { dimension, metric } = spec;
  const decisions = new Map<CallKind, Decision>();
  let gpu: Promise<OpenGpu> | undefined;
  /** What is on the GPU now. */
  let copy: GpuRows | undefined;
  let isGivenUp = false;
  /** Whether rows were removed that the GPU still has. */
  let hasMoved = false;
  let last: Promise<unknown> = Promise.resolve();

  /** One call after the other: the GPU must see the rows that its answer is about. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  }

  function open(): Promise<OpenGpu> {
    const opened = options.openGpu().then(async ({ device, lost }): Promise<OpenGpu> => {
      void lost.then(() => {
        if (gpu === opened) giveUp();
      });
      try {
        return { device, rows: await createGpuRows(device, spec, maxChunkBytes) };
      } catch (error) {
        device.destroy();
        throw error;
      }
    });
    return opened;
  }

  function giveUp(): void {
    isGivenUp = true;
    void release();
  }

  /** Gives back the GPU with everything on it. */
  async function release(): Promise<void> {
    const opened = gpu;
    gpu = undefined;
    copy = undefined;
    hasMoved = false;
    try {
      const { device, rows } = (await opened) ?? {};
      rows?.dispose();
      device?.destroy();
    } catch {
      // It never opened.
    }
  }

  /** Brings the rows on the GPU up to date. */
  async function update(held: HeldRows): Promise<GpuRows> {
    gpu ??= open();
    const { rows } = await gpu;
    copy = rows;
    await rows.write(held, hasMoved);
    hasMoved = false;
    return rows;
  }

  /** Whether the GPU may be asked; what it may not is the local index's to answer or to refuse. */
  function isForGpu(probes: Float32Array, limit: number): boolean {
    if (isGivenUp || !Number.isInteger(limit) || limit < 1 || probes.length === 0 || probes.length % dimension !== 0) return false;
    const { count } = local.rows();
    if (count === 0 || (use === 'fastest' && count * dimension < minNumbers)) return false;
    return vectorsOf(probes, dimension).every((probe) => {
      const squared = squaredLength(probe);
      return Number.isFinite(squared) && squared > MIN_SQUARED;
    });
  }

  /** @returns Nothing if the numbers are too large for float32. */
  async function searchOnGpu(probes: Float32Array, limit: number, signal: AbortSignal | undefined): Promise<IndexHit[][] | undefined> {
    const held = local.rows();
    const onGpu = await update(held);
    const hits: IndexHit[][] = [];
    const floatsPerScan = onGpu.probesPerScan * dimension;
    for (let at = 0; at < probes.length; at += floatsPerScan) {
      signal?.throwIfAborted();
      const batch = vectorsOf(probes.subarray(at, at + floatsPerScan), dimension);
      const directions = metric === 'cosine' ? batch.map(toUnitVector) : batch;
      const sizes = directions.map((direction) => sizeOf(direction, onGpu.maxSquared));
      if (!sizes.every((size) => size < MAX_SCORE)) return undefined;
      const { scores, stride } = await onGpu.scan(concatenate(directions, dimension));
      for (const [i, probe] of batch.entries()) {
        const own = scores.subarray(i * stride, (i + 1) * stride);
        // Sums of D products and a few roundings more, each by half a unit in the last place of float32.
        const errorBound = (dimension + 8) * 2 ** -24 * (metric === 'cosine' ? 1 : (sizes[i] as number));
        assertPlausible(own, directions[i] as Float32Array, errorBound, held);
        hits.push(selectHits(own, errorBound, probe, held, metric, limit));
      }
    }
    return hits;
  }

  /** How large a score, and what it is a sum of, may get. */
  function sizeOf(direction: Float32Array, maxSquared: number): number {
    const product = Math.sqrt(squaredLength(direction) * maxSquared);
    return metric === 'cosine' ? product : product + maxSquared / 2;
  }

  /** After a loss, or with a broken driver, zeros may come back as if they were a result. */
  function assertPlausible(scores: Float32Array, direction: Float32Array, errorBound: number, { count, rowAt }: HeldRows): void {
    for (let i = 0; i < CHECKED_ROWS; i++) {
      const row = Math.floor((i * (count - 1)) / (CHECKED_ROWS - 1));
      const score = scoreOf(direction, rowAt(row));
      if (Math.abs((scores[row] as number) - score) <= errorBound) continue;
      throw new FaceError('BACKEND_UNAVAILABLE', `Expected the score ${score} for row ${row} from the GPU, got ${scores[row]}.`, { row });
    }
  }

  function scoreOf(direction: Float32Array, row: Float32Array): number {
    let product = 0;
    for (let i = 0; i < dimension; i++) product += (direction[i] as number) * (row[i] as number);
    return metric === 'cosine' ? product / Math.sqrt(squaredLength(row)) : product - squaredLength(row) / 2;
  }

  /** Answers both ways, and remembers which was faster. */
  async function compareWays(
    kind: CallKind,
    onGpu: () => Promise<IndexHit[][] | undefined>,
    onCpu: () => Promise<unknown>,
  ): Promise<IndexHit[][] | undefined> {
    const { count } = local.rows();
    decisions.set(kind, { rows: count, onGpu: false });
    // The first run of either pays for what is done once: rows are copied, code is compiled.
    const hits = await onGpu();
    if (hits !== undefined) {
      const time = async (work: () => Promise<unknown>): Promise<number> => {
        const start = now();
        await work();
        return now() - start;
      };
      const gpuMs = await time(onGpu);
      await onCpu();
      decisions.set(kind, { rows: count, onGpu: gpuMs < (await time(onCpu)) });
    }
    if (![...decisions.values()].some((decision) => decision.onGpu)) await release();
    return hits;
  }

  if (use === 'always') await update(local.rows());

  return {
    info: () =>
      inTurn(async () => {
        const info = await local.info();
        const isUsed = !isGivenUp && (use === 'always' || [...decisions.values()].some(({ onGpu }) => onGpu));
        return { ...info, kernel: isUsed ? 'webgpu' : info.kernel, bytes: info.bytes + (copy?.bytes ?? 0) };
      }),
    // The GPU gets new rows with the next search.
    add: (rows) => inTurn(() => local.add(rows)),
    remove: (group) =>
      inTurn(async () => {
        const removed = await local.remove(group);
        if (removed === 0 || copy === undefined) return removed;
        hasMoved = true;
        try {
          await update(local.rows());
        } catch {
          giveUp();
        }
        return removed;
      }),
    search: (probes, { limit, signal }) =>
      inTurn(async () => {
        signal?.throwIfAborted();
        const onCpu = (): ReturnType<TemplateIndex['search']> => local.search(probes, { limit, signal });
        if (!isForGpu(probes, limit)) return onCpu();
        const onGpu = (): Promise<IndexHit[][] | undefined> => searchOnGpu(probes, limit, signal);
        const kind = probes.length < MANY_PROBES * dimension ? 'one' : 'many';
        const known = decisions.get(kind);
        const isOpen = use === 'fastest' && (known === undefined || local.rows().count >= 2 * known.rows);
        if (use === 'fastest' && !isOpen && known?.onGpu !== true) return onCpu();
        try {
          return (await (isOpen ? compareWays(kind, onGpu, onCpu) : onGpu())) ?? (await onCpu());
        } catch {
          signal?.throwIfAborted();
          giveUp();
          return onCpu();
        }
      }),
    dispose: () =>
      inTurn(async () => {
        isGivenUp = true;
        await release();
        await local.dispose();
      }),
  };
}

function vectorsOf(vectors: Float32Array, dimension: number): readonly Float32Array[] {
  return Array.from({ length: vectors.length / dimension }, (_, i) => vectors.subarray(i * dimension, (i + 1) * dimension));
}

function concatenate(vectors: readonly Float32Array[], dimension: number): Float32Array {
  const all = new Float32Array(vectors.length * dimension);
  for (const [i, vector] of vectors.entries()) all.set(vector, i * dimension);
  return all;
}

function squaredLength(vector: Float32Array): number {
  let squared = 0;
  for (let i = 0; i < vector.length; i++) squared += (vector[i] as number) ** 2;
  return squared;
}
