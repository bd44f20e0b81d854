import { computeFit, type InputSpec } from '@isoface/core';
import { expect, it } from 'vitest';
import { createKernels } from '../../../src/image/simd/create-kernels.ts';
import { MEMORY_BYTES, PIXELS_AT, PIXELS_BYTES } from '../../../src/image/simd/memory-map.ts';
import { resizeWithKernels } from '../../../src/image/simd/resize-with-kernels.ts';
import { warpWithKernels } from '../../../src/image/simd/warp-with-kernels.ts';

it('has the memory that the map divides', async () => {
  const { memory } = await createKernels();
  expect(memory.buffer.byteLength).toBe(MEMORY_BYTES);
  expect(PIXELS_AT + PIXELS_BYTES).toBeLessThan(MEMORY_BYTES);
});

it('needs no more memory for a photo of 50 megapixels, and leaves the views valid', async () => {
  const kernels = await createKernels();
  const input: InputSpec = {
    name: 'input',
    width: 64,
    height: 48,
    batch: 'one',
    layout: 'NCHW',
    channelOrder: 'RGB',
    mean: [0, 0, 0],
    scale: [1, 1, 1],
  };
  const image = { width: 8192, height: 6144, data: new Uint8Array(8192 * 6144 * 4).fill(77) };
  const out = new Float32Array(3 * 64 * 48);
  const largestError = (): number => out.reduce((largest, value) => Math.max(largest, Math.abs(value - 77)), 0);
  resizeWithKernels(kernels, image, computeFit(image, input, { mode: 'stretch' }), input, out);
  // A sum of 128 x 128 equal bytes with 32-bit weights.
  expect(largestError()).toBeLessThan(1e-3);
  out.fill(0);
  // 61 image pixels per patch pixel: a region of 3900 x 2900 pixels, 45 MB.
  warpWithKernels(kernels, image, Float64Array.of(1 / 61, 0, -10, 0, 1 / 61, -10), input, out);
  expect(largestError()).toBeLessThan(1e-3);
  expect(kernels.memory.buffer.byteLength).toBe(MEMORY_BYTES);
  expect(kernels.bytes.length).toBe(MEMORY_BYTES);
});
