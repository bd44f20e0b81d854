/** Brings the contents of GPU buffers to ordinary memory, as many as there are with one wait. */

import { FaceError } from '@isoface/core';
import { type DeviceWatch, watchDevice } from './device-watch.ts';
import { assertConfirmed, createGpuMemory, type GpuMemoryStats } from './gpu-memory.ts';

/** A buffer of 32-bit floats on the device. */
export interface ReadableBuffer {
  /** Usage `COPY_SRC` at least. */
  readonly buffer: GPUBuffer;
  /** How much to read from its start; a multiple of 4. */
  readonly bytes: number;
}

/** Reads buffers of one device. */
export interface TensorReader {
  /**
   * Copies the contents that the buffers have after all work submitted so far; they may be used again at once.
   *
   * @throws {FaceError} `BACKEND_UNAVAILABLE` if the device is lost or a buffer cannot be read, being destroyed for instance.
   */
  read(sources: readonly ReadableBuffer[]): Promise<Float32Array[]>;
  /** The staging buffers, in use or kept. */
  stats(): GpuMemoryStats;
  /** Destroys the staging buffers; idempotent. Reads that are under way finish. */
  dispose(): void;
}

/** Outputs of detectors and embedders of a frame take far less; a larger buffer serves a single read. */
const KEPT_BYTES = 16 * 2 ** 20;

/** Sizes of staging buffers are powers of two from here on, so that few serve all. */
const SMALLEST_STAGING_BYTES = 4096;

/** Creates a reader; its staging buffers are used again. */
export function createTensorReader(device: GPUDevice, watch: DeviceWatch = watchDevice(device)): TensorReader {
  const memory = createGpuMemory(device, KEPT_BYTES);

  function copyTo(staging: GPUBuffer, sources: readonly ReadableBuffer[]): void {
    const encoder = device.createCommandEncoder();
    let offset = 0;
    for (const { buffer, bytes } of sources) {
      if (bytes > 0) encoder.copyBufferToBuffer(buffer, 0, staging, offset, bytes);
      offset += bytes;
    }
    device.queue.submit([encoder.finish()]);
  }

  return {
    async read(sources) {
      watch.assertUsable();
      const total = sources.reduce((sum, { bytes }) => sum + bytes, 0);
      if (total === 0) return sources.map(() => new Float32Array());
      const capacity = Math.max(SMALLEST_STAGING_BYTES, 2 ** Math.ceil(Math.log2(total)));
      const staging = memory.leaseBuffer(capacity, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
      try {
        // A buffer that cannot be read makes the whole copy void, and what the staging buffer held before would look like a result.
        device.pushErrorScope('validation');
        copyTo(staging.resource, sources);
        const [complaint] = await Promise.all([
          watch.waitFor(device.popErrorScope()),
          watch.waitFor(staging.resource.mapAsync(GPUMapMode.READ, 0, total)),
        ]);
        if (complaint !== null) {
          throw new FaceError('BACKEND_UNAVAILABLE', `Expected buffers that can be read, the GPU says: ${complaint.message}`);
        }
        await assertConfirmed([staging]);
        return copyParts(staging.resource.getMappedRange(0, total), sources);
      } finally {
        // A buffer must not be mapped, nor waiting to be, when it is used next.
        staging.resource.unmap();
        staging.release();
      }
    },
    stats: () => memory.stats(),
    dispose: () => memory.dispose(),
  };
}

function copyParts(mapped: ArrayBuffer, sources: readonly ReadableBuffer[]): Float32Array[] {
  let offset = 0;
  return sources.map(({ bytes }) => {
    const part = new Float32Array(mapped.slice(offset, offset + bytes));
    offset += bytes;
    return part;
  });
}
