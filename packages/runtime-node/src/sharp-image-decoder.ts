/** Files and bytes to upright RGBA pixels, through sharp (libvips). Written for untrusted input: every limit is checked before pixels are allocated. */

import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  assertRgbaImage,
  computeShrinkFactor,
  type DecodeOptions,
  FaceError,
  type Frame,
  type ImageDecoder,
  isRgbaImage,
  type RgbaImage,
  shrinkImage,
} from '@isoface/core';

/** What isoface accepts as an image in Node: a path, a `file:` URL, encoded bytes, a Blob, or decoded RGBA pixels. */
export type NodeImageInput = string | URL | Uint8Array | ArrayBuffer | Blob | RgbaImage;

/** Limits of {@link createSharpImageDecoder}. */
export interface ImageLimits {
  /** Largest width * height that is decoded. @defaultValue 50 000 000 */
  readonly maxPixels?: number | undefined;
  /** Largest encoded image. @defaultValue 64 MiB */
  readonly maxBytes?: number | undefined;
}

const DEFAULT_MAX_PIXELS = 50_000_000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
/** Formats whose decoders are meant for photographs. SVG, PDF and other documents can read files or run for ever. */
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif']);

/** Creates the decoder. Animated images give their first frame. */
export function createSharpImageDecoder(limits: ImageLimits = {}): ImageDecoder<NodeImageInput> {
  const { maxPixels = DEFAULT_MAX_PIXELS, maxBytes = DEFAULT_MAX_BYTES } = limits;
  return {
    async decode(input, options = {}) {
      options.signal?.throwIfAborted();
      if (isRgbaImage(input)) {
        assertRgbaImage(input);
        return toFrame(input, input.width, input.height);
      }
      const bytes = await readBytes(input, maxBytes);
      options.signal?.throwIfAborted();
      return decodeBytes(bytes, maxPixels, options);
    },
  };
}

async function readBytes(input: Exclude<NodeImageInput, RgbaImage>, maxBytes: number): Promise<Uint8Array> {
  const bytes = typeof input === 'string' || input instanceof URL ? await readImageFile(input, maxBytes) : await toBytes(input, maxBytes);
  if (bytes.byteLength === 0) throw new FaceError('IMAGE_INVALID', 'Expected an image, got no bytes; the file or buffer is empty.');
  assertByteLimit(bytes.byteLength, maxBytes);
  return bytes;
}

async function toBytes(input: unknown, maxBytes: number): Promise<Uint8Array> {
  if (input instanceof Uint8Array) return input;
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  if (input instanceof Blob) {
    assertByteLimit(input.size, maxBytes);
    return new Uint8Array(await input.arrayBuffer());
  }
  throw notAnImage(input);
}

/** What a value that is no image at all fails with. */
export function notAnImage(input: unknown): FaceError {
  const came = input === null || input === undefined ? String(input) : ((Object(input) as object).constructor?.name ?? typeof input);
  return new FaceError(
    'IMAGE_INVALID',
    `Expected a path, file: URL, Uint8Array, ArrayBuffer, Blob or { width, height, data }, got ${came}.`,
    { got: came },
  );
}

async function readImageFile(input: string | URL, maxBytes: number): Promise<Uint8Array> {
  const path = typeof input === 'string' && !/^https?:\/\//i.test(input) ? input : toFilePath(new URL(input));
  try {
    const { size, isFile } = await stat(path).then((stats) => ({ size: stats.size, isFile: stats.isFile() }));
    if (!isFile) throw new FaceError('IO_FAILED', `Expected an image file, got a directory or device: ${path}`, { path });
    assertByteLimit(size, maxBytes, path);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof FaceError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'permission denied' : String((cause as Error).message);
    throw new FaceError('IO_FAILED', `Cannot read ${path}: ${reason}.`, { path, code }, { cause });
  }
}

/** @throws {FaceError} `INVALID_OPTION` for URLs of other kinds. */
export function toFilePath(url: URL): string {
  if (url.protocol === 'file:') return fileURLToPath(url);
  throw new FaceError(
    'INVALID_OPTION',
    `Expected a file: URL, got ${url.protocol}; isoface downloads no images. Fetch it and pass the bytes.`,
    {
      protocol: url.protocol,
    },
  );
}

function assertByteLimit(bytes: number, maxBytes: number, path?: string): void {
  if (bytes <= maxBytes) return;
  throw new FaceError(
    'IMAGE_TOO_LARGE',
    `Expected at most ${maxBytes} bytes, got ${bytes}${path === undefined ? '' : ` in ${path}`}; raise maxBytes or shrink the image.`,
    {
      bytes,
      maxBytes,
      path,
    },
  );
}

async function decodeBytes(bytes: Uint8Array, maxPixels: number, { shrinkToSide, signal }: DecodeOptions): Promise<Frame> {
  // Loaded by the thread that decodes, so that the one which only hands out work stays small.
  const { default: sharp } = await import('sharp');
  try {
    const { format, width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (!FORMATS.has(format)) {
      throw new FaceError('IMAGE_INVALID', `Expected ${Array.from(FORMATS).join(', ')}, got ${format}.`, { format });
    }
    if (width * height > maxPixels) {
      throw new FaceError(
        'IMAGE_TOO_LARGE',
        `Expected at most ${maxPixels} pixels, got ${width} x ${height}; raise maxPixels or shrink the image.`,
        {
          width,
          height,
          maxPixels,
        },
      );
    }
    signal?.throwIfAborted();
    const pipeline = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'warning', pages: 1 }).rotate();
    const { data, info } = await pipeline.toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    signal?.throwIfAborted();
    // Not by the decoder, which could do it faster: decoders of other runtimes shrink to other pixels, and landmarks follow these.
    const full = { width: info.width, height: info.height, data };
    return toFrame(shrinkImage(full, computeShrinkFactor(full, shrinkToSide)), full.width, full.height);
  } catch (cause) {
    if (cause instanceof FaceError || signal?.aborted) throw cause;
    const reason = (cause as Error).message.trim().split('\n')[0];
    if (/exceeds pixel limit/i.test(reason ?? '')) {
      throw new FaceError(
        'IMAGE_TOO_LARGE',
        `Expected at most ${maxPixels} pixels: ${reason}; raise maxPixels or shrink the image.`,
        { maxPixels },
        { cause },
      );
    }
    throw new FaceError(
      'IMAGE_INVALID',
      `Expected an image that can be decoded, got damaged or unknown data: ${reason}.`,
      { bytes: bytes.byteLength },
      { cause },
    );
  }
}

function toFrame(image: RgbaImage, sourceWidth: number, sourceHeight: number): Frame {
  return { image, sourceWidth, sourceHeight };
}
