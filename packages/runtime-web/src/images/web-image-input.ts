/** What an engine in the browser takes as an image, and the form in which it reaches the decoder. */

import { assertRgbaImage, FaceError, isRgbaImage, type RgbaImage } from '@isoface/core';
import { isInvalidState, openVideoFrame } from './open-video-frame.ts';

/** An image in the browser. The caller keeps what it passes in, unless it asks to hand it over. */
export type WebImageInput =
  /** An encoded picture: JPEG, PNG, WebP, AVIF, GIF or whatever else the browser decodes. */
  | Blob
  | ArrayBuffer
  | Uint8Array<ArrayBuffer>
  /** Pixels. */
  | ImageBitmap
  | VideoFrame
  | ImageData
  | RgbaImage
  /** What the page shows now. Not available with a source from another site that does not allow it. */
  | HTMLImageElement
  | HTMLVideoElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | HandedOver;

/** An image that its owner gives up; see {@link handOver}. */
export interface HandedOver {
  readonly handedOver: ArrayBuffer | Uint8Array<ArrayBuffer> | ImageBitmap | VideoFrame | ImageData | RgbaImage;
}

/**
 * Marks an image as given up by the caller, so that it is moved to the worker instead of being copied. It cannot be used afterwards, whether the
 * call succeeds or not.
 *
 * @example
 * await engine.analyze(handOver(await createImageBitmap(file)));
 */
export function handOver(image: HandedOver['handedOver']): HandedOver {
  return { handedOver: image };
}

/** An image that structured clone carries: what the decoder, in the page or in a worker, takes. */
export type PortableImage = Blob | Uint8Array<ArrayBuffer> | ImageBitmap | VideoFrame | RgbaImage;

/** A portable image and what may be transferred with it instead of being copied. */
export interface TransferableImage {
  readonly image: PortableImage;
  /** Objects of which the receiver becomes the owner. */
  readonly transfer: Transferable[];
  /** Whether the image was made for this call, so that nothing is left to send it once more. */
  readonly isTransferred: boolean;
}

/**
 * Brings an image to a form that structured clone carries.
 *
 * @throws {FaceError} `IMAGE_INVALID` for what is no image, shows nothing yet, is closed, or may not be read because of its origin.
 */
export async function toPortableImage(input: WebImageInput): Promise<TransferableImage> {
  if (input instanceof Blob) return kept(input);
  if (isHandedOver(input)) return ofOwn(input.handedOver, true);
  if (isElement(input)) return made(await readElement(input));
  return ofOwn(input, false);
}

/** Whether an image is one that its owner gives up. */
export function isHandedOver(input: unknown): input is HandedOver {
  return typeof input === 'object' && input !== null && 'handedOver' in input;
}

/** Images that hold their pixels or bytes themselves. */
function ofOwn(input: HandedOver['handedOver'], isGivenUp: boolean): TransferableImage {
  if (input instanceof ArrayBuffer) return ofBytes(asBytes(input), isGivenUp);
  if (input instanceof Uint8Array) return ofBytes(input, isGivenUp);
  if (isInstance(input, 'ImageBitmap')) return ofBitmap(input as ImageBitmap, isGivenUp);
  if (isInstance(input, 'VideoFrame')) return ofVideoFrame(input as VideoFrame, isGivenUp);
  if (isRgbaImage(input)) return ofPixels(input, isGivenUp);
  throw new FaceError(
    'IMAGE_INVALID',
    `Expected an image (Blob, bytes, ImageBitmap, VideoFrame, ImageData, img, video or canvas), got ${describe(input)}; fetch an address first and pass its blob.`,
    { got: describe(input) },
  );
}

function kept(image: PortableImage): TransferableImage {
  return { image, transfer: [], isTransferred: false };
}

function made(image: ImageBitmap | VideoFrame): TransferableImage {
  return { image, transfer: [image], isTransferred: true };
}

function asBytes(buffer: ArrayBuffer): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(buffer);
  } catch (cause) {
    const message = 'Expected an ArrayBuffer with bytes, got one that was transferred elsewhere; pass it before, or a copy.';
    throw new FaceError('IMAGE_INVALID', message, {}, { cause });
  }
}

function ofBytes(bytes: Uint8Array<ArrayBuffer>, isGivenUp: boolean): TransferableImage {
  if (isGivenUp) return { image: bytes, transfer: [bytes.buffer], isTransferred: true };
  // Cloning a view would clone all of the buffer behind it.
  return kept(bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice());
}

