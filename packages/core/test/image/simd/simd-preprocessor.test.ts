import {
  computeFit,
  createBestPreprocessor,
  createCpuPreprocessor,
  createSimdPreprocessor,
  type FitGeometry,
  type FrameImage,
  type InputSpec,
  type Preprocessor,
  type Tensor,
  type WarpOptions,
} from '@isoface/core';
import { arbitrarySimilarity, describePreprocessor, noiseImage, plainImage } from '@isoface/testkit';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

// As for the plain TypeScript: weights and sums are 32-bit. Fractions of a pixel have 24 bits, which stays within the same bound.
const TOLERANCE = 1e-5;
describePreprocessor('WebAssembly SIMD', createSimdPreprocessor, { fit: TOLERANCE, warp: TOLERANCE });

const reference = createCpuPreprocessor();
let simd: Preprocessor;
beforeAll(async () => {
  simd = await createSimdPreprocessor();
});

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

const colour = fc.tuple(...[0, 1, 2].map(() => fc.double({ min: 0, max: 255, noNaN: true }))) as fc.Arbitrary<[number, number, number]>;
const scales = fc.tuple(...[0, 1, 2].map(() => fc.double({ min: 1 / 255, max: 1, noNaN: true }))) as fc.Arbitrary<[number, number, number]>;
/** Inputs of every layout, with sizes that are no multiples of a vector too. */
const arbitraryInput: fc.Arbitrary<InputSpec> = fc.record({
  name: fc.constant('input'),
  batch: fc.constant('dynamic' as const),
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 40 }),
  layout: fc.constantFrom('NCHW' as const, 'NHWC' as const),
  channelOrder: fc.constantFrom('RGB' as const, 'BGR' as const),
  mean: colour,
  scale: scales,
});
const arbitraryPicture = fc
  .record({ width: fc.integer({ min: 1, max: 130 }), height: fc.integer({ min: 1, max: 130 }), seed: fc.integer({ min: 1, max: 1e6 }) })
  .map(({ width, height, seed }) => noiseImage(width, height, seed));

async function read(made: Promise<Tensor>): Promise<{ readonly values: Float32Array; readonly dims: readonly number[] }> {
  const tensor = await made;
  if (tensor.location !== 'host') throw new Error('Expected a host tensor.');
  const values = tensor.data.slice();
  tensor.dispose();
  return { values, dims: tensor.dims };
}

async function valuesOf(made: Promise<Tensor>): Promise<Float32Array> {
  return (await read(made)).values;
}

