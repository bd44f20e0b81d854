/** Whether disposing an engine gives its memory back. */

import { rounded } from '../../rounded.ts';
import type { MeasuredPiece } from '../../run/suite.ts';
import type { EngineCycles } from './memory-piece.ts';
import type { MemorySection } from './memory-section.ts';
import { computeTheilSenSlope } from './theil-sen.ts';

const WAYS = [
  { way: 'main thread', key: 'thread', of: ({ threadRssMiB }: EngineCycles) => threadRssMiB },
  { way: 'worker threads', key: 'pool', of: ({ poolRssMiB }: EngineCycles) => poolRssMiB },
] as const;

/** Of fewer cycles nothing is said in words: the first ones load libraries and start threads. */
const LEAST_CYCLES = 5;

/** Describes the cycles. */
export function describeCycles(cycles: readonly MeasuredPiece<EngineCycles>[]): MemorySection {
  if (cycles.length === 0) return { series: [], findings: [], charts: [], tables: [] };
  const all = cycles.flatMap(({ name, value }) =>
    WAYS.map(({ way, key, of }) => ({ name, value, way, key, mib: of(value), kept: keptPerCycle(of(value)) })),
  );
  return {
    series: all.flatMap(({ name, value, key, mib }) => {
      const steps = stepsOf(mib);
      if (steps.length === 0) return [];
      const base = { piece: name, unit: 'MiB', better: 'lower' } as const;
      return [{ ...base, key: `${value.runtime}/${value.pack}/cycles/kept-per-cycle-${key}`, samples: steps }];
    }),
    findings: all.flatMap(({ value, way, mib, kept }) =>
      mib.length >= LEAST_CYCLES && Number.isFinite(kept)
        ? [
            `${value.runtime}, ${value.pack}, ${way}: over ${mib.length} times creating, using and disposing an engine, ${rounded(kept)} MiB per cycle were not given back.`,
          ]
        : [],
    ),
    charts: [
      {
        kind: 'line',
        title: 'Memory after creating and disposing engines',
        description: 'Resident memory after each cycle and a full collection.',
        x: { label: 'Cycles', scale: 'linear', min: 0 },
        y: { label: 'Memory, MiB', scale: 'linear', min: 0 },
        series: all.map(({ value, way, mib }) => ({
          name: `${value.runtime}, ${value.pack}, ${way}`,
          points: mib.map((y, i) => [i + 1, y] as const),
        })),
      },
    ],
    tables: [
      {
        caption: 'Memory that disposed engines leave behind',
        columns: ['Runtime', 'Pack', 'Engine in', 'Cycles', 'After the first, MiB', 'After the last, MiB', 'Per cycle, MiB'].map(
          (label) => ({ label }),
        ),
        rows: all.map(({ value, way, mib, kept }) => [
          value.runtime,
          value.pack,
          way,
          mib.length,
          cell(mib[0]),
          cell(mib.at(-1)),
          cell(kept),
        ]),
        note:
          'Resident memory after dispose and a full collection; per cycle: the Theil-Sen slope after the first cycle, which loads the libraries. ' +
          'Worker threads come second in the same process.',
      },
    ],
  };
}

/** MiB per cycle after the first; NaN for fewer than three cycles. */
export function keptPerCycle(mib: readonly number[]): number {
  return mib.length < 3 ? Number.NaN : computeTheilSenSlope(mib.slice(1).map((y, i) => [i, y] as const));
}

function stepsOf(mib: readonly number[]): number[] {
  return mib.slice(2).map((y, i) => rounded(y - (mib[i + 1] as number)));
}

function cell(value: number | undefined): number | undefined {
  return value === undefined || !Number.isFinite(value) ? undefined : rounded(value);
}
