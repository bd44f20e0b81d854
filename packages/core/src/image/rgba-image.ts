/** Pixels as every part of the pipeline sees them. */

import { FaceError } from '../errors/face-error.ts';

/** Eight-bit RGBA pixels, row by row from the top left, no padding between rows. Alpha is ignored by the pipeline. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  /** `width * height * 4` values. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** An image that lies in the memory of an accelerator. Only the adapters that share the device know what `handle` is. */
export interface DeviceImage {
  readonly location: 'device';
  readonly width: number;
  readonly height: number;
  readonly handle: unknown;
}

/** Pixels in ordinary memory, or on the device that works on them. */
export type FrameImage = RgbaImage | DeviceImage;

/**
 * The pixels of an image that must lie in ordinary memory.
 *
 * @throws {FaceError} `SHAPE_MISMATCH` for an image on a device: decoder and preprocessor do not belong together.
 */
export function requireHostImage(image: FrameImage): RgbaImage {
  if (!('location' in image)) return image;
  throw new FaceError(
    'SHAPE_MISMATCH',
    'Expected pixels in ordinary memory, got an image on a device; use the preprocessor of that device.',
  );
}

/** True for anything with the fields of {@link RgbaImage}; `ImageData` qualifies. */
export function isRgbaImage(value: unknown): value is RgbaImage {
  if (typeof value !== 'object' || value === null) return false;
  const { width, height, data } = value as Partial<RgbaImage>;
  return typeof width === 'number' && typeof height === 'number' && (data instanceof Uint8Array || data instanceof Uint8ClampedArray);
}

/**
 * Checks that the size of an image and the length of its data agree.
 *
 * @throws {FaceError} `IMAGE_INVALID` if they do not.
 */
export function assertRgbaImage(image: RgbaImage): void {
  const { width, height, data } = image;
  const isSize = (side: number): boolean => Number.isInteger(side) && side > 0;
  if (isSize(width) && isSize(height) && data.length === width * height * 4) return;
  throw new FaceError(
    'IMAGE_INVALID',
    `Expected RGBA pixels with data.length = width * height * 4, got ${width} x ${height} with ${data.length} values; pass 4 bytes per pixel.`,
    { width, height, length: data.length },
  );
}

/**
 * The pixels as a plain `Uint8Array` view. Hot loops stay fast only while they see one kind of array, and images come as Node buffers, clamped
 * and plain arrays.
 */
export function asPlainBytes({ data }: RgbaImage): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
