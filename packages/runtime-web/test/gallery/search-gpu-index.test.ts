/** The GPU scan through Dawn, in software: small galleries. */

import { createRandom } from '@isoface/core/evaluation';
import { createTemplateIndex, type IndexRows, type IndexSpec, type TemplateIndex } from '@isoface/core/gallery';
import { createPlainIndex, describeTemplateIndex, toIndexRows } from '@isoface/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGpuIndex, type GpuIndexOptions } from '../../src/gallery/search-gpu-index.ts';
import { type DawnDevice, openDawnDevice, settle } from '../gpu/dawn.ts';

const SPEC: IndexSpec = { dimension: 6, metric: 'cosine' };

/** A device that survives the index: opening one takes longer than most of these tests. */
let dawn: DawnDevice;

beforeAll(async () => {
  dawn = await openDawnDevice();
});

afterAll(async () => {
  await settle(dawn.device);
  dawn.device.destroy();
  expect(dawn.uncaught).toEqual([]);
});

/** The device, which cannot be destroyed, with some of its methods replaced. */
function lend(replaced: Partial<GPUDevice> = {}): GPUDevice {
  const methods: Partial<GPUDevice> = { destroy: () => undefined, ...replaced };
  return new Proxy(dawn.device, {
    get(device, name) {
      const own = Reflect.get(Object.hasOwn(methods, name) ? methods : device, name, device) as unknown;
      return typeof own === 'function' ? own.bind(device) : own;
    },
  });
}

async function create(spec: IndexSpec, options: Partial<GpuIndexOptions> = {}): Promise<TemplateIndex> {
  return createGpuIndex({
    spec,
    local: await createTemplateIndex(spec),
    openGpu: async () => ({ device: lend(), lost: dawn.device.lost }),
    use: 'always',
    now: () => performance.now(),
    ...options,
  });
}

// One block of 64 rows per buffer: even small galleries have several.
describeTemplateIndex('WebGPU through Dawn', (spec) => create(spec, { maxChunkBytes: 1 }), { info: { kernel: 'webgpu' } });

function drawRows(count: number, { dimension }: IndexSpec, seed = 1): IndexRows {
  const random = createRandom(seed);
  const vectors = Array.from({ length: count }, () => Float32Array.from({ length: dimension }, () => random() - 0.5));
  const ids = vectors.map((_, i) => i);
  return toIndexRows(vectors, ids, ids);
}

/** Whether the answers are those of a plain search. */
async function expectSame(index: TemplateIndex, rows: IndexRows, removed: readonly number[] = [], limit = 3): Promise<void> {
  const plain = createPlainIndex(SPEC);
  await plain.add(rows);
  for (const group of removed) await plain.remove(group);
  const probes = drawRows(5, SPEC, 99).vectors;
  expect(await index.search(probes, { limit })).toEqual(await plain.search(probes, { limit }));
}

