/** Opening a GPU for models and preprocessing: one device that ONNX Runtime and the kernels of this folder share. */

import { FaceError } from '@isoface/core';

/** Options of {@link requestGpuDevice}. */
export interface GpuDeviceOptions {
  /** Also take a GPU that is emulated in software: right for tests, slower than WebAssembly for everything else. @defaultValue false */
  readonly allowFallbackAdapter?: boolean | undefined;
}

/** An opened GPU. The caller owns the device and destroys it. */
export interface OpenedGpu {
  readonly device: GPUDevice;
  readonly adapterInfo: GPUAdapterInfo;
  /** Whether the GPU is emulated in software. */
  readonly isFallback: boolean;
  /** Settles when the device is gone, by `destroy()` or by a failure of driver or hardware. Never rejects. */
  readonly lost: Promise<GPUDeviceLostInfo>;
}

/**
 * Limits that are raised to what the adapter has. The kernels of ONNX Runtime bind whole weight tensors and size their workgroups by these;
 * with the defaults of WebGPU larger models fail. The texture side is for photos.
 */
const RAISED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxBindGroups',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
  'maxTextureDimension2D',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** Features that ONNX Runtime uses where they exist. */
const WANTED_FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];

/**
 * Opens the GPU with everything ONNX Runtime can make use of.
 *
 * @param gpu - `navigator.gpu`, in a page or in a worker.
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if there is no adapter, only one in software that was not allowed, or none that gives a device.
 */
export async function requestGpuDevice(gpu: GPU, options: GpuDeviceOptions = {}): Promise<OpenedGpu> {
  const { allowFallbackAdapter = false } = options;
  const adapter = await gpu.requestAdapter();
  if (adapter === null) {
    throw new FaceError('BACKEND_UNAVAILABLE', 'Expected a WebGPU adapter, got none; use the wasm execution provider on this machine.');
  }
  const isFallback = isFallbackAdapter(adapter);
  if (isFallback && !allowFallbackAdapter) {
    throw new FaceError(
      'BACKEND_UNAVAILABLE',
      'Expected a hardware GPU, got one emulated in software; use the wasm execution provider, or allow the fallback adapter.',
      { vendor: adapter.info.vendor, architecture: adapter.info.architecture },
    );
  }
  const device = await openDevice(adapter);
  return { device, adapterInfo: adapter.info, isFallback, lost: device.lost };
}

async function openDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  try {
    return await adapter.requestDevice({
      requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
      requiredLimits: Object.fromEntries(RAISED_LIMITS.map((limit) => [limit, adapter.limits[limit]])),
    });
  } catch (cause) {
    throw new FaceError(
      'BACKEND_UNAVAILABLE',
      `Expected a device from the WebGPU adapter, got: ${String(cause)}; use the wasm execution provider on this machine.`,
      {},
      { cause },
    );
  }
}

/** The flag moved from the adapter to its info; browsers have the one or the other. */
function isFallbackAdapter(adapter: GPUAdapter & { readonly isFallbackAdapter?: boolean }): boolean {
  return adapter.info.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;
}
