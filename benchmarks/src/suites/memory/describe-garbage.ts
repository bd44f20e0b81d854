/** What an analysis allocates, and what collecting it costs. */

import type { HistogramSeries, Table } from '@isoface/evaluation';
import { rounded } from '../../rounded.ts';
import type { MeasuredPiece } from '../../run/suite.ts';
import { cutInParts } from './judge-growth.ts';
import type { ThreadSoak } from './memory-piece.ts';
import type { MemorySection } from './memory-section.ts';
import { summarizeAllocation } from './summarize-allocation.ts';
import { summarizeLatency, summarizePauses } from './summarize-gc.ts';

/** Edges of the histogram of pauses, ms: each a quarter wider than the one before. */
const EDGES = Array.from({ length: 44 }, (_, i) => 0.01 * 1.25 ** i);
const PARTS = 10;

/** Of fewer analyses, what the platform keeps once counts as if each of them had kept it. */
const LEAST_ANALYSES = 500;

/** Describes the soaks on the main thread. */
export function describeGarbage(soaks: readonly MeasuredPiece<ThreadSoak>[]): MemorySection {
  if (soaks.length === 0) return { series: [], findings: [], charts: [], tables: [] };
  const measured = soaks.map(({ name, value }) => ({ name, value, allocation: summarizeAllocation(value.trace, value.pauses) }));
  return {
    series: measured.flatMap(({ name, value, allocation }) => {
      const key = `${value.runtime}/${value.pack}/thread`;
      const pictures = Array.from(allocation.byPicture).sort(([a], [b]) => a - b);
      const ids = pictures.map(([picture]) => value.pictures[picture]?.name ?? String(picture));
      const base = { piece: name, better: 'lower' } as const;
      return [
        ...(ids.length === 0
          ? []
          : ([
              { ...base, key: `${key}/heap-per-analysis`, unit: 'bytes', ids, samples: pictures.map(([, { heapBytes }]) => heapBytes) },
              {
                ...base,
                key: `${key}/buffers-per-analysis`,
                unit: 'bytes',
                ids,
                samples: pictures.map(([, { externalBytes }]) => externalBytes),
              },
            ] as const)),
        { ...base, key: `${key}/gc-per-analysis`, unit: 'ms', samples: gcOfParts(value) } as const,
      ];
    }),
    findings: measured.flatMap(({ value, allocation }) => describeFinding(value, allocation)),
    charts: [
      {
        kind: 'histogram',
        title: 'Pauses for garbage',
        description: 'How long the main thread stood still for a garbage collection while an engine worked on it.',
        x: { label: 'Pause, ms', scale: 'log' },
        series: measured.flatMap(({ value }) => toHistogram(value)),
      },
    ],
    tables: [toAllocationTable(measured), toPauseTable(soaks), toLatencyTable(soaks)],
  };
}

type Allocation = ReturnType<typeof summarizeAllocation>;

/** Milliseconds of pauses per analysis, of parts of the soak that follow one another. */
function gcOfParts({ trace, pauses }: ThreadSoak): number[] {
  return cutInParts(Array.from(trace.startMs.keys()), PARTS).map((part) => {
    const from = trace.startMs[part[0] ?? 0] as number;
    const last = part.at(-1) ?? 0;
    const to = (trace.startMs[last] as number) + (trace.wallMs[last] as number);
    const within = pauses.filter(({ startMs }) => startMs >= from && startMs < to);
    return rounded(within.reduce((sum, { durationMs }) => sum + durationMs, 0) / part.length);
  });
}

function describeFinding(
  { runtime, pack, trace, pauses, reachable }: ThreadSoak,
  { heapBytes, externalBytes, counted }: Allocation,
): string[] {
  const analyses = trace.wallMs.length;
  if (analyses === 0) return [];
  const who = `${runtime}, ${pack}`;
  const gcMs = pauses.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const wallMs = trace.wallMs.reduce((sum, ms) => sum + ms, 0);
  const kept = (reachable.after - reachable.before) / analyses;
  const allocation =
    counted === 0
      ? []
      : [
          `${who}: an analysis allocates ${toKiB(heapBytes)} KiB of objects and ${toKiB(externalBytes)} KiB of buffers, mean over the pictures.`,
        ];
  return [
    ...allocation,
    `${who}: pauses for garbage take ${rounded((gcMs / wallMs) * 100)} % of the time, ${rounded(gcMs / analyses)} ms per analysis; the longest took ${rounded(Math.max(0, ...pauses.map(({ durationMs }) => durationMs)))} ms.`,
    ...(analyses < LEAST_ANALYSES
      ? []
      : [
          `${who}: after ${analyses.toLocaleString('en-US')} analyses and a full collection ${rounded(kept)} bytes per analysis are still reachable.`,
        ]),
  ];
}

