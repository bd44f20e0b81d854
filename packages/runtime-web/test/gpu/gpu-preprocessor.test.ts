import { computeFit, createCpuPreprocessor, type FitOptions, type InputSpec, type RgbaImage, readTensor } from '@isoface/core';
import { describePreprocessor, noiseImage, plainImage } from '@isoface/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGpuPreprocessor, type GpuPreprocessor } from '../../src/gpu/gpu-preprocessor.ts';
import { type DawnDevice, openDawnDevice, settle } from './dawn.ts';
import { compareFit, compareWarp, largestDifference, PLAIN_INPUT, similarity, toTextureImage, UNEVEN_INPUT } from './support.ts';

/** Both sides add 32-bit products of the same weights in another order; positions of a warp are off by a millionth of a pixel or so. */
const TOLERANCE = 1e-5;

let dawn: DawnDevice;
let gpu: GpuPreprocessor;

beforeAll(async () => {
  dawn = await openDawnDevice();
  gpu = await createGpuPreprocessor(dawn.device);
});

afterAll(async () => {
  gpu.dispose();
  await settle(dawn.device);
  dawn.device.destroy();
  expect(dawn.uncaught).toEqual([]);
});

describePreprocessor('WebGPU through Dawn', async () => gpu, { fit: TOLERANCE, warp: TOLERANCE }, readTensor);

