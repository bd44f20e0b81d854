import { readTensor } from '@isoface/core';
import { describePreprocessor } from '@isoface/testkit';
import { afterAll, beforeAll, expect } from 'vitest';
import { requestGpuDevice } from '../../src/gpu/gpu-device.ts';
import { createGpuPreprocessor } from '../../src/gpu/gpu-preprocessor.ts';

let device: GPUDevice;
const uncaught: string[] = [];

beforeAll(async () => {
  ({ device } = await requestGpuDevice(navigator.gpu, { allowFallbackAdapter: true }));
  device.addEventListener('uncapturederror', ({ error }) => uncaught.push(error.message));
});

afterAll(async () => {
  await device.queue.onSubmittedWorkDone();
  device.destroy();
  expect(uncaught).toEqual([]);
});

// As in Node: sums of 32-bit products in another order, and positions that are off by a millionth of a pixel or so.
describePreprocessor('WebGPU in the browser', () => createGpuPreprocessor(device), { fit: 1e-5, warp: 1e-5 }, readTensor);
