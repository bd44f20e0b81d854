/** Analyses with what each of them took and left on the heap. */

import { getHeapStatistics } from 'node:v8';
import { medianOf } from '../../statistics.ts';
import type { AnalysisTrace } from './memory-piece.ts';
import { nowMs } from './watch-gc.ts';

/** A trace that grows. */
export interface TraceRecorder {
  readonly trace: AnalysisTrace;
  /** Runs one piece of work and notes it. */
  record(picture: number, work: () => Promise<unknown>): Promise<void>;
}

/** How often reading the heap is timed for what it allocates itself. */
const OWN_ROUNDS = 25;

/** Creates an empty trace. */
export function createTraceRecorder(): TraceRecorder {
  const own = measureOwnBytes();
  const trace = {
    pictures: [] as number[],
    startMs: [] as number[],
    wallMs: [] as number[],
    heapBytes: [] as number[],
    externalBytes: [] as number[],
  };
  return {
    trace,
    async record(picture, work) {
      const before = getHeapStatistics();
      const startMs = nowMs();
      await work();
      const endMs = nowMs();
      const after = getHeapStatistics();
      trace.pictures.push(picture);
      trace.startMs.push(startMs);
      trace.wallMs.push(Math.round((endMs - startMs) * 1000) / 1000);
      trace.heapBytes.push(after.used_heap_size - before.used_heap_size - own);
      trace.externalBytes.push(after.external_memory - before.external_memory);
    },
  };
}

/** What one reading of the heap adds to it. */
function measureOwnBytes(): number {
  const differences: number[] = [];
  for (let i = 0; i < OWN_ROUNDS; i++) {
    const before = getHeapStatistics().used_heap_size;
    differences.push(getHeapStatistics().used_heap_size - before);
  }
  return Math.max(0, medianOf(differences));
}