describe('the GPU preprocessor beside the CPU', () => {
  const arbitraryImage = fc
    .record({ width: fc.integer({ min: 1, max: 90 }), height: fc.integer({ min: 1, max: 90 }), seed: fc.integer({ min: 1, max: 2 ** 31 }) })
    .map(({ width, height, seed }) => noiseImage(width, height, seed));
  const arbitraryFit: fc.Arbitrary<FitOptions> = fc.record({
    mode: fc.constantFrom('letterbox', 'centerCrop', 'stretch', 'adaptivePad'),
    placement: fc.constantFrom('topLeft', 'center'),
    margin: fc.double({ min: 0, max: 0.4, noNaN: true }),
    sizeMultipleOf: fc.constant(4),
  });
  const arbitraryTransform = fc
    .record({
      degrees: fc.double({ min: -180, max: 180, noNaN: true }),
      logScale: fc.double({ min: Math.log(0.1), max: Math.log(8), noNaN: true }),
      x: fc.double({ min: -10, max: 100, noNaN: true }),
      y: fc.double({ min: -10, max: 100, noNaN: true }),
    })
    .map(({ degrees, logScale, x, y }) => similarity(degrees, Math.exp(logScale), [x, y], [20, 14]));

  it('fits any image alike', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryImage, arbitraryFit, async (image, options) => {
        expect(await compareFit(gpu, image, options)).toBeLessThanOrEqual(TOLERANCE);
      }),
      { numRuns: 60 },
    );
  });

  it('warps any batch alike', async () => {
    const options = fc.record({ mirrored: fc.boolean(), maxSamples: fc.constantFrom(1, 2, 64) });
    await fc.assert(
      fc.asyncProperty(arbitraryImage, fc.array(arbitraryTransform, { maxLength: 4 }), options, async (image, transforms, how) => {
        expect(await compareWarp(gpu, image, transforms, how)).toBeLessThanOrEqual(TOLERANCE);
      }),
      { numRuns: 60 },
    );
  });

  it.each<readonly [string, number, number, FitOptions]>([
    ['by 30 and 32', 1200, 900, { mode: 'stretch' }],
    ['by 32 with padding', 900, 900, { mode: 'letterbox' }],
    ['one row to many columns', 8000, 1, { mode: 'stretch' }],
    ['one column', 1, 8000, { mode: 'stretch' }],
  ])('reduces strongly: %s', async (_, width, height, options) => {
    expect(await compareFit(gpu, noiseImage(width, height, 3), options)).toBeLessThanOrEqual(TOLERANCE);
  });

  it('reduces a whole image to one pixel', async () => {
    const input: InputSpec = { ...PLAIN_INPUT, width: 1, height: 1 };
    expect(await compareFit(gpu, noiseImage(1500, 700, 4), { mode: 'stretch' }, input)).toBeLessThanOrEqual(TOLERANCE);
  });

  it('is as exact far from the origin as near to it', async () => {
    // Slopes of 255 per pixel at x = 7950: positions in plain 32-bit pixels would be off by 5e-4 of a pixel there, and the result by as much.
    const image = noiseImage(8000, 60, 6);
    const transforms = [similarity(33, 1.7, [7950.3, 31.2], [20, 14]), similarity(-12, 0.6, [7955.1, 28.9], [20, 14])];
    expect(await compareWarp(gpu, image, transforms)).toBeLessThanOrEqual(TOLERANCE);
  });

  it('cuts patches that lie far apart', async () => {
    const image = noiseImage(700, 500, 8);
    const transforms = [
      similarity(5, 1, [20, 15], [20, 14]),
      similarity(80, 0.7, [660, 480], [20, 14]),
      similarity(0, 1, [-900, 0], [0, 0]),
    ];
    expect(await compareWarp(gpu, image, transforms, { mirrored: true })).toBeLessThanOrEqual(TOLERANCE);
  });

  it('takes images on the device', async () => {
    const image = noiseImage(200, 133, 9);
    const texture = toTextureImage(dawn.device, image);
    const geometry = computeFit(image, UNEVEN_INPUT, { mode: 'letterbox' });
    const transform = similarity(25, 0.5, [100, 60], [20, 14]);
    const cpu = createCpuPreprocessor();
    const got = [await gpu.fit(texture, geometry, UNEVEN_INPUT), await gpu.warp(texture, [transform], UNEVEN_INPUT)];
    const want = [await cpu.fit(image, geometry, UNEVEN_INPUT), await cpu.warp(image, [transform], UNEVEN_INPUT)];
    for (const [i, tensor] of got.entries()) {
      expect(tensor.location).toBe('device');
      // The smallest scale of the input makes the strictest comparison.
      const difference = largestDifference(await readTensor(tensor), await readTensor(want[i] ?? tensor), 1 / 128);
      expect(difference).toBeLessThanOrEqual(64 * TOLERANCE);
      tensor.dispose();
    }
    texture.dispose();
  });

  it('computes what no texture can hold on the CPU', async () => {
    const preprocessor = await createGpuPreprocessor(dawn.device);
    const limit = dawn.device.limits.maxTextureDimension2D;
    const wide = noiseImage(limit + 100, 3, 10);
    const [left, right] = [similarity(10, 1, [10, 1], [20, 14]), similarity(10, 1, [limit + 50, 1], [20, 14])];
    expect(await compareFit(preprocessor, wide, { mode: 'stretch' })).toBe(0);
    expect(await compareWarp(preprocessor, wide, [left, right])).toBe(0);
    expect(preprocessor.stats().textures).toBe(0);
    // Only the part that patches see has to fit.
    expect(await compareWarp(preprocessor, wide, [right])).toBeLessThanOrEqual(TOLERANCE);
    expect(preprocessor.stats().textures).toBe(1);
    preprocessor.dispose();
  });

  it('sees what was written into the same array since the last call', async () => {
    const image = plainImage(40, 28, [10, 20, 30]);
    const geometry = computeFit(image, PLAIN_INPUT, { mode: 'stretch' });
    const first = await gpu.fit(image, geometry, PLAIN_INPUT);
    image.data.fill(200);
    const second = await gpu.fit(image, geometry, PLAIN_INPUT);
    expect([(await readTensor(first))[0], (await readTensor(second))[0]]).toEqual([10, 200]);
    first.dispose();
    second.dispose();
  });

  it('reads a view into a larger buffer', async () => {
    const { width, height, data } = noiseImage(31, 17, 12);
    const larger = new Uint8Array(data.length + 123);
    larger.set(data, 57);
    const image: RgbaImage = { width, height, data: larger.subarray(57, 57 + data.length) };
    expect(await compareFit(gpu, image, { mode: 'letterbox' })).toBeLessThanOrEqual(TOLERANCE);
  });
});

