/** Buffers and textures on the GPU. */

import { rounded } from '../../rounded.ts';
import type { MeasuredPiece } from '../../run/suite.ts';
import type { GpuCount } from './memory-piece.ts';
import type { MemorySection } from './memory-section.ts';

/** Describes the counts. */
export function describeGpu(counts: readonly MeasuredPiece<GpuCount>[]): MemorySection {
  if (counts.length === 0) return { series: [], findings: [], charts: [], tables: [] };
  const ended = counts.map(({ name, value }) => ({ name, value, first: value.samples[0], last: value.samples.at(-1) }));
  return {
    series: ended.flatMap(({ name, value, last }) => {
      if (last === undefined) return [];
      const base = { piece: name, unit: 'MiB', better: 'lower' } as const;
      return [{ ...base, key: `${value.runtime}/${value.pack}/gpu/buffers`, samples: [toMiB(last.liveBytes)] }];
    }),
    findings: ended.flatMap(({ value, first, last }) =>
      first === undefined || last === undefined || last.analyses === 0
        ? []
        : [
            `${value.runtime}${value.isSoftware ? ' (software)' : ''}, ${value.pack}: ${toMiB(last.liveBytes)} MiB in ${last.live} buffers and textures on the GPU after ${last.analyses} analyses, ${toMiB(value.disposed.liveBytes)} MiB in ${value.disposed.live} after dispose.`,
          ],
    ),
    charts: [],
    tables: [
      {
        caption: 'Buffers and textures on the GPU',
        columns: ['Runtime', 'Pack', 'Analyses', 'Live', 'Live, MiB', 'Created per analysis', 'After dispose', 'After dispose, MiB'].map(
          (label) => ({ label }),
        ),
        rows: ended.map(({ value, first, last }) => [
          value.runtime,
          value.pack,
          last?.analyses,
          last?.live,
          last === undefined ? undefined : toMiB(last.liveBytes),
          first === undefined || last === undefined || last.analyses === 0
            ? undefined
            : rounded((last.created - first.created) / last.analyses),
          value.disposed.live,
          toMiB(value.disposed.liveBytes),
        ]),
        note: 'Counted in a page that runs the engine itself, ONNX Runtime included. Live: created and not destroyed; the browser may have freed some of them.',
      },
    ],
  };
}

function toMiB(bytes: number): number {
  return rounded(bytes / 2 ** 20);
}
