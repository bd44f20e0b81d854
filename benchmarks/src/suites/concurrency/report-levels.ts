/** What is said of piece `levels`. */

import type { Chart, LineChart, Table } from '@isoface/evaluation';
import { countCallers, rounded, toPercent, toRange } from '../../rounded.ts';
import type { Series } from '../../run/suite.ts';
import {
  adviseConcurrency,
  type ConcurrencyAdvice,
  HELD_SHARE,
  judgeTrial,
  measureHeldShare,
  type TrialVerdict,
} from './advise-concurrency.ts';
import type { LevelsPiece } from './concurrency-piece.ts';
import { findScalabilityPeak, fitUniversalScalability, predictThroughput, type UniversalScalability } from './fit-universal-scalability.ts';
import { type LevelSummary, summarizeLevels } from './level-summary.ts';
import type { CsvRow, PieceReport } from './piece-report.ts';

/** The number of callers at which the throughput must be held, and how far its latency may exceed what the queue implies. */
const PROMISED_CALLERS = 100;
const LATENCY_FACTOR = 1.5;

/** Describes the curve, the fit of the law to it, the advice and its trial. */
export function reportLevels(name: string, piece: LevelsPiece): PieceReport {
  const pool = `${piece.runtime}, ${piece.pack}`;
  const levels = summarizeLevels(piece.blocks);
  const trial = summarizeLevels(piece.trial);
  const advice = adviseConcurrency(levels, piece.threads);
  const fit = levels.length < 3 ? undefined : fitUniversalScalability(piece.blocks.flat(), { servers: piece.threads });
  const verdict = piece.advised === undefined ? undefined : judgeTrial(trial, piece.advised, piece.threads);
  return {
    series: toSeries(name, piece, levels),
    findings: [
      ...(advice === undefined ? [] : [describeAdvice(pool, piece, advice)]),
      ...(verdict === undefined || piece.advised === undefined ? [] : [describeVerdict(pool, piece, piece.advised, verdict)]),
      ...describePromise(pool, piece, levels),
      ...(fit === undefined ? [] : [describeFit(pool, piece, fit)]),
    ],
    charts: levels.length < 2 ? [] : toCharts(pool, levels, fit, advice),
    tables: [
      toLevelTable(`${pool}: a pool of ${piece.threads} threads under callers that ask again at once`, piece, levels),
      ...(trial.length === 0 ? [] : [toTrialTable(pool, piece, trial)]),
    ],
    rows: [...toRows(name, piece, 'level', piece.blocks), ...toRows(name, piece, 'trial', piece.trial)],
  };
}

function describeAdvice(pool: string, { threads }: LevelsPiece, advice: ConcurrencyAdvice): string {
  const { capacity, baseLatencyMs, asymptoteCallers, callers } = advice;
  return `${pool}: ${threads} threads answer ${rounded(capacity)} analyses per second when all are at work; one caller alone waits ${rounded(baseLatencyMs)} ms for each. The bounds of one and of many callers meet at ${countCallers(rounded(asymptoteCallers))}; ${countCallers(callers)} ${callers === 1 ? 'is' : 'are'} the fewest with ${toPercent(HELD_SHARE)} of that throughput on the measured curve.`;
}

function describeVerdict(pool: string, { trial }: LevelsPiece, advised: number, verdict: TrialVerdict): string {
  const { heldShare, heldShareCi95, latencyP99Ms, bestLatencyP99Ms, bestCallers, outcome } = verdict;
  const measured = `${countCallers(advised)} had ${toPercent(heldShare)} ${toRange(heldShareCi95, toPercent)} of the throughput on the plateau at a 99th percentile of ${rounded(latencyP99Ms)} ms`;
  const best =
    bestCallers === advised
      ? 'the lowest'
      : `the lowest with ${toPercent(HELD_SHARE)} of the throughput being ${rounded(bestLatencyP99Ms)} ms with ${countCallers(bestCallers)}`;
  return `${pool}: measured anew in ${trial.length} blocks, ${measured}, ${best}. The advice was ${outcome === 'unclear' ? 'neither confirmed nor refuted' : outcome}.`;
}

