/** Whether an execution provider really works on this machine. */

import { drawSelfTestFace } from '@isoface/core';
import { createFaceEngine, type NodeExecutionProvider } from '@isoface/runtime-node';
import { type ErrorData, toErrorData } from '../output/describe-error.ts';

/** Outcome of {@link probeProvider}. */
export type ProviderProbe =
  | { readonly works: true; readonly startMs: number; readonly analysisMs: number }
  | { readonly works: false; readonly error: ErrorData };

/** Runs counted after one warm-up. */
const RUNS = 3;

/** Opens the starter pack on the provider and no other, which includes the self-test, and times the analysis of the test face. */
export async function probeProvider(executionProvider: NodeExecutionProvider, signal: AbortSignal): Promise<ProviderProbe> {
  try {
    const start = performance.now();
    const engine = await createFaceEngine({ pack: 'starter', executionProviders: executionProvider, threads: 1, offline: true, signal });
    const startMs = performance.now() - start;
    try {
      const face = drawSelfTestFace();
      await engine.analyze(face, { signal });
      const warm = performance.now();
      for (let i = 0; i < RUNS; i++) await engine.analyze(face, { signal });
      return { works: true, startMs, analysisMs: (performance.now() - warm) / RUNS };
    } finally {
      await engine.dispose();
    }
  } catch (error) {
    signal.throwIfAborted();
    return { works: false, error: toErrorData(error) };
  }
}
