/** Decodes what the browser calls an image: encoded pictures, bitmaps and video frames. */

import {
  assertRgbaImage,
  computeShrinkFactor,
  type DecodeOptions,
  FaceError,
  type Frame,
  type FrameImage,
  type ImageDecoder,
  isFaceError,
  type RgbaImage,
  shrinkImage,
} from '@isoface/core';
import { inspectPicture } from './inspect-picture.ts';
import { readPixels } from './read-pixels.ts';
import type { PortableImage } from './web-image-input.ts';
import { doesTurnWebp, readWebpOrientation, turnBitmap } from './webp-orientation.ts';

/** Limits on untrusted pictures. */
export interface ImageLimits {
  /** Most pixels an image may have. @defaultValue 50 million */
  readonly maxPixels?: number | undefined;
  /** Most bytes an encoded image may have. @defaultValue 64 MiB */
  readonly maxBytes?: number | undefined;
}

/** Brings pixels straight to the GPU; see `createFrameImporter`. */
export interface FrameImport {
  importFrame(source: VideoFrame | ImageBitmap): Promise<FrameImage & { dispose(): void }>;
}

const DEFAULT_MAX_PIXELS = 50_000_000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/**
 * Creates the decoder.
 *
 * @param gpu - Where frames go instead of ordinary memory.
 */
export function createWebImageDecoder(
  { maxPixels = DEFAULT_MAX_PIXELS, maxBytes = DEFAULT_MAX_BYTES }: ImageLimits,
  gpu?: FrameImport,
): ImageDecoder<PortableImage> {
  const assertSize = (width: number, height: number): void => {
    if (width * height <= maxPixels) return;
    throw new FaceError(
      'IMAGE_TOO_LARGE',
      `Expected at most ${maxPixels} pixels, got ${width} x ${height}; raise maxPixels or shrink the image.`,
      { width, height, maxPixels },
    );
  };

  const decodeEncoded = async (bytes: Uint8Array<ArrayBuffer>, { shrinkToSide, signal }: DecodeOptions): Promise<Frame> => {
    const stored = inspectPicture(bytes);
    assertSize(stored.width, stored.height);
    const bitmap = await decodeUpright(bytes);
    try {
      signal?.throwIfAborted();
      assertSize(bitmap.width, bitmap.height);
      const factor = computeShrinkFactor(bitmap, shrinkToSide);
      // Not by the browser, which could shrink too: each has a filter of its own, and landmarks follow its pixels.
      const frame = factor === 1 ? await toFrame(bitmap, signal) : toHostFrame(shrinkImage(await readPixels(bitmap), factor));
      return { ...frame, sourceWidth: bitmap.width, sourceHeight: bitmap.height };
    } finally {
      bitmap.close();
    }
  };

  let turnsWebp: Promise<boolean> | undefined;
  const decodeUpright = async (bytes: Uint8Array<ArrayBuffer>): Promise<ImageBitmap> => {
    const bitmap = await decodeBitmap(bytes);
    const orientation = readWebpOrientation(bytes);
    if (orientation === 1) return bitmap;
    turnsWebp ??= doesTurnWebp();
    return (await turnsWebp) ? bitmap : turnBitmap(bitmap, orientation);
  };

  const toFrame = async (source: ImageBitmap | VideoFrame, signal: AbortSignal | undefined): Promise<Frame> => {
    signal?.throwIfAborted();
    if (gpu !== undefined) {
      const image = await importFrame(gpu, source);
      if (image !== undefined) return { image, sourceWidth: image.width, sourceHeight: image.height, dispose: () => image.dispose() };
    }
    return toHostFrame(await readPixels(source));
  };

  return {
    async decode(input, options = {}) {
      options.signal?.throwIfAborted();
      if (input instanceof Blob || input instanceof Uint8Array) {
        const size = input instanceof Blob ? input.size : input.byteLength;
        if (size > maxBytes) {
          throw new FaceError(
            'IMAGE_TOO_LARGE',
            `Expected at most ${maxBytes} bytes, got ${size}; raise maxBytes or pass a smaller file.`,
            {
              bytes: size,
              maxBytes,
            },
          );
        }
        return decodeEncoded(input instanceof Blob ? await readBlob(input) : input, options);
      }
      if ('data' in input) {
        assertRgbaImage(input);
        assertSize(input.width, input.height);
        return toHostFrame(input);
      }
      const [width, height] = 'displayWidth' in input ? [input.displayWidth, input.displayHeight] : [input.width, input.height];
      if (width === 0 || height === 0) throw new FaceError('IMAGE_INVALID', 'Expected an open image, got a closed one.');
      assertSize(width, height);
      return toFrame(input, options.signal);
    },
  };
}

/** The frame on the GPU, or `undefined` if it is larger than a texture may be there: then it goes through ordinary memory. */
async function importFrame(gpu: FrameImport, source: ImageBitmap | VideoFrame): Promise<(FrameImage & { dispose(): void }) | undefined> {
  try {
    return await gpu.importFrame(source);
  } catch (error) {
    if (isFaceError(error, 'IMAGE_TOO_LARGE')) return undefined;
    throw error;
  }
}

function toHostFrame(image: RgbaImage): Frame {
  return { image, sourceWidth: image.width, sourceHeight: image.height };
}

async function readBlob(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw new FaceError('IO_FAILED', 'The file cannot be read; it may have been changed or deleted after it was chosen.', {}, { cause });
  }
}

async function decodeBitmap(bytes: Uint8Array<ArrayBuffer>): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(new Blob([bytes]), { imageOrientation: 'from-image', premultiplyAlpha: 'none' });
  } catch (cause) {
    throw new FaceError(
      'IMAGE_INVALID',
      'Expected an image that this browser can decode, got damaged data or a format it does not know.',
      { bytes: bytes.byteLength },
      { cause },
    );
  }
}
