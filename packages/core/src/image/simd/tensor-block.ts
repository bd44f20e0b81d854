/** The values of a model input on their way out of the kernels' memory. */

import type { InputSpec } from '../../ports/model-manifest.ts';
import { computeChannelLayout } from '../channel-layout.ts';
import type { Size } from '../fit.ts';
import type { Kernels } from './create-kernels.ts';
import { LAYOUT_AT, OUT_AT } from './memory-map.ts';

/** A rectangle of pixels of a model input. */
export interface Tile extends Size {
  readonly x: number;
  readonly y: number;
}

/** Tells the kernels how a block of `size` pixels lies in the layout of `input`. */
export function writeLayout({ floats, words }: Kernels, input: InputSpec, size: Size): void {
  const { scales, shifts, offsets, pixelStride } = computeChannelLayout(input, size.width, size.height);
  floats.set([...scales, ...shifts], LAYOUT_AT / 4);
  words.set(
    [...offsets, pixelStride].map((elements) => elements * 4),
    LAYOUT_AT / 4 + 6,
  );
}

/**
 * Copies a tile from the block at `OUT_AT` to where it belongs in an input.
 *
 * @param blockHeight - Rows that the block has room for; the tile is its first ones.
 * @param size - Of the whole input that `out` holds.
 */
export function handOverTile(
  { floats }: Kernels,
  { layout }: InputSpec,
  tile: Tile,
  blockHeight: number,
  size: Size,
  out: Float32Array,
): void {
  const planes = layout === 'NCHW' ? 3 : 1;
  const pixel = layout === 'NCHW' ? 1 : 3;
  // Rows of full width follow one another in both places.
  const [runs, run] = tile.width === size.width ? [1, tile.height * tile.width] : [tile.height, tile.width];
  for (let plane = 0; plane < planes; plane++) {
    let from = OUT_AT / 4 + plane * blockHeight * tile.width * pixel;
    let to = ((plane * size.height + tile.y) * size.width + tile.x) * pixel;
    for (let i = 0; i < runs; i++) {
      out.set(floats.subarray(from, from + run * pixel), to);
      from += run * pixel;
      to += size.width * pixel;
    }
  }
}

/** Writes black pixels, normalised, to rows `from … to - 1` of an input. */
export function writePadding(input: InputSpec, from: number, to: number, size: Size, out: Float32Array): void {
  const { offsets, shifts, pixelStride } = computeChannelLayout(input, size.width, size.height);
  for (const channel of [0, 1, 2] as const) {
    // Adding zero makes 0 of the -0 that a mean of 0 gives, as the sum in the reference does.
    const black = shifts[channel] + 0;
    const first = offsets[channel] + from * size.width * pixelStride;
    const end = offsets[channel] + to * size.width * pixelStride;
    if (pixelStride === 1) out.fill(black, first, end);
    else for (let at = first; at < end; at += pixelStride) out[at] = black;
  }
}
