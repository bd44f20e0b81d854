import { computeFit, createCpuPreprocessor, type FitOptions, type InputSpec, type RgbaImage, type Size } from '@isoface/core';
import { arbitraryImage, noiseImage, plainImage } from '@isoface/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const preprocessor = createCpuPreprocessor();
const spec = ({ width, height }: Size): InputSpec => ({
  name: 'input',
  width,
  height,
  batch: 'one',
  layout: 'NHWC',
  channelOrder: 'RGB',
  mean: [0, 0, 0],
  scale: [1, 1, 1],
});

async function fit(image: RgbaImage, input: Size, options: FitOptions): Promise<Float32Array> {
  const tensor = await preprocessor.fit(image, computeFit(image, input, options), spec(input));
  if (tensor.location !== 'host') throw new Error('Expected a host tensor.');
  return tensor.data;
}

const rgbOf = ({ data }: RgbaImage): number[] => Array.from(data).filter((_, i) => i % 4 !== 3);

describe('the resize convention', () => {
  it('is exact at scale 1', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryImage, async (image) => {
        expect(Array.from(await fit(image, image, { mode: 'stretch' }))).toEqual(rgbOf(image));
      }),
    );
  });

  it.each([
    ['enlarged', { width: 50, height: 37 }],
    ['reduced a little', { width: 20, height: 15 }],
    ['reduced much', { width: 3, height: 2 }],
  ])('keeps a constant image constant: %s', async (_, input) => {
    const values = await fit(plainImage(31, 23, [17, 131, 253]), input, { mode: 'stretch' });
    // Weights are 32-bit and sum to 1 within a few 1e-7.
    const error = values.reduce((largest, value, i) => Math.max(largest, Math.abs(value - ([17, 131, 253][i % 3] as number))), 0);
    expect(error).toBeLessThan(1e-3);
  });

  it.each([3, 4, 5, 16])('equals the means of blocks when reducing %s times', async (factor) => {
    const image = noiseImage(factor * 6, factor * 4, factor);
    const values = await fit(image, { width: 6, height: 4 }, { mode: 'stretch' });
    const means = Array.from(values, (_, i) => {
      const [channel, x, y] = [i % 3, Math.floor(i / 3) % 6, Math.floor(i / 18)];
      let sum = 0;
      for (let row = 0; row < factor; row++) {
        for (let column = 0; column < factor; column++)
          sum += image.data[((y * factor + row) * image.width + x * factor + column) * 4 + channel] as number;
      }
      return sum / factor ** 2;
    });
    const error = values.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (means[i] as number))), 0);
    expect(error).toBeLessThan(1e-3);
  });

  it.each([
    [2, 'exactly twice'],
    [2.5, 'with partly covered pixels'],
    [7, 'a whole factor'],
    [9.3, 'an odd factor'],
  ])('preserves the mean brightness when reducing %s times (%s)', async (factor) => {
    const image = noiseImage(Math.round(12 * factor), Math.round(10 * factor), 3);
    const values = await fit(image, { width: 12, height: 10 }, { mode: 'stretch' });
    const mean = (list: ArrayLike<number>): number => Array.from(list).reduce((sum, value) => sum + value / list.length, 0);
    expect(Math.abs(mean(values) - mean(rgbOf(image)))).toBeLessThan(0.01);
  });

  it('stays between the darkest and the lightest pixel', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryImage, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), async (image, width, height) => {
        const values = await fit(image, { width, height }, { mode: 'stretch' });
        const rgb = rgbOf(image);
        expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.min(...rgb) - 1e-3);
        expect(Math.max(...values)).toBeLessThanOrEqual(Math.max(...rgb) + 1e-3);
      }),
    );
  });

  it('pads with pixels of zero, to which mean and scale apply like to all others', async () => {
    const image = plainImage(20, 10, [255, 255, 255]);
    const input = { ...spec({ width: 8, height: 8 }), mean: [100, 110, 120], scale: [0.5, 0.25, 0.125] } as const;
    const tensor = await preprocessor.fit(image, computeFit(image, input, { mode: 'letterbox', placement: 'topLeft' }), input);
    const values = tensor.location === 'host' ? Array.from(tensor.data) : [];
    expect(values.slice(0, 3)).toEqual([77.5, 36.25, 16.875]);
    expect(values.slice(-3)).toEqual([-50, -27.5, -15]);
  });

  it('puts an enlarged edge half a pixel inside, as half-pixel centres do', async () => {
    const image: RgbaImage = { width: 2, height: 1, data: Uint8Array.of(0, 0, 0, 255, 200, 200, 200, 255) };
    const values = await fit(image, { width: 4, height: 1 }, { mode: 'stretch' });
    expect(Array.from(values).filter((_, i) => i % 3 === 0)).toEqual([0, 50, 150, 200]);
  });
});
