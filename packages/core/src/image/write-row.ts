/** From colours to the numbers of a model input. */

import type { ChannelLayout } from './channel-layout.ts';

/**
 * Writes one row of red, green, blue triples (0..255) normalised, in the layout of the input.
 *
 * @param firstPixel - Index of the row's first pixel within the image that `out` holds.
 */
export function writeRow(row: Float32Array, layout: ChannelLayout, firstPixel: number, mirrored: boolean, out: Float32Array): void {
  const { offsets, pixelStride, scales, shifts } = layout;
  const [redOffset, greenOffset, blueOffset] = offsets;
  const [redScale, greenScale, blueScale] = scales;
  const [redShift, greenShift, blueShift] = shifts;
  const width = row.length / 3;
  for (let u = 0, source = 0; u < width; u++, source += 3) {
    const target = (firstPixel + (mirrored ? width - 1 - u : u)) * pixelStride;
    out[target + redOffset] = (row[source] as number) * redScale + redShift;
    out[target + greenOffset] = (row[source + 1] as number) * greenScale + greenShift;
    out[target + blueOffset] = (row[source + 2] as number) * blueScale + blueShift;
  }
}
