/** What the head and the end of an encoded picture tell before it is decoded: its upright size, and whether its end is there. */

import { FaceError } from '@isoface/core';
import { imageSize } from 'image-size';

/** EXIF orientations from this one on turn the picture by a quarter. */
const FIRST_TURNED = 5;

/**
 * Reads the upright size (EXIF orientation applied) of a picture. Browsers show half of a truncated picture without a word; here it is an error.
 *
 * @throws {FaceError} `IMAGE_INVALID` for unknown formats, damaged heads and missing ends.
 */
export function inspectPicture(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  let size: ReturnType<typeof imageSize>;
  try {
    size = imageSize(bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FaceError(
      'IMAGE_INVALID',
      `Expected an encoded image, got other or damaged data: ${why}.`,
      { bytes: bytes.byteLength },
      { cause },
    );
  }
  const { width, height, orientation = 1, type } = size;
  if (!(width > 0 && height > 0)) {
    throw new FaceError('IMAGE_INVALID', `Expected an image with pixels, got ${width} x ${height}.`, { width, height });
  }
  if (isTruncated(bytes, type)) {
    throw new FaceError('IMAGE_INVALID', `Expected a whole ${type} image, got one without its end; it was cut off on the way.`, { type });
  }
  return orientation >= FIRST_TURNED ? { width: height, height: width } : { width, height };
}

/** Whether the mark that ends a file of this type is missing. Some cameras put data behind the end: it is searched for, not expected last. */
function isTruncated(bytes: Uint8Array, type: string | undefined): boolean {
  if (type === 'jpg') return findLast(bytes, [0xff, 0xd9]) < 0;
  if (type === 'png') return findLast(bytes, [0x49, 0x45, 0x4e, 0x44]) < 0;
  // RIFF: the size of the rest stands at byte 4, little-endian.
  if (type === 'webp') return new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true) + 8 > bytes.length;
  return false;
}

function findLast(bytes: Uint8Array, mark: readonly number[]): number {
  const [first = 0] = mark;
  for (let at = bytes.lastIndexOf(first, bytes.length - mark.length); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(first, at - 1)) {
    if (mark.every((value, i) => bytes[at + i] === value)) return at;
  }
  return -1;
}