function toHistogram({ runtime, pack, pauses }: ThreadSoak): HistogramSeries[] {
  return (['minor', 'major'] as const).flatMap((kind) => {
    // Steps of a major collection are parts of it; callbacks are hardly ever seen.
    const durations = pauses.filter((pause) => (pause.kind === 'minor') === (kind === 'minor')).map(({ durationMs }) => durationMs);
    if (durations.length === 0) return [];
    const counts = EDGES.slice(1).map((edge, i) => durations.filter((ms) => ms >= (EDGES[i] ?? 0) && ms < edge).length);
    return { name: `${runtime}, ${pack}, ${kind}`, edges: EDGES, counts };
  });
}

function toAllocationTable(measured: readonly { readonly value: ThreadSoak; readonly allocation: Allocation }[]): Table {
  return {
    caption: 'What an analysis allocates',
    columns: ['Runtime', 'Pack', 'Picture', 'Faces', 'Objects, KiB', 'Buffers, KiB'].map((label) => ({ label })),
    rows: measured.flatMap(({ value, allocation }) =>
      Array.from(allocation.byPicture)
        .sort(([a], [b]) => a - b)
        .map(([picture, { heapBytes, externalBytes }]) => [
          value.runtime,
          value.pack,
          value.pictures[picture]?.name ?? String(picture),
          value.pictures[picture]?.faces,
          toKiB(heapBytes),
          toKiB(externalBytes),
        ]),
    ),
    note:
      'Objects lie in the JavaScript heap; buffers outside of it: pixels, tensors, outputs of models. By how much the heap grew over each analysis ' +
      'during which no garbage was collected: medians by picture. A file is decoded in each analysis, other pictures are given as pixels.',
  };
}

function toPauseTable(soaks: readonly MeasuredPiece<ThreadSoak>[]): Table {
  return {
    caption: 'Pauses for garbage on the main thread',
    columns: ['Runtime', 'Pack', 'Kind', 'Pauses', 'Total, ms', 'Per analysis, ms', 'p50, ms', 'p99, ms', 'Longest, ms'].map((label) => ({
      label,
    })),
    rows: soaks.flatMap(({ value }) =>
      summarizePauses(value.pauses).map(({ kind, count, totalMs, p50Ms, p99Ms, maxMs }) => [
        value.runtime,
        value.pack,
        kind,
        count,
        rounded(totalMs),
        rounded(totalMs / Math.max(1, value.trace.wallMs.length)),
        rounded(p50Ms),
        rounded(p99Ms),
        rounded(maxMs),
      ]),
    ),
    note: 'By the performance observer of Node; collections that the measurement asked for are left out, and so is what other threads collect meanwhile.',
  };
}

function toLatencyTable(soaks: readonly MeasuredPiece<ThreadSoak>[]): Table {
  return {
    caption: 'Analyses and the garbage that was collected during them',
    columns: ['Runtime', 'Pack', 'Analyses with', 'Number', 'p50, ms', 'p99, ms', 'Longest, ms', 'Beyond the usual, ms'].map((label) => ({
      label,
    })),
    rows: soaks.flatMap(({ value }) =>
      summarizeLatency(value.trace, value.pauses).map(({ group, count, p50Ms, p99Ms, maxMs, excessMs }) => [
        value.runtime,
        value.pack,
        group,
        count,
        rounded(p50Ms),
        rounded(p99Ms),
        rounded(maxMs),
        rounded(excessMs),
      ]),
    ),
    note: 'Beyond the usual: the median of what an analysis took more than the median of all analyses of the same picture.',
  };
}

function toKiB(bytes: number): number {
  return rounded(bytes / 1024);
}