/** Whether the throughput is held with very many callers, and whether they wait no longer than the queue makes them. */
function describePromise(pool: string, piece: LevelsPiece, levels: readonly LevelSummary[]): string[] {
  const level = levels.find(({ callers }) => callers === PROMISED_CALLERS);
  if (level === undefined || levels.length < 2) return [];
  const { share, ci95 } = measureHeldShare(levels, level, piece.threads);
  const queueMs = (1000 * level.callers) / level.throughput;
  const isHeld = share >= HELD_SHARE;
  const isBounded = level.latencyP99Ms <= LATENCY_FACTOR * queueMs;
  return [
    `${pool}: ${PROMISED_CALLERS} callers get ${toPercent(share)} ${toRange(ci95, toPercent)} of the throughput on the plateau (${isHeld ? 'at least' : 'less than'} ${toPercent(HELD_SHARE)}, ${piece.blocks.length} blocks). The 99th percentile of their latency is ${rounded(level.latencyP99Ms)} ms; ${PROMISED_CALLERS} callers over ${rounded(level.throughput)} answers per second are ${rounded(queueMs)} ms of waiting, and ${LATENCY_FACTOR} times that, ${rounded(LATENCY_FACTOR * queueMs)} ms, is ${isBounded ? 'not exceeded' : 'exceeded'}.`,
  ];
}

function describeFit(pool: string, { threads }: LevelsPiece, fit: UniversalScalability): string {
  const { ci95, r2 } = fit;
  // What the search leaves of 0.
  const [sigma, kappa] = [Number(fit.sigma.toFixed(6)), Number(fit.kappa.toFixed(8))];
  const terms = `contention ${rounded(sigma)}${ci95 === undefined ? '' : ` ${toRange(ci95.sigma)}`}, coherence ${rounded(kappa)}${ci95 === undefined ? '' : ` ${toRange(ci95.kappa)}`}`;
  const peak = Math.round(findScalabilityPeak(fit));
  const where = kappa === 0 && peak === threads ? `stays level from ${countCallers(peak)} on` : `is highest at ${countCallers(peak)}`;
  return `${pool}: the Universal Scalability Law for ${threads} threads fits with ${terms}, R² ${r2.toFixed(3)}; its throughput ${where}.`;
}

function toSeries(name: string, { runtime, pack, blocks }: LevelsPiece, levels: readonly LevelSummary[]): Series[] {
  const all = blocks.flat();
  return levels.flatMap(({ callers }): Series[] => {
    const own = all.filter((result) => result.callers === callers);
    const key = (metric: string): string => `${runtime}/${pack}/callers-${callers}/${metric}`;
    const samples = (read: (result: LevelsPiece['blocks'][number][number]) => number): number[] => own.map(read);
    return [
      { key: key('throughput'), piece: name, unit: '1/s', better: 'higher', samples: samples(({ throughput }) => throughput) },
      { key: key('latency-p50'), piece: name, unit: 'ms', better: 'lower', samples: samples(({ latencyP50Ms }) => latencyP50Ms) },
      { key: key('latency-p99'), piece: name, unit: 'ms', better: 'lower', samples: samples(({ latencyP99Ms }) => latencyP99Ms) },
      { key: key('cpu'), piece: name, unit: 'ms', better: 'lower', samples: samples(({ cpuMs }) => cpuMs) },
    ];
  });
}

function toCharts(
  pool: string,
  levels: readonly LevelSummary[],
  fit: UniversalScalability | undefined,
  advice: ConcurrencyAdvice | undefined,
): Chart[] {
  const x = { label: 'callers', scale: 'log' } as const;
  const all = levels.map(({ callers }) => callers);
  const dense = spread(Math.min(...all), Math.max(...all));
  const throughput: LineChart = {
    kind: 'line',
    title: `${pool}: throughput over callers`,
    description: 'Answers per second for numbers of callers that ask again at once, with 95 % intervals, and what bounds and law say.',
    x,
    y: { label: 'answers per second', scale: 'linear', min: 0 },
    series: [
      {
        name: 'measured',
        points: levels.map((level) => [level.callers, level.throughput]),
        band: {
          lower: levels.map(({ callers, throughputCi95: [lower] }) => [callers, lower]),
          upper: levels.map(({ callers, throughputCi95: [, upper] }) => [callers, upper]),
        },
      },
      ...(fit === undefined
        ? []
        : [{ name: 'Universal Scalability Law', points: dense.map((callers) => [callers, predictThroughput(fit, callers)] as const) }]),
      ...(advice === undefined
        ? []
        : [
            {
              name: 'bounds: base latency, capacity',
              points: dense.map((callers) => [callers, Math.min((1000 * callers) / advice.baseLatencyMs, advice.capacity)] as const),
            },
          ]),
    ],
    marks: advice === undefined ? [] : [{ x: advice.callers, y: interpolate(levels, advice.callers), label: `advised: ${advice.callers}` }],
  };
  const latency: LineChart = {
    kind: 'line',
    title: `${pool}: latency over callers`,
    description: 'Latency of a call for numbers of callers, beside what the length of the queue implies.',
    x,
    y: { label: 'milliseconds', scale: 'log' },
    series: [
      { name: 'median', points: levels.map((level) => [level.callers, level.latencyP50Ms]) },
      { name: '99th percentile', points: levels.map((level) => [level.callers, level.latencyP99Ms]) },
      { name: 'callers over throughput', points: levels.map((level) => [level.callers, (1000 * level.callers) / level.throughput]) },
    ],
  };
  return [throughput, latency];
}

