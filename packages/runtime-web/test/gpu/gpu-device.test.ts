import { describe, expect, it } from 'vitest';
import { requestGpuDevice } from '../../src/gpu/gpu-device.ts';
import { openDawn } from './dawn.ts';

const gpuWith = (adapter: unknown): GPU => ({ requestAdapter: async () => adapter }) as unknown as GPU;

describe('requestGpuDevice', () => {
  it('asks for the limits of the adapter and for the features that it has', async () => {
    const adapter = await (await openDawn()).requestAdapter();
    const { device, isFallback, adapterInfo } = await requestGpuDevice(await openDawn(), { allowFallbackAdapter: true });
    try {
      expect(isFallback).toBe(adapterInfo.isFallbackAdapter);
      for (const limit of ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxStorageBuffersPerShaderStage'] as const) {
        expect([limit, device.limits[limit]]).toEqual([limit, adapter?.limits[limit]]);
      }
      // Larger than WebGPU promises everywhere: the raised limit was asked for, and not only allowed.
      expect(device.limits.maxStorageBufferBindingSize).toBeGreaterThan(2 ** 27);
      for (const feature of ['shader-f16', 'subgroups', 'timestamp-query'] as const) {
        expect([feature, device.features.has(feature)]).toEqual([feature, adapter?.features.has(feature)]);
      }
    } finally {
      device.destroy();
    }
  });

  it('tells when the device is gone', async () => {
    const { device, lost } = await requestGpuDevice(await openDawn(), { allowFallbackAdapter: true });
    device.destroy();
    expect((await lost).reason).toBe('destroyed');
  });

  it('refuses a GPU in software unless it is allowed', async () => {
    const info = { isFallbackAdapter: true, vendor: 'google', architecture: 'swiftshader' };
    await expect(requestGpuDevice(gpuWith({ info }))).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      details: { architecture: 'swiftshader' },
    });
  });

  it('knows the older place of the flag', async () => {
    await expect(requestGpuDevice(gpuWith({ info: {}, isFallbackAdapter: true }))).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });

  it('says that there is no adapter', async () => {
    await expect(requestGpuDevice(gpuWith(null), { allowFallbackAdapter: true })).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });

  it('keeps the reason of an adapter that gives no device', async () => {
    const cause = new Error('no more devices');
    const adapter = { info: {}, features: new Set(), limits: {}, requestDevice: () => Promise.reject(cause) };
    await expect(requestGpuDevice(gpuWith(adapter))).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', cause });
  });
});
