/** Pauses of this thread for garbage. */

import { constants, type PerformanceEntry, PerformanceObserver, performance } from 'node:perf_hooks';
import type { GcKind, GcPause } from './memory-piece.ts';

/** Collects the pauses from its creation on. */
export interface GcWatch {
  /** Resolves with all pauses, those of collections that were asked for too, and ends the watch. */
  stop(): Promise<readonly WatchedPause[]>;
}

/** A pause, and whether the program asked for it. */
export interface WatchedPause extends GcPause {
  readonly isForced: boolean;
}

/** What Node tells of a pause; its type declarations lack it. */
interface GcEntry extends PerformanceEntry {
  readonly detail: { readonly kind: number; readonly flags: number };
}

const KINDS: ReadonlyMap<number, GcKind> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weak callbacks'],
]);

/** Begins to watch. */
export function watchGc(): GcWatch {
  const pauses: WatchedPause[] = [];
  const take = (entries: readonly PerformanceEntry[]): void => {
    for (const { startTime, duration, detail } of entries as readonly GcEntry[]) {
      const { kind, flags } = detail;
      const isForced = (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
      // Kinds that were added later move objects of the young generation, as the minor one does.
      pauses.push({ kind: KINDS.get(kind) ?? 'minor', startMs: round(startTime), durationMs: round(duration), isForced });
    }
  };
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return {
    async stop() {
      // Entries are delivered in a task of their own.
      await new Promise((resolve) => setTimeout(resolve, 20));
      take(observer.takeRecords());
      observer.disconnect();
      return pauses.sort((a, b) => a.startMs - b.startMs);
    },
  };
}

/** The pauses that the program did not ask for. */
export function unasked(pauses: readonly WatchedPause[]): GcPause[] {
  return pauses.filter(({ isForced }) => !isForced).map(({ kind, startMs, durationMs }) => ({ kind, startMs, durationMs }));
}

/** The clock that pauses are given by. */
export function nowMs(): number {
  return round(performance.now());
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
