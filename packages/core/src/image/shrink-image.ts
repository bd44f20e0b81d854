/** Makes a large image smaller before the pipeline sees it: the one way in which every runtime shrinks, so that all see the same pixels. */

import type { Size } from './fit.ts';
import type { RgbaImage } from './rgba-image.ts';

/** Sums of a box have 16 bits per colour: they hold 256 pixels. */
const MAX_FACTOR = 16;
/** Two colours of a 32-bit pixel, 16 bits apart. */
const EVERY_SECOND_BYTE = 0x00ff00ff;
const OPAQUE = 0xff000000;

/**
 * How many pixels of the source become one, along each side: the largest whole number that leaves the longer side at least `shrinkToSide` long;
 * 1 where that is less than halving, or where nothing was asked for.
 *
 * @param shrinkToSide - As in `DecodeOptions`, pixels.
 */
export function computeShrinkFactor({ width, height }: Size, shrinkToSide: number | undefined): number {
  if (shrinkToSide === undefined) return 1;
  return Math.min(MAX_FACTOR, Math.max(1, Math.floor(Math.max(width, height) / shrinkToSide)));
}

/**
 * Replaces every box of `factor` x `factor` pixels by its mean, rounded to 8 bits (halves up). Integers only: the result is the same everywhere.
 *
 * A side becomes `side / factor`, rounded to the nearest whole number but at least 1. A rest at the right or the bottom that makes up half a box
 * or more becomes the mean of the pixels there are; a smaller rest is left out. The pixels of the result are opaque, for the pipeline ignores
 * alpha.
 *
 * @param factor - Whole number from 1 to 16, see {@link computeShrinkFactor}. With 1 the image itself is returned.
 */
export function shrinkImage(image: RgbaImage, factor: number): RgbaImage {
  if (factor === 1) return image;
  const size = { width: shrinkSide(image.width, factor), height: shrinkSide(image.height, factor) };
  const pixels = asWords(image);
  const shrunk = new Int32Array(size.width * size.height);
  const wholeColumns = Math.floor(image.width / factor);
  for (let y = 0; y < size.height; y++) {
    const rows = Math.min(factor, image.height - y * factor);
    const source = y * factor * image.width;
    const target = y * size.width;
    const whole = Math.min(wholeColumns, size.width);
    averageBoxes(pixels, source, image.width, { columns: factor, rows }, shrunk, target, whole);
    if (whole === size.width) continue;
    const columns = image.width - whole * factor;
    averageBoxes(pixels, source + whole * factor, image.width, { columns, rows }, shrunk, target + whole, 1);
  }
  return { ...size, data: new Uint8Array(shrunk.buffer) };
}

function shrinkSide(side: number, factor: number): number {
  return Math.max(1, Math.round(side / factor));
}

/** Pixels as 32-bit words, red in the lowest byte. */
function asWords({ data }: RgbaImage): Int32Array {
  const aligned = data.byteOffset % Int32Array.BYTES_PER_ELEMENT === 0 ? data : data.slice();
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / Int32Array.BYTES_PER_ELEMENT);
}

/** Writes the means of `count` boxes that lie side by side. */
function averageBoxes(
  pixels: Int32Array,
  source: number,
  stride: number,
  box: { readonly columns: number; readonly rows: number },
  shrunk: Int32Array,
  target: number,
  count: number,
): void {
  const { columns, rows } = box;
  const share = 1 / (columns * rows);
  // Half the divisor rounds; the half added to that keeps a whole quotient from falling short of itself when it is computed with a reciprocal.
  const half = ((columns * rows) >> 1) + 0.5;
  for (let i = 0; i < count; i++) {
    // Red and blue lie 16 bits apart and are summed as one number. What the sum of whole words holds beyond that is green, and alpha above it.
    let redBlue = 0;
    let all = 0;
    let row = source + i * columns;
    for (let v = 0; v < rows; v++, row += stride) {
      for (let u = 0; u < columns; u++) {
        const pixel = pixels[row + u] as number;
        redBlue = (redBlue + (pixel & EVERY_SECOND_BYTE)) | 0;
        all = (all + pixel) | 0;
      }
    }
    const green = (all - redBlue) >>> 8;
    shrunk[target + i] =
      (((redBlue & 0xffff) + half) * share) |
      ((((green & 0xffff) + half) * share) << 8) |
      ((((redBlue >>> 16) + half) * share) << 16) |
      OPAQUE;
  }
}
