/** What every preprocessor must do: agree with the plain oracles, and never mix up the memory of its tensors. */

import { computeFit, type FitOptions, type InputSpec, type Preprocessor, type Size, type Tensor } from '@isoface/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { noiseImage, plainImage } from '../oracles/noise-image.ts';
import { plainResize } from '../oracles/plain-resize.ts';
import { plainWarp } from '../oracles/plain-warp.ts';

/** Largest allowed differences, as a share of the full range of a pixel (0..255). */
export interface PreprocessorTolerance {
  readonly fit: number;
  readonly warp: number;
}

/** Copies the values of a tensor to ordinary memory. */
export type ReadTensor = (tensor: Tensor) => Promise<Float32Array>;

const SPEC: InputSpec = {
  name: 'input',
  width: 24,
  height: 16,
  batch: 'dynamic',
  layout: 'NCHW',
  channelOrder: 'RGB',
  mean: [0, 0, 0],
  scale: [1, 1, 1],
};

/** Different numbers per channel, so that no mix-up of channels goes unseen. */
const UNEVEN: Pick<InputSpec, 'mean' | 'scale'> = { mean: [127.5, 104, 117.25], scale: [1 / 128, 0.5, 1 / 57.375] };

const SPECS: readonly (readonly [string, InputSpec])[] = [
  ['NCHW, RGB', SPEC],
  ['NCHW, BGR', { ...SPEC, channelOrder: 'BGR' }],
  ['NHWC, RGB', { ...SPEC, layout: 'NHWC' }],
  ['NHWC, BGR', { ...SPEC, layout: 'NHWC', channelOrder: 'BGR' }],
  ['NCHW, RGB, mean and scale', { ...SPEC, ...UNEVEN }],
  ['NHWC, BGR, mean and scale', { ...SPEC, ...UNEVEN, layout: 'NHWC', channelOrder: 'BGR' }],
];

const size = (width: number, height: number): Size => ({ width, height });

/** Name, image, input, options. Scales run from a third of an image pixel per input pixel to twenty. */
const FITS: readonly (readonly [string, Size, Size, FitOptions])[] = [
  ['same size', size(24, 16), size(24, 16), { mode: 'stretch' }],
  ['enlarged three times', size(8, 5), size(24, 16), { mode: 'letterbox' }],
  ['one pixel', size(1, 1), size(8, 8), { mode: 'stretch' }],
  ['one pixel, letterbox', size(1, 1), size(9, 5), { mode: 'letterbox' }],
  ['one column', size(1, 37), size(16, 16), { mode: 'letterbox' }],
  ['one row', size(41, 1), size(16, 16), { mode: 'stretch' }],
  ['reduced 1.5 times', size(36, 24), size(24, 16), { mode: 'letterbox' }],
  ['reduced exactly 2 times', size(48, 32), size(24, 16), { mode: 'letterbox' }],
  ['reduced 2.1 times', size(50, 33), size(24, 16), { mode: 'stretch' }],
  ['reduced 7 times, odd sizes', size(167, 111), size(24, 16), { mode: 'letterbox' }],
  ['reduced 20 times', size(480, 320), size(24, 16), { mode: 'letterbox' }],
  ['bilinear in x, averaged in y', size(30, 160), size(24, 16), { mode: 'stretch' }],
  ['letterbox, picture at the top left', size(60, 23), size(24, 16), { mode: 'letterbox', placement: 'topLeft' }],
  ['letterbox, picture at the centre', size(60, 23), size(24, 16), { mode: 'letterbox', placement: 'center' }],
  ['letterbox of a tall image', size(19, 77), size(24, 16), { mode: 'letterbox', placement: 'center' }],
  ['letterbox with a margin', size(50, 41), size(24, 16), { mode: 'letterbox', placement: 'topLeft', margin: 0.25 }],
  ['stretch with a margin', size(50, 41), size(24, 16), { mode: 'stretch', margin: 0.1 }],
  ['centre crop of a wide image', size(90, 31), size(24, 16), { mode: 'centerCrop' }],
  ['centre crop of a tall image', size(13, 40), size(24, 16), { mode: 'centerCrop', placement: 'topLeft' }],
  ['adaptive padding, wide', size(121, 33), size(64, 64), { mode: 'adaptivePad', sizeMultipleOf: 16 }],
  ['adaptive padding, tall, top left', size(33, 121), size(64, 64), { mode: 'adaptivePad', sizeMultipleOf: 32, placement: 'topLeft' }],
  ['adaptive padding with a margin', size(70, 45), size(64, 64), { mode: 'adaptivePad', sizeMultipleOf: 8, margin: 0.2 }],
];

