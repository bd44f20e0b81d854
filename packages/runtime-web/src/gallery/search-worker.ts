/** Entry of the worker that searches: one index, and its GPU device. */

import { FaceError } from '@isoface/core';
import { createTemplateIndex, serveIndex, type TemplateIndex, type ToIndex } from '@isoface/core/gallery';
import { requestGpuDevice } from '../gpu/gpu-device.ts';
import { holdLock } from '../worker/hold-lock.ts';
import { createGpuIndex } from './search-gpu-index.ts';
import type { WorkerIndexSpec } from './search-worker-spec.ts';

const receive = serveIndex(open, (message) => postMessage(message));

addEventListener('message', ({ data }: MessageEvent<ToIndex<WorkerIndexSpec>>) => receive(data));

async function open({ kernel, lock, ...spec }: WorkerIndexSpec): Promise<TemplateIndex> {
  await holdLock(lock);
  const isRequired = kernel === 'webgpu';
  const local = await createTemplateIndex({ ...spec, kernel: isRequired ? 'auto' : kernel });
  const gpu = (navigator as { readonly gpu?: GPU }).gpu;
  if (gpu === undefined && isRequired) {
    throw new FaceError('BACKEND_UNAVAILABLE', 'Expected a browser with WebGPU in workers, got one without; leave the kernel to auto.');
  }
  if (gpu === undefined || !(isRequired || kernel === 'auto')) return local;
  return createGpuIndex({
    spec,
    local,
    openGpu: () => requestGpuDevice(gpu, { allowFallbackAdapter: isRequired }),
    use: isRequired ? 'always' : 'fastest',
    now: () => performance.now(),
  });
}
