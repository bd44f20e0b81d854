/** Brings frames of the browser into textures, by the best way that works here. */

import { FaceError } from '@isoface/core';
import { type DeviceWatch, watchDevice } from './device-watch.ts';
import {
  createWriteFrame,
  FRAME_IMPORT_WAYS,
  type FrameImportWay,
  type FrameKind,
  type FrameSource,
  frameKindOf,
  frameSizeOf,
  frameTextureUsage,
  type WriteFrame,
} from './frame-import-ways.ts';
import { assertConfirmed, createGpuMemory, type GpuMemoryStats } from './gpu-memory.ts';
import { createProbePicture, probeImport } from './probe-import.ts';
import { asTextureImage, type TextureImage } from './texture-image.ts';

/** Options of {@link createFrameImporter}. */
export interface FrameImporterOptions {
  /** The ways to try, best first. @defaultValue all */
  readonly ways?: readonly FrameImportWay[] | undefined;
}

/** A way that the probe ruled out. */
export interface ExcludedWay {
  readonly kind: FrameKind;
  readonly way: FrameImportWay;
  readonly reason: string;
}

/** Imports frames into textures of one device. */
export interface FrameImporter {
  /** The ways that work, best first; all after the first serve only frames that the first cannot import. */
  readonly ways: Readonly<Record<FrameKind, readonly FrameImportWay[]>>;
  readonly excluded: readonly ExcludedWay[];
  /**
   * Copies a frame, as it is shown, into a texture: sRGB, alpha ignored. The frame may be closed when the promise settles.
   *
   * @returns An image of the frame's display size, for a preprocessor of the same device; the caller disposes it.
   * @throws {FaceError} `IMAGE_INVALID` for a frame that is closed or may not be read, `IMAGE_TOO_LARGE` for one larger than the device's textures,
   * `BACKEND_UNAVAILABLE` if the device is lost, out of memory, or no way works for this kind of source, `DISPOSED` after `dispose`.
   */
  importFrame(source: FrameSource): Promise<TextureImage>;
  stats(): GpuMemoryStats;
  /** Gives up the textures that are not in use; idempotent. Images in use stay valid until they are disposed. */
  dispose(): void;
}

/** Two frames of full HD wait for the next ones; frames of a camera come in one size. */
const KEPT_BYTES = 16 * 2 ** 20;

interface ReadyWay {
  readonly way: FrameImportWay;
  readonly write: WriteFrame;
}

/**
 * Creates the importer; each way is tried once on a tiny picture before it resolves.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if the device is lost meanwhile.
 */
export async function createFrameImporter(device: GPUDevice, options: FrameImporterOptions = {}): Promise<FrameImporter> {
  const { ways = FRAME_IMPORT_WAYS } = options;
  const watch = watchDevice(device);
  const excluded: ExcludedWay[] = [];
  const ready: Record<FrameKind, readonly ReadyWay[]> = {
    video: await findWays('video', ways, { device, watch, excluded }),
    still: await findWays('still', ways, { device, watch, excluded }),
  };
  const memory = createGpuMemory(device, KEPT_BYTES);
  let isDisposed = false;

  return {
    ways: { video: ready.video.map(({ way }) => way), still: ready.still.map(({ way }) => way) },
    excluded,
    async importFrame(source) {
      if (isDisposed) throw new FaceError('DISPOSED', 'Expected an open importer, got a disposed one.');
      watch.assertUsable();
      const { width, height } = frameSizeOf(source);
      assertSize(width, height, device.limits.maxTextureDimension2D);
      const lease = memory.leaseTexture(width, height, frameTextureUsage());
      try {
        await writeFirst(ready[frameKindOf(source)], source, lease.resource);
        await assertConfirmed([lease]);
        watch.assertUsable();
      } catch (error) {
        lease.release();
        watch.assertUsable();
        throw error;
      }
      return asTextureImage(device, lease.resource, () => lease.release());
    },
    stats: () => memory.stats(),
    dispose(): void {
      isDisposed = true;
      memory.dispose();
    },
  };
}

interface Probe {
  readonly device: GPUDevice;
  readonly watch: DeviceWatch;
  readonly excluded: ExcludedWay[];
}

async function findWays(
  kind: FrameKind,
  ways: readonly FrameImportWay[],
  { device, watch, excluded }: Probe,
): Promise<readonly ReadyWay[]> {
  const found: ReadyWay[] = [];
  for (const way of ways) {
    try {
      const picture = await createProbePicture(kind);
      try {
        const write = await createWriteFrame(way, device, watch);
        await probeImport(write, picture, device, watch);
        found.push({ way, write });
      } finally {
        picture.close();
      }
    } catch (error) {
      watch.assertUsable();
      excluded.push({ kind, way, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return found;
}

/** The first way that does not fail: some frames, say of protected or unusual formats, cannot go the way that the probe went. */
async function writeFirst(ways: readonly ReadyWay[], source: FrameSource, texture: GPUTexture): Promise<void> {
  const failures: string[] = [];
  for (const { way, write } of ways) {
    try {
      return await write(source, texture);
    } catch (error) {
      failures.push(`${way}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failures.length === 0) {
    throw new FaceError(
      'BACKEND_UNAVAILABLE',
      'Expected a way to bring this kind of frame to the GPU, the browser has none; pass RGBA pixels.',
    );
  }
  throw new FaceError('IMAGE_INVALID', `Expected a frame whose pixels may be read, got errors: ${failures.join('; ')}.`, { failures });
}

function assertSize(width: number, height: number, limit: number): void {
  if (!(width > 0 && height > 0)) {
    throw new FaceError('IMAGE_INVALID', 'Expected an open frame, got a closed or empty one; close it after the call.', { width, height });
  }
  if (Math.max(width, height) > limit) {
    const message = `Expected a frame of at most ${limit} pixels per side on this GPU, got ${width} x ${height}; shrink it, or pass RGBA pixels.`;
    throw new FaceError('IMAGE_TOO_LARGE', message, { width, height, limit });
  }
}