/** Image to patch: turn, scale, then shift, with the image point `from` landing at the patch point `to`. */
function similarity(degrees: number, scale: number, from: readonly [number, number], to: readonly [number, number]): Float64Array {
  const cosine = Math.cos((degrees * Math.PI) / 180) * scale;
  const sine = Math.sin((degrees * Math.PI) / 180) * scale;
  return Float64Array.of(cosine, -sine, to[0] - cosine * from[0] + sine * from[1], sine, cosine, to[1] - sine * from[0] - cosine * from[1]);
}

/** Name, image, transform. */
const WARPS: readonly (readonly [string, Size, Float64Array])[] = [
  ['the identity', size(40, 30), Float64Array.of(1, 0, 0, 0, 1, 0)],
  ['a shift by fractions of a pixel', size(40, 30), Float64Array.of(1, 0, -3.25, 0, 1, -5.6)],
  ['a turn by 30 degrees', size(40, 30), similarity(30, 1, [20, 15], [12, 8])],
  ['a turn by -110 degrees', size(40, 30), similarity(-110, 0.9, [20, 15], [12, 8])],
  ['enlarged 3.3 times', size(12, 10), similarity(12, 3.3, [6, 5], [12, 8])],
  ['reduced 2.2 times', size(60, 50), similarity(-8, 1 / 2.2, [30, 25], [12, 8])],
  ['reduced 8.7 times', size(200, 150), similarity(20, 1 / 8.7, [100, 75], [12, 8])],
  ['reduced 19.8 times', size(480, 320), similarity(3, 1 / 19.8, [240, 160], [12, 8])],
  ['mostly outside the image', size(20, 20), similarity(45, 0.8, [0, 0], [18, 12])],
  ['wholly outside the image', size(20, 20), Float64Array.of(1, 0, 500, 0, 1, 500)],
  ['an unequal stretch', size(50, 40), Float64Array.of(0.4, 0, 1, 0, 1.3, -20)],
  ['a reflection', size(40, 30), Float64Array.of(-1, 0, 30, 0, 1, -4)],
  ['one image pixel', size(1, 1), similarity(10, 9, [0, 0], [12, 8])],
];

/** Host tensors are read directly; an adapter with device tensors passes its own reader. */
const readHostTensor: ReadTensor = async (tensor) => {
  if (tensor.location !== 'host') throw new Error('Expected a host tensor; pass `read` for tensors that lie on a device.');
  return tensor.data;
};

/**
 * Runs the contract of {@link Preprocessor} on an adapter.
 *
 * @param tolerance - Stated with its reason where the suite is called.
 * @param read - How to look into the adapter's tensors.
 */
