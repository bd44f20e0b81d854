/** Memory of this process. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MemorySample } from './memory-piece.ts';

/** Reads the memory now. */
export function sampleMemory(analyses: number): MemorySample {
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  return {
    analyses,
    rssMiB: toMiB(rss),
    heapUsedMiB: toMiB(heapUsed),
    externalMiB: toMiB(external),
    arrayBuffersMiB: toMiB(arrayBuffers),
  };
}

/** MiB with three decimals. */
export function toMiB(bytes: number): number {
  return Math.round((bytes / 2 ** 20) * 1000) / 1000;
}

/** Runs garbage collections. */
export interface Collector {
  /** Collects all garbage of this thread. */
  full(): void;
  /** Collects the garbage among new objects. */
  young(): void;
}

/** The collector of this thread. It is got without a flag of the process: flags are passed on to worker threads, which take none of the kind. */
export function findCollector(): Collector {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;
  return { full: () => collect(), young: () => collect({ type: 'minor' }) };
}

/** Bytes that are still reachable: what the heap and its objects hold after everything else was collected. */
export async function readReachable({ full }: Collector): Promise<number> {
  full();
  // Buffers are freed on another thread, and what finalizers let go of is garbage only for the next collection.
  await new Promise((resolve) => setTimeout(resolve, 30));
  full();
  await new Promise((resolve) => setTimeout(resolve, 30));
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
