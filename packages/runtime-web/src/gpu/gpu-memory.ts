/** Buffers and textures that are used again: a steady stream of images allocates nothing on the GPU. */

import { FaceError } from '@isoface/core';

/** A buffer or texture for exclusive use until it is released. */
export interface Lease<Resource> {
  readonly resource: Resource;
  /** Settles once the GPU has confirmed the memory: undefined, or the error if there is none left. Never rejects. */
  readonly confirmed: Promise<FaceError | undefined>;
  /** Puts the resource up for the next use; idempotent. Work submitted before still sees it unchanged. */
  release(): void;
}

/** How many buffers and textures exist, in use or kept for the next use. */
export interface GpuMemoryStats {
  readonly buffers: number;
  readonly textures: number;
}

/** Lends buffers and textures of one device. */
export interface GpuMemory {
  leaseBuffer(sizeBytes: number, usage: GPUBufferUsageFlags): Lease<GPUBuffer>;
  /** A texture of format `rgba8unorm`. */
  leaseTexture(width: number, height: number, usage: GPUTextureUsageFlags): Lease<GPUTexture>;
  stats(): GpuMemoryStats;
  /** Destroys what is not in use now, and the rest when it is released; idempotent. */
  dispose(): void;
}

/**
 * Creates an empty memory.
 *
 * @param keptBytes - How much may wait unused for its next use, for buffers and for textures; the least recently used goes first.
 */
export function createGpuMemory(device: GPUDevice, keptBytes: number): GpuMemory {
  const buffers = createPool<GPUBuffer>(device, keptBytes);
  const textures = createPool<GPUTexture>(device, keptBytes);
  return {
    leaseBuffer: (size, usage) => buffers.lease(`${size}:${usage}`, size, () => device.createBuffer({ size, usage })),
    leaseTexture: (width, height, usage) =>
      textures.lease(`${width}x${height}:${usage}`, width * height * 4, () =>
        device.createTexture({ size: [width, height], format: 'rgba8unorm', usage }),
      ),
    stats: () => ({ buffers: buffers.count(), textures: textures.count() }),
    dispose(): void {
      buffers.dispose();
      textures.dispose();
    },
  };
}

/** @throws {FaceError} `BACKEND_UNAVAILABLE` if the memory of one of the leases does not exist. */
export async function assertConfirmed(leases: readonly Lease<unknown>[]): Promise<void> {
  for (const error of await Promise.all(leases.map(({ confirmed }) => confirmed))) {
    if (error !== undefined) throw error;
  }
}

interface Pooled<Resource> {
  readonly key: string;
  readonly sizeBytes: number;
  readonly resource: Resource;
  readonly confirmed: Promise<FaceError | undefined>;
  hasFailed: boolean;
}

interface Pool<Resource> {
  lease(key: string, sizeBytes: number, create: () => Resource): Lease<Resource>;
  count(): number;
  dispose(): void;
}

function createPool<Resource extends { destroy(): undefined }>(device: GPUDevice, keptBytes: number): Pool<Resource> {
  /** Least recently used first. */
  let idle: Pooled<Resource>[] = [];
  let count = 0;
  let isDisposed = false;

  function destroy({ resource }: Pooled<Resource>): void {
    resource.destroy();
    count--;
  }

  function allocate(key: string, sizeBytes: number, create: () => Resource): Pooled<Resource> {
    // Without memory a resource comes back invalid and kernels over it do nothing: zeros that look like a result.
    device.pushErrorScope('out-of-memory');
    const resource = create();
    const confirmed = device.popErrorScope().then(
      (error) => {
        if (error === null) return undefined;
        pooled.hasFailed = true;
        if (idle.includes(pooled)) {
          idle = idle.filter((other) => other !== pooled);
          destroy(pooled);
        }
        return new FaceError(
          'BACKEND_UNAVAILABLE',
          `Expected ${sizeBytes} bytes of GPU memory, got: ${error.message}; pass smaller images.`,
          {
            sizeBytes,
          },
        );
      },
      // The device is lost: whoever waits for its work is told so.
      () => undefined,
    );
    const pooled: Pooled<Resource> = { key, sizeBytes, resource, confirmed, hasFailed: false };
    count++;
    return pooled;
  }

  function keep(pooled: Pooled<Resource>): void {
    if (isDisposed || pooled.hasFailed) {
      destroy(pooled);
      return;
    }
    idle.push(pooled);
    let total = idle.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    while (total > keptBytes) {
      const oldest = idle.shift();
      if (oldest === undefined) return;
      total -= oldest.sizeBytes;
      destroy(oldest);
    }
  }

  return {
    lease(key, sizeBytes, create) {
      const at = idle.findLastIndex((pooled) => pooled.key === key);
      const pooled = (at >= 0 ? idle.splice(at, 1)[0] : undefined) ?? allocate(key, sizeBytes, create);
      let isReleased = false;
      return {
        resource: pooled.resource,
        confirmed: pooled.confirmed,
        release(): void {
          if (isReleased) return;
          isReleased = true;
          keep(pooled);
        },
      };
    },
    count: () => count,
    dispose(): void {
      isDisposed = true;
      for (const pooled of idle) destroy(pooled);
      idle = [];
    },
  };
}