describe('createGpuIndex', () => {
  it('keeps the copy on the GPU equal to the rows, block by block', async () => {
    const writes: number[] = [];
    const device = lend({
      queue: new Proxy(dawn.device.queue, {
        get(queue, name) {
          const own = Reflect.get(queue, name, queue) as unknown;
          if (typeof own !== 'function') return own;
          return (...args: readonly unknown[]): unknown => {
            if (name === 'writeBuffer' && args.length === 5) writes.push(args[4] as number);
            return (own as (...args: readonly unknown[]) => unknown).apply(queue, [...args]);
          };
        },
      }),
    });
    const index = await create(SPEC, { openGpu: async () => ({ device, lost: dawn.device.lost }) });
    const rows = drawRows(200, SPEC);
    const block = 64 * 8;
    await index.add(rows);
    await expectSame(index, rows);
    expect(writes.splice(0)).toEqual([4 * block]);
    // Nothing has changed: nothing is written.
    await expectSame(index, rows);
    expect(writes.splice(0)).toEqual([]);
    // The last row takes the place of the removed one, and its own is overwritten, without waiting for a search.
    await index.remove(70);
    expect(writes.splice(0)).toEqual([block, block]);
    await expectSame(index, rows, [70]);
    expect(writes).toEqual([]);
    await index.dispose();
  });

  it('has nothing of a removed template in the buffers of the GPU', async () => {
    const buffers: GPUBuffer[] = [];
    const device = lend({
      createBuffer(descriptor) {
        const buffer = dawn.device.createBuffer({
          ...descriptor,
          usage: descriptor.usage | (descriptor.usage & 1 ? 0 : GPUBufferUsage.COPY_SRC),
        });
        buffers.push(buffer);
        return buffer;
      },
    });
    const index = await create(SPEC, { openGpu: async () => ({ device, lost: dawn.device.lost }) });
    const rows = drawRows(3, SPEC);
    await index.add(rows);
    await index.search(drawRows(1, SPEC, 5).vectors, { limit: 1 });
    const holds = async (row: number): Promise<boolean> => {
      const wanted = rows.vectors[row * SPEC.dimension] as number;
      for (const buffer of buffers) {
        if (buffer.usage & GPUBufferUsage.MAP_READ) continue;
        if ((await readBuffer(buffer)).includes(wanted)) return true;
      }
      return false;
    };
    expect([await holds(0), await holds(1), await holds(2)]).toEqual([true, true, true]);
    await index.remove(1);
    expect([await holds(0), await holds(1), await holds(2)]).toEqual([true, false, true]);
    await index.remove(2);
    expect([await holds(0), await holds(1), await holds(2)]).toEqual([true, false, false]);
    await index.dispose();
  });

  it('searches without a GPU that was lost, and says so', async () => {
    const own = await openDawnDevice();
    const index = await create(SPEC, { openGpu: async () => ({ device: own.device, lost: own.device.lost }) });
    const rows = drawRows(100, SPEC);
    await index.add(rows);
    await expectSame(index, rows);
    expect((await index.info()).kernel).toBe('webgpu');
    own.device.destroy();
    await expectSame(index, rows);
    await index.remove(5);
    await expectSame(index, rows, [5]);
    expect((await index.info()).kernel).not.toBe('webgpu');
    await index.dispose();
  });

  it('searches without a GPU that is lost in the middle of a search', async () => {
    const own = await openDawnDevice();
    const index = await create(SPEC, { openGpu: async () => ({ device: own.device, lost: own.device.lost }) });
    const rows = drawRows(100, SPEC);
    await index.add(rows);
    const submit = own.device.queue.submit.bind(own.device.queue);
    own.device.queue.submit = (commands) => {
      submit(commands);
      own.device.destroy();
    };
    await expectSame(index, rows);
    expect((await index.info()).kernel).not.toBe('webgpu');
    await index.dispose();
  });

  it('does not believe a GPU that answers with zeros', async () => {
    // A kernel that is not run leaves zeros where its results should be.
    const device = lend({
      createCommandEncoder: () => {
        const encoder = dawn.device.createCommandEncoder();
        const begin = encoder.beginComputePass.bind(encoder);
        encoder.beginComputePass = (descriptor) => {
          const pass = begin(descriptor);
          pass.dispatchWorkgroups = () => undefined;
          return pass;
        };
        return encoder;
      },
    });
    const index = await create(SPEC, { openGpu: async () => ({ device, lost: dawn.device.lost }) });
    const rows = drawRows(100, SPEC);
    await index.add(rows);
    await expectSame(index, rows);
    expect((await index.info()).kernel).not.toBe('webgpu');
    await index.dispose();
  });

  it('leaves numbers to the CPU that float32 cannot hold, and takes up the others', async () => {
    const spec: IndexSpec = { dimension: 6, metric: 'euclidean' };
    const [index, plain] = [await create(spec), createPlainIndex(spec)];
    const rows = drawRows(20, spec);
    for (const each of [index, plain]) await each.add(rows);
    for (const scale of [1, 1e25, 1e-5]) {
      const probes = drawRows(2, spec, 7).vectors.map((value) => value * scale);
      expect(await index.search(probes, { limit: 2 })).toEqual(await plain.search(probes, { limit: 2 }));
    }
    expect((await index.info()).kernel).toBe('webgpu');
    await index.dispose();
  });

  it('splits calls whose scores do not fit', async () => {
    const index = await create(SPEC);
    const rows = drawRows(90, SPEC);
    await index.add(rows);
    const plain = createPlainIndex(SPEC);
    await plain.add(rows);
    const probes = drawRows(150, SPEC, 3).vectors;
    expect(await index.search(probes, { limit: 1 })).toEqual(await plain.search(probes, { limit: 1 }));
    await index.dispose();
  });

  describe('with use: fastest', () => {
    /** A clock on which each way takes as long as is said. */
    async function createTimed(gpuMs: number, cpuMs: number) {
      let time = 0;
      let scans = 0;
      const openGpu = async () => ({
        device: lend({
          createComputePipelineAsync: (descriptor) => dawn.device.createComputePipelineAsync(descriptor),
          createCommandEncoder: (descriptor) => {
            time += gpuMs / 2;
            scans += 0.5;
            return dawn.device.createCommandEncoder(descriptor);
          },
        }),
        lost: dawn.device.lost,
      });
      const local = await createTemplateIndex(SPEC);
      const timed = {
        ...local,
        search: (...args: Parameters<typeof local.search>) => {
          time += cpuMs;
          return local.search(...args);
        },
      };
      const index = await create(SPEC, { local: timed, openGpu, use: 'fastest', now: () => time, minNumbers: 50 * SPEC.dimension });
      return { index, scans: () => scans };
    }

    it.each([
      ['the GPU', 1, 5, 'webgpu'],
      ['the CPU', 5, 1, 'wasm-simd'],
    ] as const)('settles on the faster one: %s', async (_, gpuMs, cpuMs, kernel) => {
      const { index, scans } = await createTimed(gpuMs, cpuMs);
      const rows = drawRows(120, SPEC);
      const part = (first: number, end: number): IndexRows => ({
        vectors: rows.vectors.subarray(first * SPEC.dimension, end * SPEC.dimension),
        groups: rows.groups.subarray(first, end),
        labels: rows.labels.subarray(first, end),
      });
      const probe = drawRows(1, SPEC, 4).vectors;
      const isOnGpu = kernel === 'webgpu';
      await index.add(part(0, 49));
      await index.search(probe, { limit: 1 });
      expect(scans()).toBe(0);
      await index.add(part(49, 50));
      await index.search(probe, { limit: 1 });
      expect(scans()).toBe(2);
      const { kernel: chosen, bytes } = await index.info();
      expect(chosen).toBe(kernel);
      // What is not used is given back.
      expect(bytes > 32 * 2 ** 20).toBe(isOnGpu);
      await index.search(probe, { limit: 1 });
      expect(scans()).toBe(isOnGpu ? 3 : 2);
      // Tried again when it has doubled, and not before.
      await index.add(part(50, 99));
      await index.search(probe, { limit: 1 });
      expect(scans()).toBe(isOnGpu ? 4 : 2);
      await index.add(part(99, 120));
      await expectSame(index, rows);
      expect(scans()).toBe(isOnGpu ? 6 : 4);
      await index.dispose();
    });

    it('asks for a GPU once, if there is none', async () => {
      let asked = 0;
      const index = await create(SPEC, {
        use: 'fastest',
        minNumbers: 1,
        openGpu: async () => {
          asked++;
          throw new Error('none');
        },
      });
      const rows = drawRows(30, SPEC);
      await index.add(rows);
      await expectSame(index, rows);
      await expectSame(index, rows);
      expect(asked).toBe(1);
      await index.dispose();
    });
  });

  it('says that there is no GPU where one is required', async () => {
    const openGpu = async (): Promise<never> => {
      throw Object.assign(new Error('none'), { name: 'FaceError', code: 'BACKEND_UNAVAILABLE' });
    };
    await expect(create(SPEC, { openGpu })).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });
});

async function readBuffer(buffer: GPUBuffer): Promise<Float32Array> {
  const staging = dawn.device.createBuffer({ size: buffer.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = dawn.device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
  dawn.device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const values = new Float32Array(staging.getMappedRange().slice(0));
  staging.destroy();
  return values;
}
