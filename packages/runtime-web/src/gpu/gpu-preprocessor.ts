/** The preprocessor on the GPU: pixels become model inputs without leaving it. */

import {
  assertRgbaImage,
  createCpuPreprocessor,
  type DeviceTensor,
  FaceError,
  type FrameImage,
  type Preprocessor,
  readTensor,
  type Tensor,
} from '@isoface/core';
import { watchDevice } from './device-watch.ts';
import { FIT_WGSL, FIT_WORKGROUP_SIDE } from './fit.wgsl.ts';
import { type FitPlan, planFit } from './fit-plan.ts';
import { assertConfirmed, createGpuMemory, type GpuMemoryStats, type Lease } from './gpu-memory.ts';
import { fitsTexture, type PixelSource, toPixelSource } from './pixel-source.ts';
import { createTensorReader } from './read-tensors.ts';
import { WARP_WGSL, WARP_WORKGROUP_SIDE } from './warp.wgsl.ts';
import { planWarp, type WarpPlan } from './warp-plan.ts';

/** A preprocessor whose tensors are buffers of a GPU device. */
export interface GpuPreprocessor extends Preprocessor {
  /** What it has on the GPU now: tensors that were not disposed, and memory kept for the next call. */
  stats(): GpuMemoryStats;
  /**
   * Gives up the memory that is not in use; idempotent. Tensors in use stay valid until they are disposed, calls under way finish, later calls
   * fail with `DISPOSED`. The device is not touched.
   */
  dispose(): void;
}

/** Enough for the inputs of a detector and a few faces, and for the pixels of a camera frame; a photo's texture is given up after the call. */
const KEPT_BYTES = 32 * 2 ** 20;

/** From this many texels per output pixel on, several invocations share one. */
const SHARED_FROM_TAPS = 1024;

/** ONNX Runtime takes buffers whose size is a multiple of this. */
const TENSOR_ALIGNMENT = 16;

