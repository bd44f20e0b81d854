/** Pauses for garbage, and what they did to the analyses that they fell into. */

import { medianOf, quantileOf } from '../../statistics.ts';
import type { AnalysisTrace, GcKind, GcPause } from './memory-piece.ts';

/** Pauses of one kind. */
export interface GcSummary {
  readonly kind: GcKind;
  readonly count: number;
  readonly totalMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Sums up the pauses by kind; kinds that did not occur are left out. */
export function summarizePauses(pauses: readonly GcPause[]): GcSummary[] {
  return (['minor', 'major', 'incremental', 'weak callbacks'] as const).flatMap((kind) => {
    const durations = pauses.filter((pause) => pause.kind === kind).map(({ durationMs }) => durationMs);
    if (durations.length === 0) return [];
    return {
      kind,
      count: durations.length,
      totalMs: sum(durations),
      p50Ms: medianOf(durations),
      p99Ms: quantileOf(durations, 0.99),
      maxMs: Math.max(...durations),
    };
  });
}

/** The pauses that fell into each analysis, in the order of the analyses. */
export function pausesOfAnalyses({ startMs, wallMs }: AnalysisTrace, pauses: readonly GcPause[]): GcPause[][] {
  const sorted = [...pauses].sort((a, b) => a.startMs - b.startMs);
  let next = 0;
  return startMs.map((start, i) => {
    const end = start + (wallMs[i] as number);
    while (next < sorted.length && (sorted[next] as GcPause).startMs + (sorted[next] as GcPause).durationMs <= start) next++;
    const found: GcPause[] = [];
    for (let at = next; at < sorted.length && (sorted[at] as GcPause).startMs < end; at++) found.push(sorted[at] as GcPause);
    return found;
  });
}

/** Latency of a group of analyses. */
export interface LatencySummary {
  readonly group: 'all' | 'no garbage collected' | 'minor collection' | 'major collection';
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Median of what they took beyond the median of their own picture, ms: pictures differ in faces, so latencies alone cannot be compared. */
  readonly excessMs: number;
}

/** Latency of all analyses, and of those during which garbage was collected. An incremental step counts as a part of a major collection. */
export function summarizeLatency(trace: AnalysisTrace, pauses: readonly GcPause[]): LatencySummary[] {
  const within = pausesOfAnalyses(trace, pauses);
  const usual = mediansByPicture(trace.pictures, trace.wallMs);
  const indices = Array.from(trace.wallMs.keys());
  const hasMajor = (i: number): boolean => within[i]?.some(({ kind }) => kind === 'major' || kind === 'incremental') ?? false;
  const hasAny = (i: number): boolean => (within[i]?.length ?? 0) > 0;
  const groups: readonly (readonly [LatencySummary['group'], readonly number[]])[] = [
    ['all', indices],
    ['no garbage collected', indices.filter((i) => !hasAny(i))],
    ['minor collection', indices.filter((i) => hasAny(i) && !hasMajor(i))],
    ['major collection', indices.filter(hasMajor)],
  ];
  return groups.flatMap(([group, members]) => {
    if (members.length === 0) return [];
    const walls = members.map((i) => trace.wallMs[i] as number);
    return {
      group,
      count: members.length,
      p50Ms: medianOf(walls),
      p99Ms: quantileOf(walls, 0.99),
      maxMs: Math.max(...walls),
      excessMs: medianOf(members.map((i) => (trace.wallMs[i] as number) - (usual.get(trace.pictures[i] as number) ?? 0))),
    };
  });
}

/** The median value of each picture. */
export function mediansByPicture(pictures: readonly number[], values: readonly number[]): Map<number, number> {
  const groups = new Map<number, number[]>();
  for (const [i, picture] of pictures.entries()) {
    const group = groups.get(picture) ?? [];
    group.push(values[i] as number);
    groups.set(picture, group);
  }
  return new Map(Array.from(groups, ([picture, group]) => [picture, medianOf(group)]));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
