/** A copy of an index's rows on the GPU, and approximate scores of all of them. */

import { FaceError } from '@isoface/core';
import type { HeldRows, IndexSpec } from '@isoface/core/gallery';
import { watchDevice } from '../gpu/device-watch.ts';
import { assertConfirmed, createGpuMemory, type Lease } from '../gpu/gpu-memory.ts';
import { createTensorReader } from '../gpu/read-tensors.ts';
import { PROBES_PER_PASS, ROWS_PER_BLOCK, SCAN_PARAMS_WORDS, SCAN_WGSL } from './search-scan.wgsl.ts';

/** Scores of some probes. */
export interface ScanScores {
  /** Shape [Q, stride]; of each probe the first `count` are those of the rows. */
  readonly scores: Float32Array;
  readonly stride: number;
}

/** Rows on a GPU. One call at a time. */
export interface GpuRows {
  /** Memory on the GPU. */
  readonly bytes: number;
  /** Largest squared length of the rows that were ever written. */
  readonly maxSquared: number;
  /** Probes that one scan takes at most. */
  readonly probesPerScan: number;
  /**
   * Makes the copy equal to `rows`, and resolves when the GPU has it: what is no longer there is overwritten then.
   *
   * @param hasMoved - Whether rows may have been removed, or moved, since the last call.
   * @throws {FaceError} `BACKEND_UNAVAILABLE` if the device is lost or its memory is not enough.
   */
  write(rows: HeldRows, hasMoved: boolean): Promise<void>;
  /**
   * Scores in float32: product p·x of probe and row, for `cosine` divided by |x|, for `euclidean` less |x|²/2.
   *
   * @param probes - Shape [Q, D], 1 to `probesPerScan`.
   * @throws {FaceError} `BACKEND_UNAVAILABLE` if the device is lost or its memory is not enough.
   */
  scan(probes: Float32Array): Promise<ScanScores>;
  /** Gives back the memory; the device is not touched. Idempotent. */
  dispose(): void;
}

/** Rows are kept in buffers of about this size: no more than one of them is unused, and no driver finds it large. */
const BYTES_PER_CHUNK = 32 * 2 ** 20;
/** Scores of one scan. */
const MAX_SCORE_BYTES = 64 * 2 ** 20;
/** Memory in which rows are put into the order of the kernel. */
const SCRATCH_BYTES = 4 * 2 ** 20;
/** What one dimension of a dispatch may count on every device. */
const MAX_WORKGROUPS = 65_535;
const MAX_PROBES_PER_SCAN = 64;

interface Chunk {
  readonly rows: GPUBuffer;
  readonly terms: GPUBuffer;
  readonly params: GPUBuffer;
}

/**
 * Compiles the kernel; holds no rows yet.
 *
 * @param maxChunkBytes - Size of a buffer of rows. @defaultValue 32 MiB, or less on devices that cannot bind so much
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if the device is lost, or its driver cannot compile the kernel.
 */
