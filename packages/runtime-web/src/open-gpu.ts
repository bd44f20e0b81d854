/** The GPU of an engine: the device that models run on, and what keeps pixels there from the frame to the embedding. */

import { FaceError, type Preprocessor } from '@isoface/core';
import { createFrameImporter, type FrameImporter } from './gpu/frame-importer.ts';
import { requestGpuDevice } from './gpu/gpu-device.ts';
import { createGpuPreprocessor, type GpuPreprocessor } from './gpu/gpu-preprocessor.ts';
import { createTensorReader } from './gpu/read-tensors.ts';
import type { FrameImport } from './images/web-image-decoder.ts';
import type { BackendGpu } from './ort/ort-web-backend.ts';

/** What an engine on the GPU owns there. */
export interface EngineGpu {
  readonly backend: BackendGpu;
  /** Absent when pixels are worked on by the CPU. */
  readonly preprocessor: Preprocessor | undefined;
  readonly frameImport: FrameImport | undefined;
  /** What to say about it: the adapter, and how frames come in. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** Resolves with the reason when the device is lost, unless it was disposed. */
  readonly lost: Promise<string>;
  dispose(): void;
}

/**
 * Opens the GPU.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` without WebGPU, or with a software GPU where that is not allowed.
 */
export async function openGpu(allowSoftwareGpu: boolean, preprocessing: 'cpu' | 'gpu'): Promise<EngineGpu> {
  const gpu = (globalThis.navigator as { readonly gpu?: GPU } | undefined)?.gpu;
  if (gpu === undefined) {
    throw new FaceError('BACKEND_UNAVAILABLE', 'Expected a browser with WebGPU in workers, got one without; ask for wasm or auto.');
  }
  const { device, adapterInfo, isFallback, lost } = await requestGpuDevice(gpu, { allowFallbackAdapter: allowSoftwareGpu });
  const reader = createTensorReader(device);
  let parts: { readonly preprocessor: GpuPreprocessor; readonly importer: FrameImporter } | undefined;
  let isDisposed = false;
  const dispose = (): void => {
    isDisposed = true;
    parts?.preprocessor.dispose();
    parts?.importer.dispose();
    reader.dispose();
    device.destroy();
  };
  try {
    if (preprocessing === 'gpu') parts = { preprocessor: await createGpuPreprocessor(device), importer: await createFrameImporter(device) };
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    backend: { device, read: (buffers) => reader.read(buffers) },
    preprocessor: parts?.preprocessor,
    frameImport: parts?.importer,
    facts: {
      gpuVendor: adapterInfo.vendor,
      gpuArchitecture: adapterInfo.architecture,
      softwareGpu: isFallback,
      ...(parts && { frameImport: parts.importer.ways.video[0] ?? 'none' }),
    },
    lost: new Promise((resolve) => {
      void lost.then(({ message, reason }) => {
        if (!isDisposed) resolve(message || reason);
      });
    }),
    dispose,
  };
}
