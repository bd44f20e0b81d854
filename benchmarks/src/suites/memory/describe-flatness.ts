/** Memory over many analyses: whether it grows. */

import type { Table } from '@isoface/evaluation';
import { rounded } from '../../rounded.ts';
import type { MeasuredPiece } from '../../run/suite.ts';
import { medianOf } from '../../statistics.ts';
import {
  afterWarmup,
  cutInParts,
  FLAT_LIMIT,
  type Growth,
  judgeGrowth,
  LEAST_ANALYSES,
  type Reading,
  slopesOfParts,
} from './judge-growth.ts';
import type { PoolSoak, ThreadSoak, WebSoak } from './memory-piece.ts';
import type { MemorySection } from './memory-section.ts';

type Soak = ThreadSoak | PoolSoak | WebSoak;

const WAYS: Readonly<Record<Soak['kind'], string>> = { thread: 'main thread', pool: 'worker threads', web: 'worker of a page' };
/** Parts of a soak whose figures count as samples of it: neighbouring readings say the same. */
const PARTS = 10;

/** Describes the soaks. */
export function describeFlatness(soaks: readonly MeasuredPiece<Soak>[]): MemorySection {
  const judged = soaks.map(({ name, value }) => {
    const readings = readingsOf(value);
    return { name, value, readings, growth: judgeGrowth(readings), settled: medianOf(afterWarmup(readings).map(({ mib }) => mib)) };
  });
  return {
    series: judged.flatMap(({ name, value, readings }) => {
      const key = `${value.runtime}/${value.pack}/${value.kind}`;
      const base = { piece: name, unit: 'MiB', better: 'lower' } as const;
      const slopes = slopesOfParts(readings, PARTS);
      return [
        {
          ...base,
          key: `${key}/memory-after-warmup`,
          samples: cutInParts(afterWarmup(readings), PARTS).map((part) => medianOf(part.map(({ mib }) => mib))),
        },
        ...(slopes.length > 0 ? [{ ...base, key: `${key}/growth-per-1000-analyses`, samples: slopes }] : []),
        ...(value.kind === 'thread' ? [] : [{ ...base, key: `${key}/memory-after-dispose`, samples: [disposedOf(value)] }]),
      ];
    }),
    findings: judged.flatMap(({ value, readings, growth, settled }) => [
      ...(growth.verdict === 'undecided' ? [] : [describeVerdict(value, readings, growth)]),
      ...(value.kind === 'thread' || !Number.isFinite(settled)
        ? []
        : [`${nameOf(value)}: ${rounded(settled)} MiB while analyzing, ${rounded(disposedOf(value))} MiB after dispose.`]),
    ]),
    charts:
      judged.length === 0
        ? []
        : [
            {
              kind: 'line',
              title: 'Memory over analyses',
              description: 'Resident memory of the process in Node and private memory of the processes that run the page in a browser.',
              x: { label: 'Analyses', scale: 'linear', min: 0 },
              y: { label: 'Memory, MiB', scale: 'linear', min: 0 },
              series: judged.map(({ value, readings }) => ({
                name: nameOf(value),
                points: readings.map(({ analyses, mib }) => [analyses, mib] as const),
              })),
            },
          ],
    tables: judged.length === 0 ? [] : [toTable(judged)],
  };
}

/** The memory that is judged: of a process in Node all of it, of a browser what no other process shares. */
function readingsOf({ kind, samples }: Pick<Soak, 'kind' | 'samples'>): Reading[] {
  return kind === 'web'
    ? (samples as WebSoak['samples']).map(({ analyses, privateMiB }) => ({ analyses, mib: privateMiB }))
    : (samples as ThreadSoak['samples']).map(({ analyses, rssMiB }) => ({ analyses, mib: rssMiB }));
}

function disposedOf(value: PoolSoak | WebSoak): number {
  return value.kind === 'web' ? value.disposed.privateMiB : value.disposed.rssMiB;
}

function nameOf({ runtime, pack, kind }: Pick<Soak, 'runtime' | 'pack' | 'kind'>): string {
  return `${runtime}, ${pack}, ${WAYS[kind]}`;
}

function describeVerdict(value: Soak, readings: readonly Reading[], { verdict, slope, ci95 }: Growth): string {
  const analyses = readings.at(-1)?.analyses ?? 0;
  const figures = `${rounded(slope)} MiB per 1,000 analyses (95 % interval ${rounded(ci95[0])} to ${rounded(ci95[1])}) over ${analyses.toLocaleString('en-US')} analyses`;
  const says = verdict === 'flat' ? 'memory does not grow' : 'memory grows';
  return `${nameOf(value)}: ${says}, ${figures}.`;
}

function toTable(
  judged: readonly { readonly value: Soak; readonly readings: readonly Reading[]; readonly growth: Growth; readonly settled: number }[],
): Table {
  return {
    caption: 'Memory over many analyses',
    columns: [
      { label: 'Runtime' },
      { label: 'Pack' },
      { label: 'Engine in' },
      { label: 'Analyses' },
      { label: 'Wanted' },
      { label: 'At the start, MiB' },
      { label: 'Settled, MiB' },
      { label: 'After dispose, MiB' },
      { label: 'MiB per 1,000' },
      { label: '95 % interval' },
      { label: 'Verdict' },
    ],
    rows: judged.map(({ value, readings, growth: { slope, ci95, verdict }, settled }) => [
      value.runtime,
      value.pack,
      WAYS[value.kind],
      readings.at(-1)?.analyses,
      value.wanted,
      cell(readings[0]?.mib),
      cell(settled),
      value.kind === 'thread' ? undefined : cell(disposedOf(value)),
      cell(slope),
      Number.isFinite(ci95[0]) ? `${rounded(ci95[0])} to ${rounded(ci95[1])}` : undefined,
      verdict,
    ]),
    note:
      `Growth is the Theil-Sen slope after the first third of the analyses. "flat": its 95 % interval ends below ${FLAT_LIMIT} MiB per 1,000 analyses, ` +
      'that is 1 KiB per analysis, where the smallest buffer of pixels has 16 KiB. "undecided": the interval holds the limit, or fewer than ' +
      `${LEAST_ANALYSES.toLocaleString('en-US')} analyses count. Resident memory in Node, private memory of the page's processes in a browser.`,
  };
}

function cell(value: number | undefined): number | undefined {
  return value === undefined || !Number.isFinite(value) ? undefined : rounded(value);
}