export function describePreprocessor(
  name: string,
  create: () => Promise<Preprocessor>,
  tolerance: PreprocessorTolerance,
  read: ReadTensor = readHostTensor,
): void {
  describe(`preprocessor contract: ${name}`, () => {
    let preprocessor: Preprocessor;
    beforeAll(async () => {
      preprocessor = await create();
    });

    const fitAndRead = async (image: Size, input: InputSpec, options: FitOptions): Promise<{ got: Float32Array; want: Float64Array }> => {
      const picture = noiseImage(image.width, image.height, image.width * 31 + image.height);
      const geometry = computeFit(picture, input, options);
      const tensor = await preprocessor.fit(picture, geometry, input);
      const sides = [geometry.inputHeight, geometry.inputWidth];
      expect(tensor.dims).toEqual(input.layout === 'NCHW' ? [1, 3, ...sides] : [1, ...sides, 3]);
      const got = (await read(tensor)).slice();
      tensor.dispose();
      return { got, want: plainResize(picture, geometry, input) };
    };

    it.each(FITS)('fits an image: %s', async (_, image, input, options) => {
      const spec = { ...SPEC, ...input };
      const { got, want } = await fitAndRead(image, spec, options);
      expect(largestDifference(got, want, spec)).toBeLessThanOrEqual(tolerance.fit);
    });

    it.each(SPECS)('fits into %s', async (_, spec) => {
      const { got, want } = await fitAndRead(size(61, 33), spec, { mode: 'letterbox' });
      expect(largestDifference(got, want, spec)).toBeLessThanOrEqual(tolerance.fit);
    });

    it.each(WARPS)('warps by %s', async (_, image, transform) => {
      const picture = noiseImage(image.width, image.height, image.width * 17 + image.height);
      for (const mirrored of [false, true]) {
        const tensor = await preprocessor.warp(picture, [transform], SPEC, { mirrored });
        expect(tensor.dims).toEqual([1, 3, SPEC.height, SPEC.width]);
        const difference = largestDifference(await read(tensor), plainWarp(picture, transform, SPEC, mirrored), SPEC);
        tensor.dispose();
        expect(difference).toBeLessThanOrEqual(tolerance.warp);
      }
    });

    it.each(SPECS)('warps a batch into %s', async (_, spec) => {
      const picture = noiseImage(70, 50, 5);
      const transforms = [0, 40, -75, 160, 10].map((degrees, i) => similarity(degrees, 0.35 + i * 0.27, [30 + i, 25], [12, 8]));
      const tensor = await preprocessor.warp(picture, transforms, spec, { mirrored: true });
      expect(tensor.dims).toEqual(spec.layout === 'NCHW' ? [5, 3, 16, 24] : [5, 16, 24, 3]);
      const values = await read(tensor);
      const length = 3 * 24 * 16;
      const differences = transforms.map((transform, i) =>
        largestDifference(values.subarray(i * length, (i + 1) * length), plainWarp(picture, transform, spec, true), spec),
      );
      tensor.dispose();
      expect(Math.max(...differences)).toBeLessThanOrEqual(tolerance.warp);
    });

    it('does not read alpha', async () => {
      const opaque = noiseImage(30, 20, 9);
      const clear = { ...opaque, data: opaque.data.map((value, i) => (i % 4 === 3 ? 255 - value : value)) };
      const geometry = computeFit(opaque, SPEC, { mode: 'letterbox' });
      const [first, second] = [await preprocessor.fit(opaque, geometry, SPEC), await preprocessor.fit(clear, geometry, SPEC)];
      expect(await read(first)).toEqual(await read(second));
      first.dispose();
      second.dispose();
    });

    it('leaves image and transforms as they were', async () => {
      const picture = noiseImage(30, 20, 9);
      const pixels = picture.data.slice();
      const transform = similarity(20, 1, [10, 10], [12, 8]);
      const before = transform.slice();
      (await preprocessor.fit(picture, computeFit(picture, SPEC, { mode: 'letterbox' }), SPEC)).dispose();
      (await preprocessor.warp(picture, [transform], SPEC)).dispose();
      expect(picture.data).toEqual(pixels);
      expect(transform).toEqual(before);
    });

    it('shows nothing of an earlier picture in the padding', async () => {
      const white = plainImage(24, 16, [255, 255, 255]);
      const thin = plainImage(24, 1, [255, 255, 255]);
      const old = await preprocessor.fit(white, computeFit(white, SPEC, { mode: 'letterbox' }), SPEC);
      old.dispose();
      const fresh = await preprocessor.fit(thin, computeFit(thin, SPEC, { mode: 'letterbox', placement: 'topLeft' }), SPEC);
      const values = await read(fresh);
      const [picture, padding] = [values.subarray(0, 24), values.subarray(24, 24 * 16)];
      expect([Math.min(...picture), Math.max(...padding)]).toEqual([255, 0]);
      fresh.dispose();
      const old2 = await preprocessor.warp(white, [Float64Array.of(1, 0, 0, 0, 1, 0)], SPEC);
      old2.dispose();
      const outside = await preprocessor.warp(white, [Float64Array.of(1, 0, 500, 0, 1, 0)], SPEC);
      expect(Math.max(...(await read(outside)))).toBe(0);
      outside.dispose();
    });

    it('does not overwrite a tensor that is still in use', async () => {
      const geometry = computeFit(size(24, 16), SPEC, { mode: 'stretch' });
      const first = await preprocessor.fit(plainImage(24, 16, [200, 200, 200]), geometry, SPEC);
      // Disposing another tensor twice must not put one buffer up for use two times.
      const gone = await preprocessor.fit(plainImage(24, 16, [10, 10, 10]), geometry, SPEC);
      gone.dispose();
      gone.dispose();
      const others = await Promise.all(
        [20, 30, 40].map((grey) => preprocessor.fit(plainImage(24, 16, [grey, grey, grey]), geometry, SPEC)),
      );
      const greys = await Promise.all([first, ...others].map(async (tensor) => (await read(tensor))[100]));
      expect(greys).toEqual([200, 20, 30, 40]);
      for (const tensor of [first, ...others]) tensor.dispose();
    });
  });
}

/** As a share of the pixel range; NaN in `want` stands for pixels on which rounding decides. */
function largestDifference(got: ArrayLike<number>, want: Float64Array, spec: InputSpec): number {
  expect(got.length).toBe(want.length);
  const area = want.length / 3;
  return want.reduce((largest, value, i) => {
    if (Number.isNaN(value)) return largest;
    const plane = spec.layout === 'NCHW' ? Math.floor(i / area) : i % 3;
    const difference = Math.abs((got[i] as number) - value) / (spec.scale[plane] as number) / 255;
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference);
  }, 0);
}
