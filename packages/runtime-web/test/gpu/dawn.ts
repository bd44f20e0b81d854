/** A WebGPU device in plain Node: Dawn, the implementation inside Chromium, over the software renderer that Chromium brings along. */

import { requestGpuDevice } from '../../src/gpu/gpu-device.ts';

/** A device, and what it complained about. */
export interface DawnDevice {
  readonly device: GPUDevice;
  /** Messages of errors that no scope caught, so far. */
  readonly uncaught: string[];
}

let gpu: Promise<GPU> | undefined;

/** The WebGPU entry point of Dawn. It must stay reachable while devices are in use, hence one per process. */
export function openDawn(): Promise<GPU> {
  gpu ??= loadDawn();
  return gpu;
}

/** Opens a device of its own; the test destroys it. */
export async function openDawnDevice(): Promise<DawnDevice> {
  const { device } = await requestGpuDevice(await openDawn(), { allowFallbackAdapter: true });
  const uncaught: string[] = [];
  device.addEventListener('uncapturederror', ({ error }) => uncaught.push(error.message));
  return { device, uncaught };
}

/** Resolves when everything submitted so far is done and its errors have been reported. */
export async function settle(device: GPUDevice): Promise<void> {
  await device.queue.onSubmittedWorkDone();
  await new Promise((resolve) => setTimeout(resolve, 0));
}

async function loadDawn(): Promise<GPU> {
  if (process.platform === 'linux') {
    // The Vulkan loader reads this once, when Dawn is loaded.
    process.env['VK_ICD_FILENAMES'] ??= process.env['ISOFACE_SOFTWARE_VULKAN'];
    if (!process.env['VK_ICD_FILENAMES']) {
      throw new Error('Expected a Vulkan driver for Dawn, got none; install Chromium and libvulkan1, or set VK_ICD_FILENAMES.');
    }
  }
  const { create, globals } = await import('webgpu');
  // Constants like GPUBufferUsage, which are global in browsers.
  Object.assign(globalThis, globals);
  return create([]);
}
