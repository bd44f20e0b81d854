/** ONNX Runtime in Node as an inference backend. One backend runs one execution provider, and says so honestly. */

import {
  asHostTensor,
  type ExecutionProvider,
  FaceError,
  type HostTensor,
  type InferenceBackend,
  type InferenceSession,
  type Tensor,
} from '@isoface/core';
import type { InferenceSession as OrtSession, Tensor as OrtTensor } from 'onnxruntime-node';

/** Execution providers that ONNX Runtime can have in Node. */
export type NodeExecutionProvider = Extract<ExecutionProvider, 'cpu' | 'webgpu' | 'cuda'>;

/** Options of {@link createOrtNodeBackend}. */
export interface OrtNodeBackendOptions {
  readonly executionProvider: NodeExecutionProvider;
  /** Threads inside one model run. One is best where several workers run: they share the cores. @defaultValue 1 */
  readonly intraOpThreads?: number | undefined;
  /** Whether those threads wait in a busy loop. @defaultValue false */
  readonly intraOpSpinning?: boolean | undefined;
}

/** What is missing when a provider does not start, in words that help. */
const ADVICE: Readonly<Record<NodeExecutionProvider, string>> = {
  cpu: 'Reinstall onnxruntime-node for this platform.',
  webgpu: 'It needs a GPU with a Vulkan, Metal or D3D12 driver that this process can open; ask for cpu or auto.',
  cuda: 'It needs Linux x64, an NVIDIA driver, CUDA 12 with cuDNN 9, and the CUDA libraries of onnxruntime-node (its install script downloads them; run it with `npm rebuild onnxruntime-node`). Ask for cpu or auto.',
};

/** Names of the execution providers that this build of ONNX Runtime carries; a carried provider may still lack its driver. */
export async function listBundledProviders(): Promise<readonly { readonly name: string; readonly bundled: boolean }[]> {
  const { listSupportedBackends } = await loadOrt();
  return listSupportedBackends();
}

/** Version of ONNX Runtime. */
export async function onnxruntimeVersion(): Promise<string> {
  const { env } = await loadOrt();
  return env.versions.node ?? env.versions.common;
}

/** ONNX Runtime is loaded by whoever runs models: the thread that only hands out work stays small and starts fast. */
function loadOrt(): Promise<typeof import('onnxruntime-node')> {
  return import('onnxruntime-node');
}

/** Creates the backend for one execution provider. */
export function createOrtNodeBackend(options: OrtNodeBackendOptions): InferenceBackend {
  const { executionProvider } = options;
  return {
    async createSession(model, { name, signal }): Promise<InferenceSession> {
      signal?.throwIfAborted();
      const session = await openSession(model, name, options);
      const { Tensor: Ort } = await loadOrt();
      return toInferenceSession(session, Ort, name, executionProvider);
    },
  };
}

async function openSession(
  model: Uint8Array,
  name: string,
  { executionProvider, intraOpThreads = 1, intraOpSpinning = false }: OrtNodeBackendOptions,
): Promise<OrtSession> {
  const { InferenceSession } = await loadOrt();
  try {
    return await InferenceSession.create(model, {
      executionProviders: [executionProvider],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      // Arenas keep what the largest run needed; without them memory is smaller, flat, and no slower here.
      enableCpuMemArena: false,
      intraOpNumThreads: intraOpThreads,
      interOpNumThreads: 1,
      // Warnings of ONNX Runtime go to standard error and would mix with a program's own output; errors are thrown anyway.
      logSeverityLevel: 3,
      extra: { session: { intra_op: { allow_spinning: intraOpSpinning ? '1' : '0' } } },
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
    throw new FaceError(
      'BACKEND_UNAVAILABLE',
      `The execution provider "${executionProvider}" does not start: ${reason} ${ADVICE[executionProvider]}`,
      { executionProvider, model: name },
      { cause },
    );
  }
}

/** ONNX Runtime's messages run over several lines, source paths included. */
function toOneLine(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replace(/\s+/g, ' ').trim();
}

/** ONNX Runtime reports by text alone whether the model or the provider is at fault. */
function isModelFault(reason: string): boolean {
  return /protobuf|INVALID_GRAPH|invalid model|ModelProto|No graph was found|opset|Load model .* failed|INVALID_PROTOBUF|not a registered function/i.test(
    reason,
  );
}

function toInferenceSession(
  session: OrtSession,
  Ort: typeof OrtTensor,
  name: string,
  executionProvider: NodeExecutionProvider,
): InferenceSession {
  let isDisposed = false;
  let running = 0;
  let onIdle: (() => void) | undefined;

  return {
    executionProvider,
    inputs: session.inputMetadata.map(toTensorInfo),
    outputs: session.outputMetadata.map(toTensorInfo),
    async run(inputs) {
      if (isDisposed) throw new FaceError('DISPOSED', `Expected an open session of ${name}, got a disposed one.`, { model: name });
      const feeds = Object.fromEntries(Object.entries(inputs).map(([input, tensor]) => [input, toOrtTensor(Ort, input, tensor)]));
      running++;
      try {
        const outputs = await session.run(feeds);
        return Object.fromEntries(Object.entries(outputs).map(([output, tensor]) => [output, toHostTensor(tensor)]));
      } catch (cause) {
        const reason = toOneLine(cause);
        if (/dimension|shape|Invalid rank|missing in 'feeds'|Invalid Feed/i.test(reason)) {
          throw new FaceError('SHAPE_MISMATCH', `${name}: ${reason}`, { model: name }, { cause });
        }
        throw new FaceError(
          'BACKEND_UNAVAILABLE',
          `${name} failed on "${executionProvider}": ${reason}`,
          { model: name, executionProvider },
          { cause },
        );
      } finally {
        running--;
        if (running === 0) onIdle?.();
      }
    },
    async dispose() {
      if (isDisposed) return;
      isDisposed = true;
      // Releasing under a running model is undefined behaviour.
      if (running > 0) {
        await new Promise<void>((resolve) => {
          onIdle = resolve;
        });
      }
      await session.release();
    },
  };
}

function toTensorInfo(metadata: OrtSession.ValueMetadata): { name: string; dims: readonly (number | string)[] } {
  return { name: metadata.name, dims: metadata.isTensor ? metadata.shape : [] };
}

function toOrtTensor(Ort: typeof OrtTensor, name: string, tensor: Tensor): OrtTensor {
  if (tensor.location === 'host') return new Ort('float32', tensor.data, tensor.dims);
  throw new FaceError('SHAPE_MISMATCH', `Expected input "${name}" in ordinary memory, got a device tensor; this backend takes none.`, {
    input: name,
  });
}

function toHostTensor(tensor: OrtTensor): HostTensor {
  if (!(tensor.data instanceof Float32Array)) {
    throw new FaceError('SHAPE_MISMATCH', `Expected float32 outputs, got ${tensor.type}.`, { type: tensor.type });
  }
  return asHostTensor(tensor.data, tensor.dims);
}