export async function createGpuRows(
  device: GPUDevice,
  { dimension, metric }: IndexSpec,
  maxChunkBytes = BYTES_PER_CHUNK,
): Promise<GpuRows> {
  const watch = watchDevice(device);
  const module = device.createShaderModule({ code: SCAN_WGSL });
  const pipeline = await watch.waitFor(device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint: 'scan' } }));
  const layout = pipeline.getBindGroupLayout(0);
  const reader = createTensorReader(device, watch);
  const memory = createGpuMemory(device, MAX_SCORE_BYTES);

  const quads = Math.ceil(dimension / 4);
  const floatsPerBlock = quads * 4 * ROWS_PER_BLOCK;
  const bytesPerBlock = floatsPerBlock * 4;
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  const maxBinding = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  const blocksPerChunk = Math.min(MAX_WORKGROUPS, Math.max(1, Math.floor(Math.min(maxChunkBytes, maxBinding) / bytesPerBlock)));
  const blocksPerWrite = Math.max(1, Math.floor(SCRATCH_BYTES / bytesPerBlock));

  const chunks: Chunk[] = [];
  /** Whose rows the GPU has, in order. */
  let groups = new Int32Array();
  let labels = new Int32Array();
  let held = 0;
  let maxSquared = 0;
  let isDisposed = false;

  const stride = (): number => Math.ceil(held / ROWS_PER_BLOCK) * ROWS_PER_BLOCK;
  const maxScores = (): number => Math.floor(Math.min(MAX_SCORE_BYTES, maxBinding) / 4);

  async function allocate(): Promise<Chunk> {
    const create = (size: number, usage: GPUBufferUsageFlags): GPUBuffer =>
      device.createBuffer({ size, usage: usage | GPUBufferUsage.COPY_DST });
    device.pushErrorScope('out-of-memory');
    const chunk: Chunk = {
      rows: create(blocksPerChunk * bytesPerBlock, GPUBufferUsage.STORAGE),
      terms: create(blocksPerChunk * ROWS_PER_BLOCK * 4, GPUBufferUsage.STORAGE),
      params: create(SCAN_PARAMS_WORDS * 4, GPUBufferUsage.UNIFORM),
    };
    const complaint = await watch.waitFor(device.popErrorScope());
    if (complaint === null) return chunk;
    destroy(chunk);
    throw new FaceError(
      'BACKEND_UNAVAILABLE',
      `Expected GPU memory for ${blocksPerChunk * ROWS_PER_BLOCK} rows, got: ${complaint.message}`,
    );
  }

  /** Blocks whose rows on the GPU are not those of the index. */
  function findStale(rows: HeldRows, hasMoved: boolean): ReadonlySet<number> {
    const stale = new Set<number>();
    const common = Math.min(held, rows.count);
    for (let row = 0; hasMoved && row < common; row++) {
      // A label is not given twice within an identity, and a row keeps its place or has one of another identity follow in it.
      if (groups[row] !== rows.groups[row] || labels[row] !== rows.labels[row]) stale.add(Math.floor(row / ROWS_PER_BLOCK));
    }
    for (let row = common; row < Math.max(held, rows.count); row++) stale.add(Math.floor(row / ROWS_PER_BLOCK));
    return stale;
  }

  /** Writes blocks `first` to `end`, which lie in one chunk. */
  function writeBlocks(rows: HeldRows, first: number, end: number, scratch: Float32Array): void {
    const terms = new Float32Array((end - first) * ROWS_PER_BLOCK);
    scratch.fill(0);
    for (let row = first * ROWS_PER_BLOCK; row < Math.min(end * ROWS_PER_BLOCK, rows.count); row++) {
      const vector = rows.rowAt(row);
      const within = row - first * ROWS_PER_BLOCK;
      const lane = row % ROWS_PER_BLOCK;
      const base = Math.floor(within / ROWS_PER_BLOCK) * floatsPerBlock + lane * 4;
      let squared = 0;
      for (let i = 0; i < dimension; i++) {
        const value = vector[i] as number;
        scratch[base + (i >> 2) * ROWS_PER_BLOCK * 4 + (i & 3)] = value;
        squared += value * value;
      }
      maxSquared = Math.max(maxSquared, squared);
      terms[within] = metric === 'cosine' ? 1 / Math.sqrt(squared) : -squared / 2;
    }
    const chunk = chunks[Math.floor(first / blocksPerChunk)] as Chunk;
    const at = first % blocksPerChunk;
    device.queue.writeBuffer(chunk.rows, at * bytesPerBlock, scratch as GPUAllowSharedBufferSource, 0, (end - first) * floatsPerBlock);
    device.queue.writeBuffer(chunk.terms, at * ROWS_PER_BLOCK * 4, terms);
  }

  return {
    get bytes() {
      return chunks.length * blocksPerChunk * (bytesPerBlock + ROWS_PER_BLOCK * 4);
    },
    get maxSquared() {
      return maxSquared;
    },
    get probesPerScan() {
      const fitting = Math.floor(maxScores() / Math.max(1, stride()) / PROBES_PER_PASS) * PROBES_PER_PASS;
      return Math.max(PROBES_PER_PASS, Math.min(MAX_PROBES_PER_SCAN, fitting));
    },
    async write(rows, hasMoved) {
      watch.assertUsable();
      const stale = findStale(rows, hasMoved);
      const needed = Math.ceil(Math.max(held, rows.count) / ROWS_PER_BLOCK / blocksPerChunk);
      while (chunks.length < needed) chunks.push(await allocate());
      const scratch = new Float32Array(Math.min(stale.size, blocksPerWrite) * floatsPerBlock);
      for (const [first, end] of runsOf(stale, blocksPerWrite, blocksPerChunk)) writeBlocks(rows, first, end, scratch);
      // No template stays behind in memory that the index does not know of.
      scratch.fill(0);
      groups = rows.groups.slice(0, rows.count);
      labels = rows.labels.slice(0, rows.count);
      held = rows.count;
      const kept = Math.ceil(held / ROWS_PER_BLOCK / blocksPerChunk);
      for (const chunk of chunks.splice(kept)) destroy(chunk);
      if (stale.size > 0) await watch.waitFor(device.queue.onSubmittedWorkDone());
    },
    async scan(probes) {
      watch.assertUsable();
      const count = probes.length / dimension;
      const passes = Math.ceil(count / PROBES_PER_PASS);
      const scoreBytes = passes * PROBES_PER_PASS * stride() * 4;
      if (scoreBytes > maxBinding)
        throw new FaceError('BACKEND_UNAVAILABLE', `Expected a GPU that binds ${scoreBytes} bytes, got one for ${maxBinding}.`);
      const leases: Lease<GPUBuffer>[] = [];
      const lease = (bytes: number, usage: GPUBufferUsageFlags): GPUBuffer => {
        // Few sizes, so that galleries that grow and calls of several probes use the same memory.
        const leased = memory.leaseBuffer(Math.min(2 ** Math.ceil(Math.log2(bytes)), maxBufferSize), usage);
        leases.push(leased);
        return leased.resource;
      };
      try {
        const padded = padProbes(probes, dimension, quads * 4, passes * PROBES_PER_PASS);
        const onGpu = lease(padded.byteLength, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST);
        device.queue.writeBuffer(onGpu, 0, padded);
        // The size of a binding is what the kernel sees: a buffer that is larger than the scores may be larger than a binding can be.
        const scores = lease(scoreBytes, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
        device.pushErrorScope('validation');
        const encoder = device.createCommandEncoder();
        for (const [i, chunk] of chunks.entries()) {
          const firstBlock = i * blocksPerChunk;
          const blocks = Math.min(blocksPerChunk, Math.ceil(held / ROWS_PER_BLOCK) - firstBlock);
          device.queue.writeBuffer(
            chunk.params,
            0,
            Uint32Array.of(quads, firstBlock * ROWS_PER_BLOCK, stride(), metric === 'cosine' ? 1 : 0),
          );
          const buffers: GPUBufferBinding[] = [
            { buffer: chunk.params },
            { buffer: chunk.rows },
            { buffer: chunk.terms },
            { buffer: onGpu },
            { buffer: scores, size: scoreBytes },
          ];
          const pass = encoder.beginComputePass();
          pass.setPipeline(pipeline);
          pass.setBindGroup(0, device.createBindGroup({ layout, entries: buffers.map((resource, binding) => ({ binding, resource })) }));
          pass.dispatchWorkgroups(blocks, passes);
          pass.end();
        }
        device.queue.submit([encoder.finish()]);
        const complaint = watch.waitFor(device.popErrorScope());
        const [[values], message] = await Promise.all([reader.read([{ buffer: scores, bytes: count * stride() * 4 }]), complaint]);
        await assertConfirmed(leases);
        if (message !== null || values === undefined)
          throw new FaceError('BACKEND_UNAVAILABLE', `Expected a scan, the GPU says: ${message?.message}`);
        return { scores: values, stride: stride() };
      } finally {
        for (const { release } of leases) release();
      }
    },
    dispose() {
      if (isDisposed) return;
      isDisposed = true;
      for (const chunk of chunks.splice(0)) destroy(chunk);
      held = 0;
      memory.dispose();
      reader.dispose();
    },
  };
}

function destroy({ rows, terms, params }: Chunk): void {
  for (const buffer of [rows, terms, params]) buffer.destroy();
}

/** Neighbouring blocks together, as far as they lie in one chunk and one write takes them. */
function* runsOf(blocks: ReadonlySet<number>, maxLength: number, blocksPerChunk: number): Generator<readonly [first: number, end: number]> {
  let first: number | undefined;
  let end = 0;
  for (const block of [...blocks].sort((a, b) => a - b)) {
    const isNeighbour = first !== undefined && block === end && end - first < maxLength && block % blocksPerChunk !== 0;
    if (!isNeighbour) {
      if (first !== undefined) yield [first, end];
      first = block;
    }
    end = block + 1;
  }
  if (first !== undefined) yield [first, end];
}

function padProbes(probes: Float32Array, dimension: number, width: number, count: number): Float32Array<ArrayBuffer> {
  const padded = new Float32Array(count * width);
  for (let probe = 0; probe * dimension < probes.length; probe++) {
    padded.set(probes.subarray(probe * dimension, (probe + 1) * dimension), probe * width);
  }
  return padded;
}
