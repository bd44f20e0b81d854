/** Parts that the tests of GPU preprocessing share, in Node and in the browser. */

import { computeFit, createCpuPreprocessor, type FitOptions, type InputSpec, type RgbaImage, readTensor } from '@isoface/core';
import type { GpuPreprocessor } from '../../src/gpu/gpu-preprocessor.ts';
import { asTextureImage, type TextureImage } from '../../src/gpu/texture-image.ts';

/** An input of the size of face patches, with different numbers per channel. */
export const UNEVEN_INPUT: InputSpec = {
  name: 'input',
  width: 40,
  height: 28,
  batch: 'dynamic',
  layout: 'NCHW',
  channelOrder: 'BGR',
  mean: [127.5, 104, 117.25],
  scale: [1 / 128, 0.5, 1 / 57.375],
};

/** An input that takes pixels as they are. */
export const PLAIN_INPUT: InputSpec = { ...UNEVEN_INPUT, channelOrder: 'RGB', mean: [0, 0, 0], scale: [1, 1, 1] };

/** Largest difference of two results, as a share of the pixel range where `input` scales pixels by `scale`. */
export function largestDifference(got: Float32Array, want: Float32Array, scale = 1): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  return (
    want.reduce((largest, value, i) => {
      const difference = Math.abs((got[i] as number) - value);
      return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference);
    }, 0) /
    scale /
    255
  );
}

/** Fits on both sides. @returns The largest difference. */
export async function compareFit(gpu: GpuPreprocessor, image: RgbaImage, options: FitOptions, input = PLAIN_INPUT): Promise<number> {
  const geometry = computeFit(image, input, options);
  const [got, want] = [await gpu.fit(image, geometry, input), await createCpuPreprocessor().fit(image, geometry, input)];
  const difference = largestDifference(await readTensor(got), await readTensor(want));
  got.dispose();
  return difference;
}

/** Warps on both sides. @returns The largest difference. */
export async function compareWarp(
  gpu: GpuPreprocessor,
  image: RgbaImage,
  transforms: readonly Float64Array[],
  options: { readonly mirrored?: boolean; readonly maxSamples?: number } = {},
): Promise<number> {
  const [got, want] = [
    await gpu.warp(image, transforms, PLAIN_INPUT, options),
    await createCpuPreprocessor().warp(image, transforms, PLAIN_INPUT, options),
  ];
  const difference = largestDifference(await readTensor(got), await readTensor(want));
  got.dispose();
  return difference;
}

/** Uploads pixels as an image on the device. */
export function toTextureImage(device: GPUDevice, { width, height, data }: RgbaImage): TextureImage {
  const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
  const texture = device.createTexture({ size: [width, height], format: 'rgba8unorm', usage });
  device.queue.writeTexture({ texture }, new Uint8Array(data), { bytesPerRow: width * 4 }, [width, height]);
  return asTextureImage(device, texture, () => texture.destroy());
}

/** Image to patch: turn and scale about `from`, which lands at `to`. */
export function similarity(degrees: number, scale: number, from: readonly [number, number], to: readonly [number, number]): Float64Array {
  const cosine = Math.cos((degrees * Math.PI) / 180) * scale;
  const sine = Math.sin((degrees * Math.PI) / 180) * scale;
  return Float64Array.of(cosine, -sine, to[0] - cosine * from[0] + sine * from[1], sine, cosine, to[1] - sine * from[0] - cosine * from[1]);
}
