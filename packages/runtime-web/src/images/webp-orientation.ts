/** The EXIF orientation of WebP pictures, which not every browser applies: Chromium shows them as they are stored. */

/** EXIF orientations that turn the picture by a quarter begin here. */
const FIRST_TURNED = 5;
/** A WebP of two pixels side by side whose orientation puts them one above the other. */
const PROBE = 'UklGRlIAAABXRUJQVlA4WAoAAAAIAAAAAQAAAAAAVlA4TBEAAAAvAQAAAA8Q87//8x8OMqL/AQBFWElGGgAAAElJKgAIAAAAAQASAQMAAQAAAAYAAAAAAAAA';

/** The orientation, 1 to 8, that a WebP states; 1 for other formats and damaged EXIF. */
export function readWebpOrientation(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || tagAt(view, 0) !== 'RIFF' || tagAt(view, 8) !== 'WEBP') return 1;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    if (tagAt(view, at) === 'EXIF') return readExif(bytes.subarray(at + 8, at + 8 + length));
    // Chunks begin at even offsets.
    at += 8 + length + (length & 1);
  }
  return 1;
}

function tagAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

/** @see EXIF 2.3, 4.6: a TIFF header, then a directory of entries of 12 bytes; tag 0x0112 is the orientation. */
function readExif(chunk: Uint8Array): number {
  // Some writers keep the mark that EXIF has in a JPEG.
  const hasMark = [0x45, 0x78, 0x69, 0x66, 0, 0].every((value, i) => chunk[i] === value);
  const tiff = hasMark ? chunk.subarray(6) : chunk;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  try {
    const isLittle = view.getUint16(0) === 0x4949;
    const directory = view.getUint32(4, isLittle);
    const count = view.getUint16(directory, isLittle);
    for (let at = directory + 2; at < directory + 2 + count * 12; at += 12) {
      if (view.getUint16(at, isLittle) !== 0x0112) continue;
      const orientation = view.getUint16(at + 8, isLittle);
      return orientation >= 1 && orientation <= 8 ? orientation : 1;
    }
  } catch (error) {
    // Cut short: the picture itself may still be whole.
    if (!(error instanceof RangeError)) throw error;
  }
  return 1;
}

/** Whether this browser applies the orientation of a WebP by itself. */
export async function doesTurnWebp(): Promise<boolean> {
  const probe = Uint8Array.from(atob(PROBE), (character) => character.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([probe]), { imageOrientation: 'from-image' });
  const { width, height } = bitmap;
  bitmap.close();
  return width < height;
}

/** A bitmap as its EXIF orientation wants it shown; the given one is closed. */
export async function turnBitmap(bitmap: ImageBitmap, orientation: number): Promise<ImageBitmap> {
  const { width, height } = bitmap;
  const isTurned = orientation >= FIRST_TURNED;
  const canvas = new OffscreenCanvas(isTurned ? height : width, isTurned ? width : height);
  const context = canvas.getContext('2d');
  if (context === null) return bitmap;
  const [a, b, c, d] = AXES[orientation] ?? [1, 0, 0, 1];
  context.setTransform(a, b, c, d, a + c < 0 ? canvas.width : 0, b + d < 0 ? canvas.height : 0);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return createImageBitmap(canvas, { premultiplyAlpha: 'none' });
}

/** Where the stored x axis (a, b) and y axis (c, d) point in the upright picture. */
const AXES: Readonly<Record<number, readonly [number, number, number, number]>> = {
  2: [-1, 0, 0, 1],
  3: [-1, 0, 0, -1],
  4: [1, 0, 0, -1],
  5: [0, 1, 1, 0],
  6: [0, 1, -1, 0],
  7: [0, -1, -1, 0],
  8: [0, -1, 1, 0],
};
