/** Why a runtime is not measured on this machine. */

import { availableParallelism } from 'node:os';
import { isFaceError } from '@isoface/core';
import { hasGpuDevice } from './gpu-device.ts';
import { measureNodeStart } from './node-start.ts';
import { isBrowserRuntime, type RuntimeName } from './runtime-name.ts';

const NO_GPU = 'No GPU device was found. Name the runtime to measure an emulated one, where there is one.';

/**
 * Looks for what a runtime needs.
 *
 * @param wanted - The runtime was named: an emulated GPU will do then, and threads that share one core.
 * @returns What is missing and what to do about it, or `undefined` if the runtime can be measured.
 */
export async function findRuntimeObstacle(runtime: RuntimeName, wanted: boolean, signal: AbortSignal): Promise<string | undefined> {
  signal.throwIfAborted();
  if (runtime === 'node-cpu') return undefined;
  const needsGpu = runtime === 'node-webgpu' || runtime === 'node-cuda' || runtime === 'web-webgpu';
  if (needsGpu && !wanted && !hasGpuDevice()) return NO_GPU;
  if (runtime === 'web-wasm-threads' && !wanted && availableParallelism() < 2) return 'Threads would share one core.';
  if (isBrowserRuntime(runtime)) {
    // Loaded when needed: Playwright takes 55 MB, which would count in what other suites measure.
    const { findBrowserObstacle } = await import('./find-browser-obstacle.ts');
    return findBrowserObstacle({ gpu: runtime === 'web-webgpu' ? (wanted ? 'any' : 'hardware') : undefined }, signal);
  }
  return tryInNode(runtime === 'node-cuda' ? 'cuda' : 'webgpu', signal);
}

/** Starts an engine in a process of its own: a native library that fails may end the process that it is in. */
async function tryInNode(executionProvider: 'cuda' | 'webgpu', signal: AbortSignal): Promise<string | undefined> {
  try {
    await measureNodeStart({ pack: 'starter', executionProvider, images: [] }, signal);
    return undefined;
  } catch (error) {
    if (!isFaceError(error, 'BACKEND_UNAVAILABLE', 'SELF_TEST_FAILED')) throw error;
    return error.message;
  }
}
