import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTensorReader, type ReadableBuffer, type TensorReader } from '../../src/gpu/read-tensors.ts';
import { type DawnDevice, openDawnDevice, settle } from './dawn.ts';

let dawn: DawnDevice;
let reader: TensorReader;

beforeAll(async () => {
  dawn = await openDawnDevice();
  reader = createTensorReader(dawn.device);
});

afterAll(async () => {
  reader.dispose();
  await settle(dawn.device);
  dawn.device.destroy();
  expect(dawn.uncaught).toEqual([]);
});

function toBuffer(device: GPUDevice, values: readonly number[]): ReadableBuffer {
  const data = Float32Array.from(values);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffer = device.createBuffer({ size: Math.max(16, data.byteLength), usage });
  device.queue.writeBuffer(buffer, 0, data);
  return { buffer, bytes: data.byteLength };
}

const ramp = (length: number, start = 0): number[] => Array.from({ length }, (_, i) => start + i);

describe('createTensorReader', () => {
  it.each([
    ['nothing', []],
    ['one value', [[7]]],
    ['several buffers of several lengths', [ramp(5), ramp(1000, 50), [1.5], ramp(17, -9)]],
    ['an empty one among others', [ramp(3), [], ramp(2)]],
    ['empty ones alone', [[], []]],
    ['more than a page', [ramp(5000), ramp(5000, 3)]],
  ])('reads %s', async (_, arrays) => {
    const parts = await reader.read(arrays.map((values) => toBuffer(dawn.device, values)));
    expect(parts.map((part) => Array.from(part))).toEqual(arrays);
  });

  it('waits once, whatever the number of buffers', async () => {
    const maps: number[] = [];
    const counting = new Proxy(dawn.device, {
      get(device, name) {
        const own = Reflect.get(device, name, device) as unknown;
        if (name !== 'createBuffer') return typeof own === 'function' ? own.bind(device) : own;
        return (descriptor: GPUBufferDescriptor): GPUBuffer => {
          const buffer = device.createBuffer(descriptor);
          const map = buffer.mapAsync.bind(buffer);
          buffer.mapAsync = (...range) => {
            maps.push(descriptor.size);
            return map(...range);
          };
          return buffer;
        };
      },
    });
    await createTensorReader(counting).read([1, 2, 3, 4].map((value) => toBuffer(dawn.device, [value])));
    expect(maps).toHaveLength(1);
  });

  it('reads what was there at the call', async () => {
    const source = toBuffer(dawn.device, [1, 2, 3]);
    const reading = reader.read([source]);
    dawn.device.queue.writeBuffer(source.buffer, 0, Float32Array.of(9, 9, 9));
    expect(Array.from((await reading)[0] as Float32Array)).toEqual([1, 2, 3]);
  });

  it('keeps reads apart that are under way together, and uses their memory again', async () => {
    const own = createTensorReader(dawn.device);
    const readAll = (): Promise<number[]> =>
      Promise.all(ramp(4).map(async (value) => (await own.read([toBuffer(dawn.device, [value])]))[0]?.[0] ?? Number.NaN));
    expect(await readAll()).toEqual([0, 1, 2, 3]);
    const { buffers } = own.stats();
    expect(buffers).toBe(4);
    for (let round = 0; round < 5; round++) await readAll();
    expect(own.stats().buffers).toBe(buffers);
    own.dispose();
    expect(own.stats().buffers).toBe(0);
  });

  it('finishes reads that were under way when it was disposed', async () => {
    const own = createTensorReader(dawn.device);
    const reading = own.read([toBuffer(dawn.device, [4, 5])]);
    own.dispose();
    expect(Array.from((await reading)[0] as Float32Array)).toEqual([4, 5]);
    expect(own.stats().buffers).toBe(0);
  });

  it('refuses a destroyed buffer instead of giving what was read before', async () => {
    const own = createTensorReader(dawn.device);
    await own.read([toBuffer(dawn.device, [1, 2, 3])]);
    const source = toBuffer(dawn.device, [4, 5, 6]);
    source.buffer.destroy();
    await expect(own.read([source])).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect(Array.from((await own.read([toBuffer(dawn.device, [7])]))[0] as Float32Array)).toEqual([7]);
    own.dispose();
  });

  it('fails when the device goes away', async () => {
    const { device } = await openDawnDevice();
    const own = createTensorReader(device);
    const source = toBuffer(device, [1]);
    const reading = own.read([source]);
    device.destroy();
    await expect(reading).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    await device.lost;
    await expect(own.read([source])).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', details: { reason: 'destroyed' } });
    own.dispose();
  });
});