function ofPixels(input: RgbaImage, isGivenUp: boolean): TransferableImage {
  const { width, height, data } = input;
  if (isInstance(input, 'ImageData') && (input as ImageData).colorSpace !== 'srgb') {
    throw new FaceError(
      'IMAGE_INVALID',
      `Expected sRGB pixels, got ${(input as ImageData).colorSpace}; read the canvas with colorSpace 'srgb'.`,
    );
  }
  assertRgbaImage(input);
  if (isGivenUp) return { image: { width, height, data }, transfer: [data.buffer as ArrayBuffer], isTransferred: true };
  return kept({ width, height, data: data.byteLength === data.buffer.byteLength ? data : data.slice() });
}

function ofBitmap(bitmap: ImageBitmap, isGivenUp: boolean): TransferableImage {
  if (bitmap.width === 0) throw closed('ImageBitmap');
  return isGivenUp ? made(bitmap) : kept(bitmap);
}

function ofVideoFrame(frame: VideoFrame, isGivenUp: boolean): TransferableImage {
  if (frame.format === null && frame.codedWidth === 0) throw closed('VideoFrame');
  // A clone refers to the same pixels: nothing is copied.
  return made(isGivenUp ? frame : frame.clone());
}

function closed(what: string): FaceError {
  return new FaceError('IMAGE_INVALID', `Expected an open ${what}, got a closed one; close it after the call, or pass a clone.`);
}

type ElementInput = HTMLImageElement | HTMLVideoElement | HTMLCanvasElement | OffscreenCanvas;

function isElement(input: unknown): input is ElementInput {
  return ['HTMLImageElement', 'HTMLVideoElement', 'HTMLCanvasElement', 'OffscreenCanvas'].some((name) => isInstance(input, name));
}

async function readElement(element: ElementInput): Promise<ImageBitmap | VideoFrame> {
  if (isInstance(element, 'HTMLVideoElement')) {
    const video = element as HTMLVideoElement;
    if (video.readyState < 2 || video.videoWidth === 0) throw noFrame();
  } else if (isInstance(element, 'HTMLImageElement')) {
    const image = element as HTMLImageElement;
    await image.decode().catch((cause: unknown) => {
      throw new FaceError('IMAGE_INVALID', 'Expected an img element that holds a picture, got one that is empty or broken.', {}, { cause });
    });
  } else if ((element as HTMLCanvasElement).width === 0 || (element as HTMLCanvasElement).height === 0) {
    throw new FaceError('IMAGE_INVALID', 'Expected a canvas of at least one pixel, got an empty one.');
  }
  try {
    if (isInstance(element, 'HTMLVideoElement')) {
      const frame = openVideoFrame(element as HTMLVideoElement);
      if (frame !== undefined) return frame;
    }
    const bitmap = await createImageBitmap(element, { premultiplyAlpha: 'none' });
    assertReadable(bitmap);
    return bitmap;
  } catch (cause) {
    if (cause instanceof FaceError) throw cause;
    if (isInstance(element, 'HTMLVideoElement') && isInvalidState(cause)) throw noFrame(cause);
    throw unreadable(cause);
  }
}

function noFrame(cause?: unknown): FaceError {
  const message = 'Expected a video that shows a frame, got one without; wait for "loadeddata", and play it once.';
  return new FaceError('IMAGE_INVALID', message, {}, cause === undefined ? undefined : { cause });
}

/** A bitmap made of a picture from elsewhere exists, but its pixels may not be read; sending it would fail later, without a reason. */
function assertReadable(bitmap: ImageBitmap): void {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d');
  context?.drawImage(bitmap, 0, 0, 1, 1);
  try {
    context?.getImageData(0, 0, 1, 1);
  } catch (cause) {
    bitmap.close();
    throw unreadable(cause);
  }
}

/** What an image fails with whose pixels the browser does not give out. */
export function unreadable(cause: unknown): FaceError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const advice = 'a picture from another site needs its permission (CORS) and crossorigin="anonymous" on the element';
  return new FaceError(
    'IMAGE_INVALID',
    `Expected an image whose pixels may be read, got an error: ${why} If it comes from elsewhere: ${advice}.`,
    {},
    { cause },
  );
}

/** `instanceof` for classes that a browser or worker may lack. */
function isInstance(value: unknown, className: string): boolean {
  const Class = (globalThis as unknown as Record<string, unknown>)[className];
  return typeof Class === 'function' && value instanceof Class;
}

function describe(value: unknown): string {
  if (typeof value === 'string') return 'a string';
  if (typeof value !== 'object' || value === null) return String(value);
  return value.constructor?.name ?? 'an object';
}
