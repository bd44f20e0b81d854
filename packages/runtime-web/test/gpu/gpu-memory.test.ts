import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGpuMemory } from '../../src/gpu/gpu-memory.ts';
import { type DawnDevice, openDawnDevice } from './dawn.ts';

const KEPT_BYTES = 1000;

let dawn: DawnDevice;

beforeAll(async () => {
  dawn = await openDawnDevice();
});

afterAll(() => {
  dawn.device.destroy();
  expect(dawn.uncaught).toEqual([]);
});

describe('createGpuMemory', () => {
  const usage = (): GPUBufferUsageFlags => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;

  it('lends a resource again only where size and usage agree', () => {
    const memory = createGpuMemory(dawn.device, KEPT_BYTES);
    const first = memory.leaseBuffer(64, usage());
    first.release();
    const others = [memory.leaseBuffer(128, usage()), memory.leaseBuffer(64, usage() | GPUBufferUsage.COPY_SRC)];
    expect(others.map(({ resource }) => resource)).not.toContain(first.resource);
    expect(memory.leaseBuffer(64, usage()).resource).toBe(first.resource);
    expect(memory.leaseBuffer(64, usage()).resource).not.toBe(first.resource);
  });

  it.each([
    ['buffers of one size', Array.from({ length: 20 }, () => 100), 10],
    // The last six take 996 bytes.
    ['buffers of many sizes', Array.from({ length: 20 }, (_, i) => 100 + 4 * i), 6],
    ['one larger than all that is kept', [2000], 0],
    ['one larger after small ones', [100, 100, 2000], 0],
  ])('keeps a bounded amount: %s', (_, sizes, kept) => {
    const memory = createGpuMemory(dawn.device, KEPT_BYTES);
    const leases = sizes.map((size) => memory.leaseBuffer(size, usage()));
    expect(memory.stats()).toEqual({ buffers: sizes.length, textures: 0 });
    for (const lease of leases) lease.release();
    expect(memory.stats()).toEqual({ buffers: kept, textures: 0 });
  });

  it('gives up first what was not used for longest', () => {
    const memory = createGpuMemory(dawn.device, KEPT_BYTES);
    const [a, b, c] = [400, 404, 408].map((size) => memory.leaseBuffer(size, usage()));
    a?.release();
    b?.release();
    memory.leaseBuffer(400, usage()).release();
    c?.release();
    expect(memory.leaseBuffer(400, usage()).resource).toBe(a?.resource);
    expect(memory.leaseBuffer(404, usage()).resource).not.toBe(b?.resource);
  });

  it('counts textures by their pixels', () => {
    const memory = createGpuMemory(dawn.device, KEPT_BYTES);
    const leases = [15, 15, 20].map((side) => memory.leaseTexture(side, 10, GPUTextureUsage.TEXTURE_BINDING));
    for (const lease of leases) lease.release();
    expect(memory.stats()).toEqual({ buffers: 0, textures: 1 });
  });

  it('destroys what comes back after it was disposed', () => {
    const memory = createGpuMemory(dawn.device, KEPT_BYTES);
    const [kept, used] = [memory.leaseBuffer(64, usage()), memory.leaseBuffer(64, usage())];
    kept.release();
    memory.dispose();
    expect(memory.stats().buffers).toBe(1);
    used.release();
    used.release();
    memory.dispose();
    expect(memory.stats().buffers).toBe(0);
  });
});
