import { createCpuPreprocessor, type InputSpec, invertAffine, type RgbaImage } from '@isoface/core';
import { arbitraryImage, noiseImage, plainImage } from '@isoface/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const preprocessor = createCpuPreprocessor();
const spec = (width: number, height: number): InputSpec => ({
  name: 'input',
  width,
  height,
  batch: 'dynamic',
  layout: 'NHWC',
  channelOrder: 'RGB',
  mean: [0, 0, 0],
  scale: [1, 1, 1],
});

async function warp(
  image: RgbaImage,
  transform: ArrayLike<number>,
  width: number,
  height: number,
  mirrored = false,
): Promise<Float32Array> {
  const tensor = await preprocessor.warp(image, [Float64Array.from(transform)], spec(width, height), { mirrored });
  if (tensor.location !== 'host') throw new Error('Expected a host tensor.');
  return tensor.data;
}

const rgbOf = ({ data }: RgbaImage): number[] => Array.from(data).filter((_, i) => i % 4 !== 3);
const toRgba = (rgb: Float32Array, width: number, height: number): RgbaImage => ({
  width,
  height,
  data: Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : (rgb[Math.floor(i / 4) * 3 + (i % 4)] as number),
  ),
});

describe('the warp convention', () => {
  it('is exact for the identity', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryImage, async (image) => {
        expect(Array.from(await warp(image, [1, 0, 0, 0, 1, 0], image.width, image.height))).toEqual(rgbOf(image));
      }),
    );
  });

  it('is exact for whole shifts, with zeros where the image ends', async () => {
    const image = noiseImage(6, 5, 2);
    const values = await warp(image, [1, 0, -2, 0, 1, 1], 6, 5);
    const expected = Array.from(values, (_, i) => {
      const [channel, x, y] = [i % 3, (Math.floor(i / 3) % 6) + 2, Math.floor(i / 18) - 1];
      return x < 6 && y >= 0 ? image.data[(y * 6 + x) * 4 + channel] : 0;
    });
    expect(Array.from(values)).toEqual(expected);
  });

  it('mirrored is the patch, flipped', async () => {
    const image = noiseImage(30, 20, 4);
    const transform = [0.9, -0.3, 4, 0.3, 0.9, -3];
    const [plain, mirrored] = [await warp(image, transform, 16, 10), await warp(image, transform, 16, 10, true)];
    const flipped = Array.from(plain, (_, i) => {
      const [channel, x, row] = [i % 3, Math.floor(i / 3) % 16, Math.floor(i / 48)];
      return plain[(row * 16 + (15 - x)) * 3 + channel];
    });
    expect(Array.from(mirrored)).toEqual(flipped);
  });

  it('and back gives a smooth image again', async () => {
    const image: RgbaImage = {
      width: 80,
      height: 80,
      data: Uint8ClampedArray.from({ length: 80 * 80 * 4 }, (_, i) => {
        const [channel, x, y] = [i % 4, Math.floor(i / 4) % 80, Math.floor(i / 320)];
        return 128 + 100 * Math.sin((x + 20 * channel) / 11) * Math.cos(y / 13);
      }),
    };
    const transform = [1.2 * Math.cos(0.5), -1.2 * Math.sin(0.5), 30, 1.2 * Math.sin(0.5), 1.2 * Math.cos(0.5), -8];
    const there = toRgba(await warp(image, transform, 120, 120), 120, 120);
    const back = await warp(there, invertAffine(transform), 80, 80);
    let largest = 0;
    for (let y = 30; y < 50; y++) {
      for (let x = 30; x < 50; x++) {
        for (let channel = 0; channel < 3; channel++) {
          const [got, want] = [back[(y * 80 + x) * 3 + channel] as number, image.data[(y * 80 + x) * 4 + channel] as number];
          largest = Math.max(largest, Math.abs(got - want));
        }
      }
    }
    // Two linear interpolations of a wave with a period of 70 pixels lose under 1 % of its amplitude; rounding to 8 bits adds half a level twice.
    expect(largest).toBeLessThan(2.5);
  });

  it('averages when it reduces: a fine chequerboard becomes grey', async () => {
    const image: RgbaImage = {
      width: 64,
      height: 64,
      data: Uint8Array.from({ length: 64 * 64 * 4 }, (_, i) => ((Math.floor(i / 4) + Math.floor(i / 256)) % 2 === 0 ? 255 : 0)),
    };
    const values = await warp(image, [1 / 8, 0, -7 / 16, 0, 1 / 8, -7 / 16], 8, 8);
    expect(values.reduce((largest, value) => Math.max(largest, Math.abs(value - 127.5)), 0)).toBeLessThan(1e-3);
  });

  it('stays bounded in work when a hostile picture spreads its landmarks over thousands of pixels', async () => {
    const started = performance.now();
    const values = await warp(plainImage(40, 40, [255, 255, 255]), [1 / 4000, 0, 1.5, 0, 1 / 4000, 1.5], 4, 4);
    expect(values.every(Number.isFinite)).toBe(true);
    // 64 x 64 samples per pixel take milliseconds, the 4000 x 4000 that were asked for take seconds.
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it.each([
    ['no inverse', [0, 0, 1, 0, 0, 1]],
    ['NaN', [Number.NaN, 0, 0, 0, 1, 0]],
  ])('refuses a transform with %s', async (_, transform) => {
    await expect(warp(noiseImage(4, 4), transform, 4, 4)).rejects.toMatchObject({ code: 'DEGENERATE_LANDMARKS' });
  });
});
