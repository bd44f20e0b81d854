/** Brings the pixels that a kernel will read into a texture. */

import type { FrameImage, RgbaImage, Size } from '@isoface/core';
import type { GpuMemory, Lease } from './gpu-memory.ts';
import { requireTexture } from './texture-image.ts';

/** A rectangle of whole pixels, at least one. */
export interface PixelRegion extends Size {
  readonly x: number;
  readonly y: number;
}

/** Pixels on the GPU. */
export interface PixelSource {
  readonly texture: GPUTexture;
  /** Image position of the texture's first texel. */
  readonly x: number;
  readonly y: number;
  /** Present where the texture was lent for one submission. */
  readonly lease?: Lease<GPUTexture> | undefined;
}

/**
 * More than this is not uploaded: 16 million pixels. A phone may not have the memory for another copy of a larger photo, and for pixels that
 * lie in ordinary memory there is the reference implementation.
 */
const MAX_UPLOAD_BYTES = 64 * 2 ** 20;

/** Sides of lent textures are multiples of this, so that the regions of faces that move share a few textures. */
const SIDE_STEP = 64;

/** Whether `region` of an image in ordinary memory can be brought into a texture of the device. */
export function fitsTexture({ width, height }: Size, { limits }: GPUDevice): boolean {
  return Math.max(width, height) <= limits.maxTextureDimension2D && width * height * 4 <= MAX_UPLOAD_BYTES;
}

/**
 * Gives the texture of an image on the device, or uploads `region` of an image in ordinary memory.
 *
 * Every call uploads anew: an image object says nothing about whether its pixels are still those of the call before, for cameras and canvases
 * write their frames into the same array. Frames that come as textures are not copied at all.
 *
 * @throws {FaceError} `SHAPE_MISMATCH` or `DISPOSED` for a texture that cannot be used.
 */
export function toPixelSource(image: FrameImage, region: PixelRegion, device: GPUDevice, memory: GpuMemory): PixelSource {
  if ('location' in image) return { texture: requireTexture(image, device), x: 0, y: 0 };
  return upload(image, region, device, memory);
}

function upload({ data, width }: RgbaImage, region: PixelRegion, device: GPUDevice, memory: GpuMemory): PixelSource {
  const side = (pixels: number): number => Math.min(Math.ceil(pixels / SIDE_STEP) * SIDE_STEP, device.limits.maxTextureDimension2D);
  const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
  const lease = memory.leaseTexture(side(region.width), side(region.height), usage);
  device.queue.writeTexture(
    { texture: lease.resource },
    data as GPUAllowSharedBufferSource,
    { offset: (region.y * width + region.x) * 4, bytesPerRow: width * 4, rowsPerImage: region.height },
    [region.width, region.height],
  );
  return { texture: lease.resource, x: region.x, y: region.y, lease };
}