interface Kernel {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

type Kernels = Readonly<Record<'fit' | 'fitShared' | 'warp', Kernel>>;

type Workgroups = readonly [x: number, y: number, z: number];

/**
 * Creates the preprocessor of a device; shaders are compiled before it resolves. Its tensors are device tensors whose handle is a `GPUBuffer`
 * (usage `STORAGE`, `COPY_SRC`, `COPY_DST`) that ONNX Runtime takes as an input on the same device. All work goes through `device.queue`:
 * whatever is submitted after a call sees its result.
 *
 * Images may be textures of the device (see `asTextureImage`), or pixels in ordinary memory: of these the part that is needed is uploaded per
 * call, and where it is larger than a texture can be, the CPU implementation computes the tensor.
 *
 * Its calls reject with `DEGENERATE_LANDMARKS` for transforms without inverse, `INVALID_OPTION` for tensors that exceed the device's limits,
 * `BACKEND_UNAVAILABLE` when the device is lost or out of memory.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if the device is lost or its driver cannot compile the kernels.
 */
export async function createGpuPreprocessor(device: GPUDevice): Promise<GpuPreprocessor> {
  const watch = watchDevice(device);
  const kernels = await watch.waitFor(compileKernels(device));
  const memory = createGpuMemory(device, KEPT_BYTES);
  const reader = createTensorReader(device, watch);
  const cpu = createCpuPreprocessor();
  let isDisposed = false;

  function assertUsable(image: FrameImage): void {
    if (isDisposed) throw new FaceError('DISPOSED', 'Expected an open preprocessor, got a disposed one.');
    watch.assertUsable();
    if (!('location' in image)) assertRgbaImage(image);
  }

  /** Runs one call. Between uploading and submitting nothing waits, so that memory can be lent again as soon as the call has submitted. */
  async function compute(image: FrameImage, { dims, region }: Plan, onGpu: RunOnGpu, onCpu: () => Promise<Tensor>): Promise<DeviceTensor> {
    const result = leaseTensor(dims);
    try {
      if (!('location' in image) && !fitsTexture(region, device)) {
        const tensor = await onCpu();
        device.queue.writeBuffer(result.resource, 0, (await readTensor(tensor)) as GPUAllowSharedBufferSource);
        tensor.dispose();
        await assertConfirmed([result]);
      } else {
        const scratch: Lease<unknown>[] = [];
        try {
          const source = toPixelSource(image, region, device, memory);
          if (source.lease !== undefined) scratch.push(source.lease);
          onGpu(source, result.resource, scratch);
        } finally {
          for (const lease of scratch) lease.release();
        }
        await assertConfirmed([result, ...scratch]);
      }
    } catch (error) {
      result.release();
      throw error;
    }
    return toDeviceTensor(result, dims);
  }

  function runFit(plan: FitPlan, source: PixelSource, result: GPUBuffer, scratch: Lease<unknown>[]): void {
    const params = leaseWords(plan.params(source), GPUBufferUsage.UNIFORM, scratch);
    const taps = leaseWords(plan.taps, GPUBufferUsage.STORAGE, scratch);
    const resources = [params, taps, source.texture, result];
    if (plan.tapsPerPixel >= SHARED_FROM_TAPS) submit(kernels.fitShared, resources, [plan.width, plan.height, 1]);
    else submit(kernels.fit, resources, [Math.ceil(plan.width / FIT_WORKGROUP_SIDE), Math.ceil(plan.height / FIT_WORKGROUP_SIDE), 1]);
  }

  function runWarp(plan: WarpPlan, source: PixelSource, result: GPUBuffer, scratch: Lease<unknown>[]): void {
    const cuts = leaseWords(plan.cuts(source), GPUBufferUsage.STORAGE, scratch);
    const columns = Math.ceil(plan.width / WARP_WORKGROUP_SIDE);
    const rows = Math.ceil(plan.height / WARP_WORKGROUP_SIDE);
    for (const batch of plan.batches) {
      const params = leaseWords(plan.params(source, batch), GPUBufferUsage.UNIFORM, scratch);
      submit(kernels.warp, [params, cuts, source.texture, result], [columns, rows, batch.count]);
    }
  }

  function submit({ pipeline, layout }: Kernel, resources: readonly (GPUBuffer | GPUTexture)[], workgroups: Workgroups): void {
    const entries = resources.map((resource, binding) => ({
      binding,
      resource: 'createView' in resource ? resource.createView() : { buffer: resource },
    }));
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
    pass.dispatchWorkgroups(...workgroups);
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  /** Parameters for one call. Sizes are powers of two, so that few buffers serve all. */
  function leaseWords(words: ArrayBuffer, usage: GPUBufferUsageFlags, scratch: Lease<unknown>[]): GPUBuffer {
    const lease = memory.leaseBuffer(2 ** Math.ceil(Math.log2(words.byteLength)), usage | GPUBufferUsage.COPY_DST);
    scratch.push(lease);
    device.queue.writeBuffer(lease.resource, 0, words);
    return lease.resource;
  }

  function leaseTensor(dims: readonly number[]): Lease<GPUBuffer> {
    const bytes = byteLengthOf(dims);
    const limit = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
    if (bytes > limit) {
      const message = `Expected a tensor of at most ${limit} bytes, got ${bytes} for [${dims.join(', ')}]; ask for fewer patches per call.`;
      throw new FaceError('INVALID_OPTION', message, { bytes, limit });
    }
    const size = Math.max(1, Math.ceil(bytes / TENSOR_ALIGNMENT)) * TENSOR_ALIGNMENT;
    return memory.leaseBuffer(size, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST);
  }

  function toDeviceTensor(lease: Lease<GPUBuffer>, dims: readonly number[]): DeviceTensor {
    let isOpen = true;
    return {
      location: 'device',
      dims,
      handle: lease.resource,
      async read(): Promise<Float32Array> {
        if (!isOpen) throw new FaceError('DISPOSED', 'Expected a tensor in use, got a disposed one.');
        const [values] = await reader.read([{ buffer: lease.resource, bytes: byteLengthOf(dims) }]);
        return values as Float32Array;
      },
      dispose(): void {
        isOpen = false;
        lease.release();
      },
    };
  }

  return {
    async fit(image, geometry, input) {
      assertUsable(image);
      const plan = planFit(image, geometry, input);
      return compute(
        image,
        plan,
        (...call) => runFit(plan, ...call),
        () => cpu.fit(image, geometry, input),
      );
    },
    async warp(image, transforms, input, options) {
      assertUsable(image);
      const plan = planWarp(image, transforms, input, options);
      return compute(
        image,
        plan,
        (...call) => {
          if (transforms.length > 0) runWarp(plan, ...call);
        },
        () => cpu.warp(image, transforms, input, options),
      );
    },
    stats() {
      const [own, staging] = [memory.stats(), reader.stats()];
      return { buffers: own.buffers + staging.buffers, textures: own.textures + staging.textures };
    },
    dispose(): void {
      isDisposed = true;
      memory.dispose();
      reader.dispose();
    },
  };
}

type Plan = Pick<FitPlan, 'dims' | 'region'>;

/** Submits the work of a call; what it leases on the way goes to `scratch`. */
type RunOnGpu = (source: PixelSource, result: GPUBuffer, scratch: Lease<unknown>[]) => void;

async function compileKernels(device: GPUDevice): Promise<Kernels> {
  const compile = async (code: string, entryPoint: string): Promise<Kernel> => {
    const module = device.createShaderModule({ code, label: entryPoint });
    const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint } });
    return { pipeline, layout: pipeline.getBindGroupLayout(0) };
  };
  const [fit, fitShared, warp] = await Promise.all([compile(FIT_WGSL, 'fit'), compile(FIT_WGSL, 'fit_shared'), compile(WARP_WGSL, 'warp')]);
  return { fit, fitShared, warp };
}

function byteLengthOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, Float32Array.BYTES_PER_ELEMENT);
}
