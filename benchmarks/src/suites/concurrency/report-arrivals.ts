/** What is said of piece `arrivals`. */

import type { Chart } from '@isoface/evaluation';
import { rounded, toPercent } from '../../rounded.ts';
import type { Series } from '../../run/suite.ts';
import { medianOf, quantileOf } from '../../statistics.ts';
import type { ArrivalsPiece } from './concurrency-piece.ts';
import type { PieceReport } from './piece-report.ts';

interface LoadSummary {
  readonly load: number;
  readonly perSecond: number;
  readonly throughput: number;
  readonly arrived: number;
  readonly answered: number;
  readonly refusedShare: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  /** What a call waits at most that finds one free place in the queue. */
  readonly boundMs: number;
  readonly refusalMaxMs: number | undefined;
}

/** Describes latency and refusals under calls that come by themselves. */
export function reportArrivals(name: string, piece: ArrivalsPiece): PieceReport {
  const { runtime, pack, threads, maxQueue } = piece;
  const pool = `${runtime}, ${pack}`;
  const loads = Array.from(new Set(piece.runs.map(({ load }) => load)))
    .sort((a, b) => a - b)
    .map((load) => summarizeLoad(piece, load));
  return {
    series: loads.flatMap(({ load }): Series[] => {
      const own = piece.runs.filter((run) => run.load === load);
      const key = (metric: string): string => `${runtime}/${pack}/arrivals-${load}/${metric}`;
      const latencies = own.map(({ latencyP99Ms }) => latencyP99Ms).filter((value) => value !== undefined);
      return [
        { key: key('latency-p99'), piece: name, unit: 'ms', better: 'lower', samples: latencies },
        { key: key('throughput'), piece: name, unit: '1/s', better: 'higher', samples: own.map(({ throughput }) => throughput) },
      ];
    }),
    findings: loads.map((load) => `${pool}: ${describeLoad(load, maxQueue)}`),
    charts: toCharts(pool, loads),
    tables: [
      {
        caption: `${pool}: calls that arrive at random times, ${maxQueue} may wait`,
        columns: [
          { label: 'Of the capacity' },
          { label: 'Arrivals per second' },
          { label: 'Answers per second' },
          { label: 'Refused' },
          { label: 'Latency, median ms' },
          { label: '99th percentile ms' },
          { label: 'Implied by a full queue, ms' },
          { label: 'Refusal, longest ms' },
          { label: 'Counted arrivals' },
        ],
        rows: loads.map((load) => [
          toPercent(load.load),
          rounded(load.perSecond),
          rounded(load.throughput),
          toPercent(load.refusedShare),
          rounded(load.latencyP50Ms),
          rounded(load.latencyP99Ms),
          rounded(load.boundMs),
          load.refusalMaxMs,
          load.arrived,
        ]),
        note: `Poisson arrivals; the capacity is that of ${4 * threads} callers right before each block. Latency is counted from the moment at which a call was due. A full queue of ${maxQueue} and ${threads} calls under way over the capacity is the longest regular wait.`,
      },
    ],
    rows: piece.runs.map((run, i) => ({
      piece: name,
      runtime,
      pack,
      threads,
      part: 'arrivals',
      block: i + 1,
      setting: `${run.load} of ${run.capacity} per second`,
      answers: run.answered,
      throughput: run.throughput,
      latencyP50Ms: run.latencyP50Ms,
      latencyP99Ms: run.latencyP99Ms,
      loopLagP99Ms: run.loopLagP99Ms,
      residentMiB: run.residentMiB,
      refused: run.refused,
      refusalP50Ms: run.refusalP50Ms,
      refusalMaxMs: run.refusalMaxMs,
    })),
  };
}

function summarizeLoad({ runs, maxQueue, threads }: ArrivalsPiece, load: number): LoadSummary {
  const own = runs.filter((run) => run.load === load);
  const sum = (read: (run: ArrivalsPiece['runs'][number]) => number): number => own.reduce((total, run) => total + read(run), 0);
  const latencies = own.flatMap(({ latenciesMs }) => latenciesMs);
  const refusals = own.map(({ refusalMaxMs }) => refusalMaxMs).filter((value) => value !== undefined);
  const arrived = sum((run) => run.arrived);
  return {
    load,
    perSecond: medianOf(own.map(({ perSecond }) => perSecond)),
    throughput: medianOf(own.map(({ throughput }) => throughput)),
    arrived,
    answered: sum(({ answered }) => answered),
    refusedShare: arrived === 0 ? 0 : sum(({ refused }) => refused) / arrived,
    latencyP50Ms: quantileOf(latencies, 0.5),
    latencyP99Ms: quantileOf(latencies, 0.99),
    boundMs: (1000 * (maxQueue + threads)) / medianOf(own.map(({ capacity }) => capacity)),
    refusalMaxMs: refusals.length === 0 ? undefined : Math.max(...refusals),
  };
}

function describeLoad(
  { load, perSecond, refusedShare, latencyP99Ms, boundMs, refusalMaxMs, arrived }: LoadSummary,
  maxQueue: number,
): string {
  const said = refusalMaxMs === undefined ? '' : `, said within ${refusalMaxMs} ms`;
  return `${rounded(perSecond)} arrivals per second, ${toPercent(load)} of the capacity, with ${maxQueue} places in the queue: ${toPercent(refusedShare)} are refused${said}; the 99th percentile of the others' latency is ${rounded(latencyP99Ms)} ms, a full queue implies ${rounded(boundMs)} ms (${arrived} arrivals).`;
}

function toCharts(pool: string, loads: readonly LoadSummary[]): Chart[] {
  if (loads.length < 2) return [];
  return [
    {
      kind: 'line',
      title: `${pool}: latency over the load of random arrivals`,
      description: 'Latency of answered calls over arrivals per second divided by the capacity.',
      x: { label: 'arrivals over capacity', scale: 'linear' },
      y: { label: 'milliseconds', scale: 'linear', min: 0 },
      series: [
        { name: 'median', points: loads.map((load) => [load.load, load.latencyP50Ms]) },
        { name: '99th percentile', points: loads.map((load) => [load.load, load.latencyP99Ms]) },
        { name: 'implied by a full queue', points: loads.map((load) => [load.load, load.boundMs]) },
      ],
    },
  ];
}