/** The largest difference between the two preprocessors, as a share of the range of a pixel. */
async function compare(input: InputSpec, run: (preprocessor: Preprocessor) => Promise<Tensor>): Promise<number> {
  const { values: got, dims } = await read(run(simd));
  const { values: want, dims: wantDims } = await read(run(reference));
  expect(dims).toEqual(wantDims);
  const area = (dims[dims.length - 1] as number) * (dims[dims.length - 2] as number);
  let largest = 0;
  for (let i = 0; i < want.length; i++) {
    const plane = input.layout === 'NCHW' ? Math.floor(i / area) % 3 : i % 3;
    const difference = Math.abs((got[i] as number) - (want[i] as number)) / (input.scale[plane] as number) / 255;
    // NaN must not pass for equal.
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

const compareFit = (image: FrameImage, geometry: FitGeometry, input: InputSpec): Promise<number> =>
  compare(input, (preprocessor) => preprocessor.fit(image, geometry, input));
const compareWarp = (image: FrameImage, transforms: readonly Float64Array[], input: InputSpec, options?: WarpOptions): Promise<number> =>
  compare(input, (preprocessor) => preprocessor.warp(image, transforms, input, options));

describe('the SIMD preprocessor gives the numbers of the plain one', () => {
  it('when it fits any image into any input', async () => {
    const modes = fc.constantFrom('letterbox' as const, 'centerCrop' as const, 'stretch' as const, 'adaptivePad' as const);
    const placements = fc.constantFrom('topLeft' as const, 'center' as const);
    const margins = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.45, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(arbitraryPicture, arbitraryInput, modes, placements, margins, async (image, input, mode, placement, margin) => {
        const geometry = computeFit(image, input, { mode, placement, margin, sizeMultipleOf: 8 });
        expect(await compareFit(image, geometry, input)).toBeLessThanOrEqual(TOLERANCE);
      }),
      { numRuns: 300 },
    );
  });

  it('when it fits by any geometry, wholly outside too', async () => {
    const origin = fc.double({ min: -300, max: 300, noNaN: true });
    const scale = fc.double({ min: 0.01, max: 40, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        arbitraryPicture,
        arbitraryInput,
        fc.record({ originX: origin, originY: origin, scaleX: scale, scaleY: scale }),
        async (image, input, place) => {
          const geometry = { ...place, inputWidth: input.width, inputHeight: input.height };
          expect(await compareFit(image, geometry, input)).toBeLessThanOrEqual(TOLERANCE);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['600 rows per row, more than 16-bit sums take', 40, 3000, 5, 5],
    ['601.4 rows per row', 40, 3007, 5, 5],
    ['116 rows of 16 KiB per row, more than are held at once', 4096, 698, 8, 6],
    ['the widest image that the kernels take', 16_384, 3, 30, 7],
    ['a wider image', 16_385, 2, 30, 7],
    ['a column', 1, 5000, 7, 7],
    ['a wide input', 70, 2, 4096, 3],
    ['a wider input', 70, 2, 4097, 3],
    ['one pixel', 1, 1, 33, 21],
  ])('when it fits %s', async (_, width, height, inputWidth, inputHeight) => {
    const input = { ...SPEC, width: inputWidth, height: inputHeight };
    const image = noiseImage(width, height, 3);
    expect(await compareFit(image, computeFit(image, input, { mode: 'stretch' }), input)).toBeLessThanOrEqual(TOLERANCE);
  });

  it('when it cuts any patch', async () => {
    const options = fc.record({ mirrored: fc.boolean(), maxSamples: fc.integer({ min: 1, max: 5 }) }, { requiredKeys: ['mirrored'] });
    await fc.assert(
      fc.asyncProperty(
        arbitraryPicture,
        fc.array(arbitrarySimilarity, { minLength: 1, maxLength: 3 }),
        arbitraryInput,
        options,
        async (image, similarities, input, warpOptions) => {
          const transforms = similarities.map(({ matrix }) => matrix);
          expect(await compareWarp(image, transforms, input, warpOptions)).toBeLessThanOrEqual(TOLERANCE);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('when the patch is stretched, sheared or reflected', async () => {
    const entry = fc.double({ min: -1.5, max: 1.5, noNaN: true });
    const matrices = fc
      .tuple(entry, entry, fc.double({ min: -60, max: 60, noNaN: true }), entry, entry, fc.double({ min: -60, max: 60, noNaN: true }))
      // Below that, a patch of 40 pixels reads points a million pixels away, where even 64-bit floats of the two differ.
      .filter(([a, b, , c, d]) => Math.abs(a * d - b * c) > 1e-3)
      .map((values) => Float64Array.from(values));
    await fc.assert(
      fc.asyncProperty(arbitraryPicture, matrices, arbitraryInput, fc.boolean(), async (image, matrix, input, mirrored) => {
        expect(await compareWarp(image, [matrix], input, { mirrored })).toBeLessThanOrEqual(TOLERANCE);
      }),
      { numRuns: 300 },
    );
  });

  const shrink = (factor: number, degrees: number, at: readonly [number, number], to: readonly [number, number]): Float64Array => {
    const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180) / factor, Math.sin((degrees * Math.PI) / 180) / factor];
    return Float64Array.of(cosine, -sine, to[0] - cosine * at[0] + sine * at[1], sine, cosine, to[1] - sine * at[0] - cosine * at[1]);
  };

  it.each([
    ['a patch that is cut into tiles', 1400, 1100, shrink(9.3, 33, [700, 550], [56, 56]), 112],
    ['tiles of a patch that leaves the image', 1400, 1100, shrink(9.3, -60, [100, 900], [56, 56]), 111],
    ['a patch with more values than are held at once', 300, 300, shrink(1, 12, [150, 150], [115, 115]), 231],
    ['a large face with few samples', 900, 900, shrink(12, 5, [450, 450], [16, 16]), 32],
  ])('when it cuts %s', async (_, width, height, matrix, side) => {
    const image = noiseImage(width, height, 8);
    for (const [layout, mirrored, maxSamples] of [
      ['NCHW', false, 64],
      ['NHWC', true, 64],
      ['NCHW', true, 2],
    ] as const) {
      const input = { ...SPEC, width: side, height: side, layout };
      expect(await compareWarp(image, [matrix], input, { mirrored, maxSamples })).toBeLessThanOrEqual(TOLERANCE);
    }
  });

  it.each([
    ['thousands of pixels', 1 / 4000],
    ['millions of pixels', 1e-7],
    ['more pixels than 32 bits count', 2e-9],
  ])('when a hostile picture spreads its landmarks over %s', async (_, scale) => {
    const image = noiseImage(40, 40, 2);
    const input = { ...SPEC, width: 4, height: 4 };
    const matrix = Float64Array.of(scale, 0, 1.5, 0, scale, 1.5);
    expect(await compareWarp(image, [matrix], input)).toBeLessThanOrEqual(TOLERANCE);
  });
});

it.each([
  ['no inverse', [0, 0, 1, 0, 0, 1]],
  ['NaN', [Number.NaN, 0, 0, 0, 1, 0]],
  ['an infinite number', [1, 0, 0, 0, Number.POSITIVE_INFINITY, 0]],
])('refuses a transform with %s', async (_, transform) => {
  await expect(simd.warp(noiseImage(4, 4), [Float64Array.from(transform)], SPEC)).rejects.toMatchObject({ code: 'DEGENERATE_LANDMARKS' });
});

it('refuses an image with too little data, which would show pixels of an earlier one', async () => {
  const image = { width: 30, height: 20, data: new Uint8Array(30 * 19 * 4) };
  await expect(simd.fit(image, computeFit(image, SPEC, { mode: 'stretch' }), SPEC)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
  await expect(simd.warp(image, [Float64Array.of(1, 0, 0, 0, 1, 0)], SPEC)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
});

it('takes a view into a larger buffer, and clamped bytes', async () => {
  const image = noiseImage(31, 23, 4);
  const whole = new Uint8ClampedArray(image.data.length + 100);
  whole.set(image.data, 61);
  const view = { ...image, data: whole.subarray(61, 61 + image.data.length) };
  const geometry = computeFit(image, SPEC, { mode: 'letterbox' });
  expect(await valuesOf(simd.fit(view, geometry, SPEC))).toEqual(await valuesOf(simd.fit(image, geometry, SPEC)));
});

it('uses two buffers for thousands of images', async () => {
  const image = plainImage(24, 16, [1, 2, 3]);
  const geometry = computeFit(image, SPEC, { mode: 'stretch' });
  const buffers = new Set<unknown>();
  for (let i = 0; i < 2000; i++) {
    for (const made of [simd.fit(image, geometry, SPEC), simd.warp(image, [Float64Array.of(1, 0, 0, 0, 1, 0)], SPEC)]) {
      const tensor = await made;
      if (tensor.location === 'host') buffers.add(tensor.data.buffer);
      tensor.dispose();
    }
  }
  expect(buffers.size).toBeLessThanOrEqual(2);
});

describe('without WebAssembly SIMD', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([
    ['no WebAssembly', undefined],
    ['modules that are refused', { instantiate: () => Promise.reject(new Error('refused by the policy')) }],
  ])('(%s) the plain preprocessor takes its place', async (_, api) => {
    vi.stubGlobal('WebAssembly', api);
    await expect(createSimdPreprocessor()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    const preprocessor = await createBestPreprocessor();
    const image = noiseImage(50, 40, 6);
    const geometry = computeFit(image, SPEC, { mode: 'letterbox' });
    expect(await valuesOf(preprocessor.fit(image, geometry, SPEC))).toEqual(await valuesOf(reference.fit(image, geometry, SPEC)));
  });
});
