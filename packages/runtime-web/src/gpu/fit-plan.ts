/** What the resize kernel is told: the weights of the reference implementation, and which pixels they touch. */

import {
  type AxisTaps,
  computeAxisTaps,
  computeChannelLayout,
  type FitGeometry,
  type InputSpec,
  inputDims,
  type Size,
} from '@isoface/core';
import { CHANNELS_WORDS, writeChannels } from './kernel-params.ts';
import type { PixelRegion } from './pixel-source.ts';

/** One resize, ready to be encoded. */
export interface FitPlan {
  /** Size of the result, or of a patch, pixels. */
  readonly width: number;
  readonly height: number;
  readonly dims: readonly number[];
  /** The pixels that are read. */
  readonly region: PixelRegion;
  /** First, count and weights of the columns, then of the rows; 32-bit words. */
  readonly taps: ArrayBuffer;
  /** Most texels that one output pixel reads. */
  readonly tapsPerPixel: number;
  /** The uniform block, for a texture that begins at `origin` of the image. */
  params(origin: { readonly x: number; readonly y: number }): ArrayBuffer;
}

const HEADER_WORDS = 8;

/** Plans a resize of an image of the given size. */
export function planFit(image: Size, geometry: FitGeometry, input: InputSpec): FitPlan {
  const { inputWidth: width, inputHeight: height } = geometry;
  const columns = computeAxisTaps(image.width, width, geometry.scaleX, geometry.originX);
  const rows = computeAxisTaps(image.height, height, geometry.scaleY, geometry.originY);
  const [x, right] = extentOf(columns);
  const [y, bottom] = extentOf(rows);
  return {
    width,
    height,
    dims: inputDims(input, 1, width, height),
    region: { x, y, width: right - x, height: bottom - y },
    taps: concatenate([columns, rows].flatMap(({ first, count, weights }) => [first, count, weights])),
    tapsPerPixel: largest(columns.count) * largest(rows.count),
    params(origin): ArrayBuffer {
      const words = new ArrayBuffer((HEADER_WORDS + CHANNELS_WORDS) * 4);
      new Int32Array(words).set([width, height, columns.stride, rows.stride, origin.x, origin.y]);
      writeChannels(computeChannelLayout(input, width, height), words, HEADER_WORDS);
      return words;
    },
  };
}

/** First source position and the one behind the last; the first pixel where nothing is read. */
function extentOf({ first, count }: AxisTaps): readonly [from: number, to: number] {
  let from = Number.POSITIVE_INFINITY;
  let to = 0;
  first.forEach((start, i) => {
    if (start < 0) return;
    from = Math.min(from, start);
    to = Math.max(to, start + (count[i] as number));
  });
  return to === 0 ? [0, 1] : [from, to];
}

function largest(values: Int32Array): number {
  return values.reduce((max, value) => Math.max(max, value), 0);
}

function concatenate(parts: readonly (Int32Array | Float32Array)[]): ArrayBuffer {
  const all = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const { buffer, byteOffset, byteLength } of parts) {
    all.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
    offset += byteLength;
  }
  return all.buffer;
}
