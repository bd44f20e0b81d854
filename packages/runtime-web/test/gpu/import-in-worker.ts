/** Imports a frame in a dedicated worker, and reports what it found. */

import { readTensor } from '@isoface/core';
import { createFrameImporter } from '../../src/gpu/frame-importer.ts';
import { requestGpuDevice } from '../../src/gpu/gpu-device.ts';
import { createGpuPreprocessor } from '../../src/gpu/gpu-preprocessor.ts';
import { PLAIN_INPUT } from './support.ts';

/** What the worker posts: the ways it has, and the first colour of each frame that it was sent. */
export interface WorkerReport {
  readonly ways: FrameImportReport;
  readonly colours: readonly (readonly number[])[];
}

type FrameImportReport = Awaited<ReturnType<typeof createFrameImporter>>['ways'];

addEventListener('message', async ({ data }: MessageEvent<readonly VideoFrame[]>) => {
  const { device } = await requestGpuDevice(navigator.gpu, { allowFallbackAdapter: true });
  const importer = await createFrameImporter(device);
  const gpu = await createGpuPreprocessor(device);
  const colours: number[][] = [];
  for (const frame of data) {
    const image = await importer.importFrame(frame);
    frame.close();
    const identity = Float64Array.of(1, 0, 0, 0, 1, 0);
    const tensor = await gpu.warp(image, [identity], { ...PLAIN_INPUT, layout: 'NHWC' });
    colours.push(Array.from((await readTensor(tensor)).subarray(0, 3)));
    image.dispose();
    tensor.dispose();
  }
  const report: WorkerReport = { ways: importer.ways, colours };
  postMessage(report);
  device.destroy();
});
