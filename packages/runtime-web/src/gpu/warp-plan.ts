/** What the warp kernel is told: inverted transforms in a form that 32-bit floats can carry, and which pixels they touch. */

import { computeChannelLayout, countSamples, type InputSpec, inputDims, invertAffine, type Size, type WarpOptions } from '@isoface/core';
import { CHANNELS_WORDS, writeChannels } from './kernel-params.ts';
import type { PixelRegion } from './pixel-source.ts';

/** A run of patches whose work is bounded. */
export interface WarpBatch {
  readonly first: number;
  readonly count: number;
}

/** One call of the warp, ready to be encoded. */
export interface WarpPlan {
  /** Size of the result, or of a patch, pixels. */
  readonly width: number;
  readonly height: number;
  readonly dims: readonly number[];
  /** The pixels that may be read. */
  readonly region: PixelRegion;
  /** The batches in order: one, unless patches ask for very many samples. */
  readonly batches: readonly WarpBatch[];
  /** One `Cut` per patch, for a texture that begins at `origin` of the image. */
  cuts(origin: { readonly x: number; readonly y: number }): ArrayBuffer;
  /** The uniform block for a batch. */
  params(origin: { readonly x: number; readonly y: number }, batch: WarpBatch): ArrayBuffer;
}

/** Patch to image: `image = linear * (patch - middle) + shift + base`. */
interface Cut {
  readonly linear: readonly [number, number, number, number];
  readonly shift: readonly [number, number];
  /** Whole image pixel. */
  readonly base: readonly [number, number];
  /** 0 for a patch that cannot see the image. */
  readonly samples: number;
}

const HEADER_WORDS = 8;
const CUT_WORDS = 12;

/**
 * Bilinear samples per submission. Drivers take a GPU that is busy for seconds for a hung one and reset it: many faces that each ask for the
 * most samples are cut in several steps. An ordinary call stays below by a factor of hundreds.
 */
const MAX_SAMPLES_PER_BATCH = 2 ** 26;

/** Beyond this no patch pixel can meet an image, and sums with texel positions would overflow. */
const FARTHEST_PIXEL = 2 ** 29;

/**
 * Plans a warp.
 *
 * @throws {FaceError} `DEGENERATE_LANDMARKS` if a transform has no inverse.
 */
export function planWarp(image: Size, transforms: readonly Float64Array[], input: InputSpec, options: WarpOptions = {}): WarpPlan {
  const { mirrored = false } = options;
  const cuts = transforms.map((transform) => toCut(invertAffine(transform), input, options));
  const layout = computeChannelLayout(input, input.width, input.height);
  return {
    width: input.width,
    height: input.height,
    dims: inputDims(input, transforms.length, input.width, input.height),
    region: regionOf(cuts, input, image),
    batches: toBatches(cuts, input),
    cuts(origin): ArrayBuffer {
      const words = new ArrayBuffer(cuts.length * CUT_WORDS * 4);
      cuts.forEach(({ linear, shift, base, samples }, i) => {
        new Float32Array(words, i * CUT_WORDS * 4, 6).set([...linear, ...shift]);
        new Int32Array(words, (i * CUT_WORDS + 6) * 4, 3).set([base[0] - origin.x, base[1] - origin.y, samples]);
      });
      return words;
    },
    params(origin, { first }): ArrayBuffer {
      const words = new ArrayBuffer((HEADER_WORDS + CHANNELS_WORDS) * 4);
      const bounds = [-origin.x, -origin.y, image.width - origin.x, image.height - origin.y];
      new Int32Array(words).set([input.width, input.height, first, mirrored ? 1 : 0, ...bounds]);
      writeChannels(layout, words, HEADER_WORDS);
      return words;
    },
  };
}

function toCut(inverse: Float64Array, { width, height }: Size, options: WarpOptions): Cut {
  const [a, b, tx, c, d, ty] = inverse as unknown as readonly [number, number, number, number, number, number];
  const middleX = a * ((width - 1) / 2) + b * ((height - 1) / 2) + tx;
  const middleY = c * ((width - 1) / 2) + d * ((height - 1) / 2) + ty;
  const isSane = [a, b, c, d, middleX, middleY].every((value) => Math.abs(value) < FARTHEST_PIXEL);
  if (!isSane) return { linear: [0, 0, 0, 0], shift: [0, 0], base: [0, 0], samples: 0 };
  const base = [Math.floor(middleX), Math.floor(middleY)] as const;
  return {
    linear: [a, b, c, d],
    shift: [middleX - base[0], middleY - base[1]],
    base,
    samples: countSamples(inverse, options),
  };
}

/** The smallest rectangle of image pixels that holds all neighbours of all samples. */
function regionOf(cuts: readonly Cut[], { width, height }: Size, image: Size): PixelRegion {
  let [left, top, right, bottom] = [image.width, image.height, 0, 0];
  for (const { linear, shift, base, samples } of cuts) {
    if (samples === 0) continue;
    const reachX = (Math.abs(linear[0]) * width + Math.abs(linear[1]) * height) / 2;
    const reachY = (Math.abs(linear[2]) * width + Math.abs(linear[3]) * height) / 2;
    // One pixel more than the neighbours need: the kernel computes positions in 32 bits.
    left = Math.min(left, Math.floor(base[0] + shift[0] - reachX) - 1);
    top = Math.min(top, Math.floor(base[1] + shift[1] - reachY) - 1);
    right = Math.max(right, Math.ceil(base[0] + shift[0] + reachX) + 2);
    bottom = Math.max(bottom, Math.ceil(base[1] + shift[1] + reachY) + 2);
  }
  const x = Math.max(0, left);
  const y = Math.max(0, top);
  const region = { x, y, width: Math.min(image.width, right) - x, height: Math.min(image.height, bottom) - y };
  return region.width > 0 && region.height > 0 ? region : { x: 0, y: 0, width: 1, height: 1 };
}

function toBatches(cuts: readonly Cut[], { width, height }: Size): readonly WarpBatch[] {
  const batches: { first: number; count: number }[] = [];
  let work = Number.POSITIVE_INFINITY;
  cuts.forEach(({ samples }, index) => {
    const own = width * height * samples * samples;
    const last = batches.at(-1);
    if (last !== undefined && work + own <= MAX_SAMPLES_PER_BATCH) {
      last.count++;
      work += own;
    } else {
      batches.push({ first: index, count: 1 });
      work = own;
    }
  });
  return batches;
}
