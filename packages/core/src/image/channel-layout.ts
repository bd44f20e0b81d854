/** How RGB values become the numbers of a model input: channel order, mean, scale and memory layout in one place. */

import type { InputSpec } from '../ports/model-manifest.ts';

/** Affine map and addresses of the three channels within one `[3, H, W]` or `[H, W, 3]` block. */
export interface ChannelLayout {
  /** Element offset of red, green and blue from the element offset of the pixel. */
  readonly offsets: readonly [number, number, number];
  /** Elements from one pixel to the next in a row. */
  readonly pixelStride: number;
  /** value = pixel * scale + shift, for red, green and blue. */
  readonly scales: readonly [number, number, number];
  readonly shifts: readonly [number, number, number];
}

/** Computes the layout of an input of `width` x `height`. */
export function computeChannelLayout(input: InputSpec, width: number, height: number): ChannelLayout {
  const plane = input.layout === 'NCHW' ? width * height : 1;
  const order = input.channelOrder === 'RGB' ? ([0, 1, 2] as const) : ([2, 1, 0] as const);
  const scaleOf = (channel: 0 | 1 | 2): number => input.scale[order[channel]];
  const shiftOf = (channel: 0 | 1 | 2): number => -input.mean[order[channel]] * input.scale[order[channel]];
  return {
    offsets: [order[0] * plane, order[1] * plane, order[2] * plane],
    pixelStride: input.layout === 'NCHW' ? 1 : 3,
    scales: [scaleOf(0), scaleOf(1), scaleOf(2)],
    shifts: [shiftOf(0), shiftOf(1), shiftOf(2)],
  };
}

/** Dimensions of a batch of `count` images for an input of `width` x `height`. */
export function inputDims(input: InputSpec, count: number, width: number, height: number): readonly number[] {
  return input.layout === 'NCHW' ? [count, 3, height, width] : [count, height, width, 3];
}
