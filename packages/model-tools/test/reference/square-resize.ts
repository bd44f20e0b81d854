/** How the original libraries cut and shrink pictures: zeros around to a square, then TensorFlow's legacy bilinear resize. */

import type { RgbPicture } from './demo-photos.ts';

/** Integer pixels of a picture. */
export interface PixelRegion {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The part of a box that lies in the picture, rounded down to whole pixels. */
export function clipBox({ x, y, width, height }: PixelRegion, picture: RgbPicture): PixelRegion {
  const left = Math.max(x, 0);
  const top = Math.max(y, 0);
  return {
    x: Math.floor(left),
    y: Math.floor(top),
    width: Math.floor(Math.min(x + width - left, picture.width - left)),
    height: Math.floor(Math.min(y + height - top, picture.height - top)),
  };
}

/**
 * Cuts `region`, centres it in a square of zeros and resizes that (no half-pixel centres, no rounding, no smoothing).
 *
 * @returns planar RGB [3, size, size], 0..255
 */
export function squareResize(picture: RgbPicture, region: PixelRegion, size: number): Float32Array {
  const side = Math.max(region.width, region.height);
  const padLeft = padBefore(side - region.width);
  const padTop = padBefore(side - region.height);
  const pixel = (x: number, y: number, channel: number): number => {
    const [column, row] = [x - padLeft, y - padTop];
    if (column < 0 || row < 0 || column >= region.width || row >= region.height) return 0;
    return picture.data[((region.y + row) * picture.width + region.x + column) * 3 + channel] ?? 0;
  };
  const taps = Array.from({ length: size }, (_, index) => sampleAt(index, side, size));
  const planes = [0, 1, 2].flatMap((channel) =>
    taps.flatMap((row) =>
      taps.map((column) => {
        const top = mix(pixel(column.low, row.low, channel), pixel(column.high, row.low, channel), column.fraction);
        const bottom = mix(pixel(column.low, row.high, channel), pixel(column.high, row.high, channel), column.fraction);
        return mix(top, bottom, row.fraction);
      }),
    ),
  );
  return Float32Array.from(planes);
}

/** Of an odd number of zeros, one more goes after when rounding says so. */
function padBefore(total: number): number {
  return total - Math.round(total / 2);
}

function sampleAt(index: number, side: number, size: number): { readonly low: number; readonly high: number; readonly fraction: number } {
  const position = (index * side) / size;
  const low = Math.floor(position);
  return { low, high: Math.min(side - 1, Math.ceil(position)), fraction: position - low };
}

function mix(from: number, to: number, fraction: number): number {
  return from + (to - from) * fraction;
}
