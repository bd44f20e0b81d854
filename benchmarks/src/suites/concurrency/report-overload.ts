/** What is said of piece `overload`. */

import { rounded } from '../../rounded.ts';
import { medianOf } from '../../statistics.ts';
import type { BurstVariant, OverloadPiece } from './concurrency-piece.ts';
import type { PieceReport } from './piece-report.ts';

interface VariantSummary {
  readonly variant: BurstVariant;
  readonly runs: number;
  readonly count: number;
  readonly answered: number;
  readonly refused: number;
  readonly givenUp: number;
  readonly refusalP50Ms: number | undefined;
  readonly refusalMaxMs: number | undefined;
  readonly latencyMaxMs: number | undefined;
  readonly growthMiB: number;
  readonly peakMiB: number;
}

/** Describes what a burst does to memory, and how it is refused. */
export function reportOverload(name: string, piece: OverloadPiece): PieceReport {
  const { runtime, pack, threads, frameBytes } = piece;
  const pool = `${runtime}, ${pack}`;
  const variants = Array.from(new Set(piece.runs.map(({ variant }) => variant)), (variant) => summarizeVariant(piece, variant));
  return {
    series: variants.map(({ variant }) => ({
      key: `${runtime}/${pack}/burst-${variant.replace(/\W+/g, '-')}/memory-growth`,
      piece: name,
      unit: 'MiB',
      better: 'lower',
      samples: piece.runs.filter((run) => run.variant === variant).map(growthOf),
    })),
    findings: variants.map((variant) => `${pool}: ${describeVariant(variant)}`),
    charts: [],
    tables: [
      {
        caption: `${pool}: many pictures at once, each with pixels of its own`,
        columns: [
          { label: 'Handed in by' },
          { label: 'Pictures' },
          { label: 'Answered' },
          { label: 'Refused' },
          { label: 'Given up' },
          { label: 'Refusal, median ms' },
          { label: 'Refusal, longest ms' },
          { label: 'Answer, longest ms' },
          { label: 'Peak MiB' },
          { label: 'Growth MiB' },
          { label: 'Runs' },
        ],
        rows: variants.map((variant) => [
          variant.variant === 'analyzeMany' ? 'analyzeMany' : `analyze, ${variant.variant}`,
          variant.count,
          rounded(variant.answered),
          rounded(variant.refused),
          rounded(variant.givenUp),
          variant.refusalP50Ms,
          variant.refusalMaxMs,
          variant.latencyMaxMs,
          rounded(variant.peakMiB),
          rounded(variant.growthMiB),
          variant.runs,
        ]),
        note: `Medians of the runs; each run is a process of its own with ${threads} threads, warm. A picture is ${frameBytes.toLocaleString('en-US')} bytes. Growth is the most that was resident while pictures waited less what was resident before. What was not answered after a fixed time was given up. A refusal is the error OVERLOADED.`,
      },
    ],
    rows: piece.runs.map((run, i) => ({
      piece: name,
      runtime,
      pack,
      threads,
      part: 'burst',
      block: i + 1,
      setting: `${run.variant}, ${run.count} pictures`,
      answers: run.answered,
      throughput: run.throughput,
      latencyP50Ms: run.latencyP50Ms,
      residentMiB: run.residentPeakMiB,
      refused: run.refused,
      refusalP50Ms: run.refusalP50Ms,
      refusalMaxMs: run.refusalMaxMs,
    })),
  };
}

function summarizeVariant(piece: OverloadPiece, variant: BurstVariant): VariantSummary {
  const runs = piece.runs.filter((run) => run.variant === variant);
  const median = (read: (run: OverloadPiece['runs'][number]) => number | undefined): number | undefined => {
    const values = runs.map(read).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : medianOf(values);
  };
  return {
    variant,
    runs: runs.length,
    count: median(({ count }) => count) ?? 0,
    answered: median(({ answered }) => answered) ?? 0,
    refused: median(({ refused }) => refused) ?? 0,
    givenUp: median(({ givenUp }) => givenUp) ?? 0,
    refusalP50Ms: median(({ refusalP50Ms }) => refusalP50Ms),
    refusalMaxMs: median(({ refusalMaxMs }) => refusalMaxMs),
    latencyMaxMs: median(({ latencyMaxMs }) => latencyMaxMs),
    growthMiB: median(growthOf) ?? 0,
    peakMiB: median(({ residentPeakMiB }) => residentPeakMiB) ?? 0,
  };
}

function growthOf({ residentPeakMiB, residentBeforeMiB }: OverloadPiece['runs'][number]): number {
  return Math.round((residentPeakMiB - residentBeforeMiB) * 10) / 10;
}

function describeVariant({ variant, count, refused, refusalP50Ms, refusalMaxMs, growthMiB, runs }: VariantSummary): string {
  const memory = `${rounded(growthMiB)} MiB more are resident (${runs} ${runs === 1 ? 'run' : 'runs'})`;
  if (variant === 'analyzeMany') return `analyzeMany over ${count} pictures refuses ${refused === 0 ? 'none' : refused}; ${memory}.`;
  if (variant === 'unbounded queue') return `${count} calls at once with a queue without bound: ${refused} are refused; ${memory}.`;
  const when = refusalP50Ms === undefined ? '' : ` after ${refusalP50Ms} ms (median; longest ${refusalMaxMs} ms)`;
  return `${count} calls at once with the default queue: ${refused} are refused with OVERLOADED${when}; ${memory}.`;
}
