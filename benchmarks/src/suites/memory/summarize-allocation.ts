/** How much an analysis allocates. */

import { medianOf } from '../../statistics.ts';
import type { AnalysisTrace, GcPause } from './memory-piece.ts';
import { mediansByPicture, pausesOfAnalyses } from './summarize-gc.ts';

/** New bytes of one analysis. */
export interface Allocation {
  /** By index of the picture. */
  readonly byPicture: ReadonlyMap<number, { readonly heapBytes: number; readonly externalBytes: number }>;
  /** Means over the pictures. */
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** Analyses that could be counted. */
  readonly counted: number;
}

/**
 * Derives what an analysis allocates. Node tells how much the heap holds, not how much was ever allocated; but as long as no garbage is collected
 * the heap only grows, by exactly that. So the difference over each analysis without a collection is taken, and the median for each picture.
 * The analysis after a collection does not count either: buffers are freed on another thread after the pause has ended.
 */
export function summarizeAllocation(trace: AnalysisTrace, pauses: readonly GcPause[]): Allocation {
  const clean = findQuiet(trace, pauses);
  const pictures = clean.map((i) => trace.pictures[i] as number);
  const heap = mediansByPicture(
    pictures,
    clean.map((i) => trace.heapBytes[i] as number),
  );
  const external = mediansByPicture(
    pictures,
    clean.map((i) => trace.externalBytes[i] as number),
  );
  return {
    byPicture: new Map(Array.from(heap, ([picture, heapBytes]) => [picture, { heapBytes, externalBytes: external.get(picture) ?? 0 }])),
    heapBytes: meanOf(Array.from(heap.values())),
    externalBytes: meanOf(Array.from(external.values())),
    counted: clean.length,
  };
}

/** New bytes of equal pieces of work, by the same rule: medians, NaN where garbage was collected in each. */
export function medianAllocation(
  trace: AnalysisTrace,
  pauses: readonly GcPause[],
): { readonly heapBytes: number; readonly externalBytes: number } {
  const quiet = findQuiet(trace, pauses);
  return {
    heapBytes: medianOf(quiet.map((i) => trace.heapBytes[i] as number)),
    externalBytes: medianOf(quiet.map((i) => trace.externalBytes[i] as number)),
  };
}

/** Analyses during which no garbage was collected, nor from the start of the one before on. */
function findQuiet(trace: AnalysisTrace, pauses: readonly GcPause[]): number[] {
  const { startMs, wallMs } = trace;
  // The time from the start of the analysis before to the end of this one.
  const from = startMs.map((start, i) => startMs[i - 1] ?? start);
  const spans: AnalysisTrace = {
    ...trace,
    startMs: from,
    wallMs: from.map((start, i) => (startMs[i] as number) + (wallMs[i] as number) - start),
  };
  return Array.from(pausesOfAnalyses(spans, pauses).entries()).flatMap(([i, within]) => (within.length === 0 ? i : []));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