/** Forty values at even ratios. */
function spread(from: number, to: number): number[] {
  return Array.from({ length: 40 }, (_, i) => from * (to / from) ** (i / 39));
}

function interpolate(levels: readonly LevelSummary[], callers: number): number {
  const above = levels.findIndex((level) => level.callers >= callers);
  const [a, b] = [levels[above - 1] ?? levels[above], levels[above]];
  if (a === undefined || b === undefined || a === b) return b?.throughput ?? Number.NaN;
  return a.throughput + ((b.throughput - a.throughput) * (callers - a.callers)) / (b.callers - a.callers);
}

function toLevelTable(caption: string, piece: LevelsPiece, levels: readonly LevelSummary[]): Table {
  const { frameBytes, answerBytes } = piece.facts;
  return {
    caption,
    columns: [
      { label: 'Callers', align: 'right' },
      { label: 'Answers per second' },
      { label: '95 % interval' },
      { label: 'Latency, median ms' },
      { label: '99th percentile ms' },
      { label: 'Waiting, median ms' },
      { label: '99th percentile ms' },
      { label: 'Work, median ms' },
      { label: 'Busy threads' },
      { label: 'CPU ms per answer' },
      { label: 'Event-loop lag, 99th percentile ms' },
      { label: 'Resident MiB' },
      { label: 'Counted answers' },
    ],
    rows: levels.map((level) => [
      String(level.callers),
      rounded(level.throughput),
      toRange(level.throughputCi95),
      rounded(level.latencyP50Ms),
      rounded(level.latencyP99Ms),
      rounded(level.waitP50Ms),
      rounded(level.waitP99Ms),
      rounded(level.workP50Ms),
      rounded(level.busyThreads),
      rounded(level.cpuMs),
      rounded(level.loopLagP99Ms),
      rounded(level.residentMiB),
      level.answers,
    ]),
    note: `Medians of ${piece.blocks.length} blocks, each with all numbers of callers in an order of its own; latencies of all blocks together. Waiting is latency less the stages of the analysis: the queue and the way between threads. ${frameBytes.toLocaleString('en-US')} bytes of pixels go to a thread with each call, ${answerBytes.toLocaleString('en-US')} bytes come back. The queue was opened for all callers.`,
  };
}

function toTrialTable(pool: string, { advised, threads, trial: blocks }: LevelsPiece, trial: readonly LevelSummary[]): Table {
  return {
    caption: `${pool}: the advised number of callers put to the test`,
    columns: [
      { label: 'Callers' },
      { label: 'Answers per second' },
      { label: 'Of the plateau' },
      { label: '95 % interval' },
      { label: 'Latency, median ms' },
      { label: '99th percentile ms' },
      { label: 'Counted answers' },
    ],
    rows: trial.map((level) => {
      const { share, ci95 } = measureHeldShare(trial, level, threads);
      return [
        level.callers === advised ? `${level.callers} (advised)` : String(level.callers),
        rounded(level.throughput),
        toPercent(share),
        toRange(ci95, toPercent),
        rounded(level.latencyP50Ms),
        rounded(level.latencyP99Ms),
        level.answers,
      ];
    }),
    note: `${blocks.length} blocks after those that the advice comes from. Plateau: the median of all numbers of callers from twice the threads on, in each block. The advice is right if it holds ${toPercent(HELD_SHARE)} of it and no other that does has a 99th percentile more than a tenth lower.`,
  };
}

function toRows(name: string, piece: LevelsPiece, part: string, blocks: LevelsPiece['blocks']): CsvRow[] {
  const { runtime, pack, threads } = piece;
  return blocks.flatMap((block, index) =>
    block.map(({ callers, latenciesMs: _, ...result }) => ({
      piece: name,
      runtime,
      pack,
      threads,
      part,
      block: index + 1,
      setting: `${callers} callers`,
      ...result,
    })),
  );
}