describe('what the GPU preprocessor refuses', () => {
  const image = noiseImage(30, 20, 1);
  const geometry = computeFit(image, PLAIN_INPUT, { mode: 'letterbox' });
  const identity = Float64Array.of(1, 0, 0, 0, 1, 0);

  it.each([
    ['no scale', Float64Array.of(0, 0, 5, 0, 0, 5)],
    ['a line', Float64Array.of(1, 2, 0, 2, 4, 0)],
    ['not a number', Float64Array.of(Number.NaN, 0, 0, 0, 1, 0)],
  ])('a transform without inverse: %s', async (_, transform) => {
    const before = gpu.stats();
    await expect(gpu.warp(image, [identity, transform], PLAIN_INPUT)).rejects.toMatchObject({ code: 'DEGENERATE_LANDMARKS' });
    expect(gpu.stats()).toEqual(before);
  });

  it.each([
    ['a shift that is no number', Float64Array.of(1, 0, Number.NaN, 0, 1, 0)],
    ['an infinite shift', Float64Array.of(1, 0, 0, 0, 1, Number.POSITIVE_INFINITY)],
    ['a shift beyond all images', Float64Array.of(1, 0, 1e12, 0, 1, 0)],
    ['a patch pixel larger than all images', Float64Array.of(1e-8, 0, 0, 0, 1e-8, 0)],
  ])('nothing: %s gives an empty patch, as on the CPU', async (_, transform) => {
    expect(await compareWarp(gpu, image, [transform, identity])).toBeLessThanOrEqual(TOLERANCE);
  });

  it('pixels that do not match their size', async () => {
    const short = { ...image, data: image.data.subarray(4) };
    await expect(gpu.fit(short, geometry, PLAIN_INPUT)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
    await expect(gpu.warp(short, [identity], PLAIN_INPUT)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
  });

  it('images of another device, or of none', async () => {
    const other = await openDawnDevice();
    try {
      const foreign = toTextureImage(other.device, image);
      await expect(gpu.fit(foreign, geometry, PLAIN_INPUT)).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
      const unknown = { location: 'device', width: 30, height: 20, handle: undefined } as const;
      await expect(gpu.warp(unknown, [identity], PLAIN_INPUT)).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
      foreign.dispose();
    } finally {
      other.device.destroy();
    }
  });

  it('an image that was given back', async () => {
    const texture = toTextureImage(dawn.device, image);
    texture.dispose();
    texture.dispose();
    await expect(gpu.fit(texture, geometry, PLAIN_INPUT)).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('more patches than a buffer can hold', async () => {
    const input: InputSpec = { ...PLAIN_INPUT, width: 4096, height: 4096 };
    const transforms = Array.from({ length: 6 }, () => identity);
    await expect(gpu.warp(image, transforms, input)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('reading a disposed tensor', async () => {
    const tensor = await gpu.fit(image, geometry, PLAIN_INPUT);
    tensor.dispose();
    await expect(readTensor(tensor)).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

describe('the memory of the GPU preprocessor', () => {
  const image = noiseImage(64, 48, 2);
  const geometry = computeFit(image, PLAIN_INPUT, { mode: 'letterbox' });
  const transforms = [0, 40, 80].map((degrees) => similarity(degrees, 1, [32, 24], [20, 14]));

  it('does not grow over many frames', async () => {
    const preprocessor = await createGpuPreprocessor(dawn.device);
    const analyze = async (): Promise<void> => {
      const fitted = await preprocessor.fit(image, geometry, PLAIN_INPUT);
      const cut = await preprocessor.warp(image, transforms, PLAIN_INPUT);
      await Promise.all([readTensor(fitted), readTensor(cut)]);
      fitted.dispose();
      cut.dispose();
    };
    await analyze();
    const after = preprocessor.stats();
    for (let frame = 0; frame < 20; frame++) await analyze();
    expect(preprocessor.stats()).toEqual(after);
    preprocessor.dispose();
    expect(preprocessor.stats()).toEqual({ buffers: 0, textures: 0 });
  });

  it('lends a buffer again once its tensor is disposed, not before', async () => {
    const preprocessor = await createGpuPreprocessor(dawn.device);
    const fit = (): ReturnType<GpuPreprocessor['fit']> => preprocessor.fit(image, geometry, PLAIN_INPUT);
    const handleOf = (tensor: Awaited<ReturnType<typeof fit>>): unknown => tensor.location === 'device' && tensor.handle;
    const [first, second] = [await fit(), await fit()];
    expect(handleOf(second)).not.toBe(handleOf(first));
    first.dispose();
    const third = await fit();
    expect(handleOf(third)).toBe(handleOf(first));
    first.dispose();
    const fourth = await fit();
    expect(handleOf(fourth)).not.toBe(handleOf(third));
    for (const tensor of [second, third, fourth]) tensor.dispose();
    preprocessor.dispose();
  });

  it('gives ONNX Runtime what it asks for', async () => {
    const input: InputSpec = { ...PLAIN_INPUT, width: 5, height: 3 };
    const tensor = await gpu.fit(image, computeFit(image, input, { mode: 'stretch' }), input);
    const { size, usage } = tensor.location === 'device' ? (tensor.handle as GPUBuffer) : { size: 0, usage: 0 };
    const wanted = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    expect({ size, usage: usage & wanted, length: (await readTensor(tensor)).length }).toEqual({ size: 192, usage: wanted, length: 45 });
    tensor.dispose();
  });

  it('lets tensors in use outlive the preprocessor', async () => {
    const preprocessor = await createGpuPreprocessor(dawn.device);
    const tensor = await preprocessor.fit(image, geometry, PLAIN_INPUT);
    preprocessor.dispose();
    preprocessor.dispose();
    const want = await await createCpuPreprocessor().fit(image, geometry, PLAIN_INPUT);
    expect(largestDifference(await readTensor(tensor), await readTensor(want))).toBeLessThanOrEqual(TOLERANCE);
    tensor.dispose();
    expect(preprocessor.stats()).toEqual({ buffers: 0, textures: 0 });
    await expect(preprocessor.fit(image, geometry, PLAIN_INPUT)).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(preprocessor.warp(image, transforms, PLAIN_INPUT)).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('says that the GPU has no memory left, and keeps nothing of it', async () => {
    const preprocessor = await createGpuPreprocessor(withoutMemory(dawn.device));
    await expect(preprocessor.fit(image, geometry, PLAIN_INPUT)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    await expect(preprocessor.warp(image, transforms, PLAIN_INPUT)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect(preprocessor.stats()).toEqual({ buffers: 0, textures: 0 });
    preprocessor.dispose();
  });
});

describe('the loss of the device', () => {
  const image = noiseImage(64, 48, 2);
  const geometry = computeFit(image, PLAIN_INPUT, { mode: 'letterbox' });

  it('fails reads that wait and calls that follow, and hangs nowhere', async () => {
    const { device } = await openDawnDevice();
    const preprocessor = await createGpuPreprocessor(device);
    const tensor = await preprocessor.fit(image, geometry, PLAIN_INPUT);
    const reading = readTensor(tensor);
    device.destroy();
    await expect(reading).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    await device.lost;
    await expect(readTensor(tensor)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    await expect(preprocessor.fit(image, geometry, PLAIN_INPUT)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      details: { reason: 'destroyed' },
    });
    tensor.dispose();
    preprocessor.dispose();
  });

  it('fails in the call during which it happens, or when its tensor is read', async () => {
    const { device } = await openDawnDevice();
    const preprocessor = await createGpuPreprocessor(device);
    const result = preprocessor.fit(image, geometry, PLAIN_INPUT).then(readTensor);
    device.destroy();
    await expect(result).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    preprocessor.dispose();
  });

  it('fails the creation on a device that is gone', async () => {
    const { device } = await openDawnDevice();
    device.destroy();
    await device.lost;
    await expect(createGpuPreprocessor(device)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });
});

/** The device, but every allocation is reported as failed. */
function withoutMemory(device: GPUDevice): GPUDevice {
  return new Proxy(device, {
    get(target, name) {
      if (name === 'popErrorScope') {
        return async () => {
          await target.popErrorScope();
          return { message: 'out of memory' };
        };
      }
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
