/** What the head and the end of an encoded picture tell before it is decoded: its size, and whether its end is there. */

import { FaceError } from '@isoface/core';
import { imageSize } from 'image-size';

/** Formats for photographs, by the names of `image-size`. Documents that can be drawn, such as SVG, are none. */
const FORMATS: ReadonlySet<string> = new Set(['avif', 'bmp', 'gif', 'heic', 'heif', 'jpg', 'jxl', 'jxl-stream', 'png', 'tiff', 'webp']);
/** Longest head of a HEIF picture that is read. Reading time grows with the square of it, which a hostile file could use. */
const MAX_HEIF_HEAD = 65_536;
/** EXIF orientations from this one on turn the picture by a quarter. */
const FIRST_TURNED = 5;

/**
 * Reads the size of a picture, with the EXIF orientation of a JPEG applied. Some browsers show half of a truncated picture without a word; here it is
 * an error.
 *
 * @throws {FaceError} `IMAGE_INVALID` for unknown formats, damaged heads and missing ends.
 */
export function inspectPicture(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  if (bytes.byteLength === 0) throw new FaceError('IMAGE_INVALID', 'Expected an image, got no bytes; the file or buffer is empty.');
  let size: ReturnType<typeof imageSize>;
  try {
    size = imageSize(headOf(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FaceError(
      'IMAGE_INVALID',
      `Expected an encoded image, got other or damaged data: ${why}.`,
      { bytes: bytes.byteLength },
      { cause },
    );
  }
  const { width, height, orientation = 1, type = 'unknown' } = size;
  if (!FORMATS.has(type)) {
    throw new FaceError('IMAGE_INVALID', `Expected a photo (JPEG, PNG, WebP, AVIF, GIF), got ${type}; convert it first.`, { type });
  }
  if (!(width > 0 && height > 0)) {
    throw new FaceError('IMAGE_INVALID', `Expected an image with pixels, got ${width} x ${height}.`, { width, height });
  }
  if (isTruncated(bytes, type)) {
    throw new FaceError('IMAGE_INVALID', `Expected a whole ${type} image, got one without its end; it was cut off on the way.`, { type });
  }
  return orientation >= FIRST_TURNED ? { width: height, height: width } : { width, height };
}

/** The part in which the size stands. */
function headOf(bytes: Uint8Array): Uint8Array {
  if (isJpeg(bytes)) return bytes.subarray(0, findJpegScan(bytes));
  const isBoxed = bytes.length > MAX_HEIF_HEAD && [0x66, 0x74, 0x79, 0x70].every((value, i) => bytes[4 + i] === value);
  return isBoxed ? bytes.subarray(0, MAX_HEIF_HEAD) : bytes;
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8;
}

/** Whether the mark that ends a file of this type is missing. Some cameras put data behind the end: it is searched for, not expected last. */
function isTruncated(bytes: Uint8Array, type: string): boolean {
  if (type === 'jpg') return findLast(bytes, [0xff, 0xd9]) < findJpegScan(bytes);
  if (type === 'png') return findLast(bytes, [0x49, 0x45, 0x4e, 0x44]) < 0;
  // RIFF: the size of the rest stands at byte 4, little-endian.
  if (type === 'webp') return new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true) + 8 > bytes.length;
  return false;
}

/** Where the picture itself begins, or the end of its sound head. In front of it a thumbnail may lie, a whole JPEG with an end of its own. */
function findJpegScan(bytes: Uint8Array): number {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    if (bytes[at + 1] === 0xda) return at;
    // Bytes of 0xff may fill the space between segments.
    if (bytes[at + 1] === 0xff) at++;
    else at += 2 + (((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));
  }
  return at;
}

function findLast(bytes: Uint8Array, mark: readonly number[]): number {
  const [first = 0] = mark;
  for (let at = bytes.lastIndexOf(first, bytes.length - mark.length); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(first, at - 1)) {
    if (mark.every((value, i) => bytes[at + i] === value)) return at;
  }
  return -1;
}
