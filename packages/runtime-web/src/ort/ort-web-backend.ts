/** ONNX Runtime in the browser as an inference backend. One backend runs one execution provider, and says so honestly. */

import {
  asHostTensor,
  FaceError,
  type HostTensor,
  type InferenceBackend,
  type InferenceSession,
  type Tensor,
  type TensorInfo,
} from '@isoface/core';
import type { InferenceSession as OrtSession, Tensor as OrtTensor } from 'onnxruntime-web/webgpu';
import type { LoadedOrt } from './load-ort.ts';

/** Execution providers of the browser. */
export type WebExecutionProvider = 'wasm' | 'webgpu';

/** The GPU on which models run and tensors lie. */
export interface BackendGpu {
  readonly device: GPUDevice;
  /** Copies buffers to ordinary memory in one go. */
  read(buffers: readonly { readonly buffer: GPUBuffer; readonly bytes: number }[]): Promise<Float32Array[]>;
}

/** Options of {@link createOrtWebBackend}. */
export interface OrtWebBackendOptions {
  readonly loadOrt: () => Promise<LoadedOrt>;
  /** Present for WebGPU: models run on this device, and device tensors of its preprocessor are taken as they are. */
  readonly gpu?: BackendGpu | undefined;
}

/** Creates the backend: WebGPU where a device is given, the CPU kernels otherwise. */
export function createOrtWebBackend({ loadOrt, gpu }: OrtWebBackendOptions): InferenceBackend {
  return {
    async createSession(model, { name, signal }): Promise<InferenceSession> {
      const loaded = await loadOrt();
      signal?.throwIfAborted();
      const session = await loaded.exclusively(() => openSession(loaded, model, name, gpu));
      return toInferenceSession(loaded, session, name, gpu);
    },
  };
}

async function openSession({ ort }: LoadedOrt, model: Uint8Array, name: string, gpu: BackendGpu | undefined): Promise<OrtSession> {
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders:
        gpu === undefined ? ['wasm'] : [{ name: 'webgpu', device: gpu.device } as OrtSession.WebGpuExecutionProviderOption],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      // Without arenas memory stays flat whatever sizes of input come.
      enableCpuMemArena: false,
      logSeverityLevel: 3,
      ...(gpu !== undefined && { preferredOutputLocation: 'gpu-buffer' as const }),
    });
  } catch (cause) {
    const reason = toOneLine(cause);
    if (isModelFault(reason)) {
      throw new FaceError(
        'MODEL_INTEGRITY',
        `Expected an ONNX model for ${name}, got bytes that ONNX Runtime cannot load: ${reason}`,
        { model: name },
        { cause },
      );
    }
    const executionProvider = providerOf(gpu);
    throw new FaceError(
      'BACKEND_UNAVAILABLE',
      `The execution provider "${executionProvider}" does not start: ${reason} ${ADVICE[executionProvider]}`,
      { executionProvider, model: name },
      { cause },
    );
  }
}

/** What to do when a provider does not start. */
const ADVICE: Readonly<Record<WebExecutionProvider, string>> = {
  wasm: 'Check that the files of isoface are served unchanged and that the content security policy allows wasm-unsafe-eval.',
  webgpu: 'It needs a browser and a driver with WebGPU; ask for wasm or auto.',
};

function providerOf(gpu: BackendGpu | undefined): WebExecutionProvider {
  return gpu === undefined ? 'wasm' : 'webgpu';
}

function toInferenceSession(loaded: LoadedOrt, session: OrtSession, name: string, gpu: BackendGpu | undefined): InferenceSession {
  const executionProvider = providerOf(gpu);
  let released: Promise<void> | undefined;

  return {
    executionProvider,
    inputs: session.inputMetadata.map(toTensorInfo),
    outputs: session.outputMetadata.map(toTensorInfo),
    async run(inputs) {
      if (released !== undefined)
        throw new FaceError('DISPOSED', `Expected an open session of ${name}, got a disposed one.`, { model: name });
      try {
        const outputs = await loaded.exclusively(() => session.run(toFeeds(loaded, inputs)));
        return await toHostTensors(outputs, gpu);
      } catch (cause) {
        throw toRunError(cause, name, executionProvider);
      }
    },
    dispose() {
      released ??= loaded.exclusively(() => session.release());
      return released;
    },
  };
}

function toFeeds({ ort }: LoadedOrt, inputs: Readonly<Record<string, Tensor>>): Record<string, OrtTensor> {
  const entries = Object.entries(inputs).map(([input, tensor]) => {
    const dims = [...tensor.dims];
    if (tensor.location === 'host') return [input, new ort.Tensor('float32', tensor.data, dims)];
    return [input, ort.Tensor.fromGpuBuffer(tensor.handle as GPUBuffer, { dataType: 'float32', dims })];
  });
  return Object.fromEntries(entries) as Record<string, OrtTensor>;
}

/** Outputs in ordinary memory; those on the GPU come back in one copy and are freed. */
async function toHostTensors(outputs: OrtSession.OnnxValueMapType, gpu: BackendGpu | undefined): Promise<Record<string, HostTensor>> {
  const entries = Object.entries(outputs);
  for (const [, tensor] of entries) {
    if (tensor.type !== 'float32')
      throw new FaceError('SHAPE_MISMATCH', `Expected float32 outputs, got ${tensor.type}.`, { type: tensor.type });
  }
  const onDevice = entries.filter(([, tensor]) => tensor.location === 'gpu-buffer');
  let copies: Float32Array[] = [];
  try {
    copies =
      onDevice.length === 0 || gpu === undefined
        ? []
        : await gpu.read(onDevice.map(([, tensor]) => ({ buffer: tensor.gpuBuffer as GPUBuffer, bytes: tensor.size * 4 })));
  } finally {
    for (const [, tensor] of onDevice) tensor.dispose();
  }
  const copyOf = new Map(onDevice.map(([output], i) => [output, copies[i] as Float32Array]));
  return Object.fromEntries(
    entries.map(([output, tensor]) => [output, asHostTensor(copyOf.get(output) ?? (tensor.data as Float32Array), tensor.dims)]),
  );
}

function toRunError(cause: unknown, name: string, executionProvider: WebExecutionProvider): unknown {
  if (cause instanceof FaceError) return cause;
  const reason = toOneLine(cause);
  if (/dimension|shape|Invalid rank|missing in 'feeds'|Invalid Feed/i.test(reason)) {
    return new FaceError('SHAPE_MISMATCH', `${name}: ${reason}`, { model: name }, { cause });
  }
  // After a trap the wasm module's memory is in no known state: only a new worker helps.
  const isFatal =
    cause instanceof WebAssembly.RuntimeError || /out of memory|memory access out of bounds|unreachable|Aborted\(/i.test(reason);
  return new FaceError(
    isFatal ? 'WORKER_CRASHED' : 'BACKEND_UNAVAILABLE',
    `${name} failed on "${executionProvider}": ${reason}`,
    { model: name, executionProvider },
    { cause },
  );
}

function toTensorInfo(metadata: OrtSession.ValueMetadata): TensorInfo {
  return { name: metadata.name, dims: metadata.isTensor ? metadata.shape : [] };
}

/** ONNX Runtime reports by text alone whether the model or the provider is at fault. */
function isModelFault(reason: string): boolean {
  return /protobuf|INVALID_GRAPH|invalid model|ModelProto|No graph was found|opset|Load model .* failed|INVALID_PROTOBUF|not a registered function/i.test(
    reason,
  );
}

/** Messages of ONNX Runtime run over several lines. */
function toOneLine(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replace(/\s+/g, ' ').trim();
}
