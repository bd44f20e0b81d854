/** What using buffers again is worth. */

import type { Table } from '@isoface/evaluation';
import { rounded } from '../../rounded.ts';
import type { MeasuredPiece } from '../../run/suite.ts';
import { medianOf, quantileOf } from '../../statistics.ts';
import type { BufferBlock, BufferCase, BufferComparison } from './memory-piece.ts';
import type { MemorySection } from './memory-section.ts';

/** Of fewer turns the median is chance. */
const LEAST_TURNS = 5;

/** Describes the comparisons. */
export function describeBuffers(comparisons: readonly MeasuredPiece<BufferComparison>[]): MemorySection {
  if (comparisons.length === 0) return { series: [], findings: [], charts: [], tables: [] };
  return {
    series: comparisons.flatMap(({ name, value }) => {
      const [analysis] = value.cases;
      if (analysis === undefined) return [];
      const samples = ratiosOf(analysis, 'cpuMs');
      return [
        {
          key: `${value.runtime}/${value.pack}/buffers/reused-over-new-cpu`,
          piece: name,
          unit: 'ratio',
          better: 'lower',
          samples,
        } as const,
      ];
    }),
    findings: comparisons.flatMap(({ value }) => describeFindings(value)),
    charts: [],
    tables: [toCaseTable(comparisons), toSiteTable(comparisons)],
  };
}

/** Of each turn: the figure with buffers that are used again over that with new ones. */
export function ratiosOf({ reused, fresh }: BufferCase, figure: 'cpuMs' | 'wallMs'): number[] {
  return reused.flatMap((block, i) => {
    const other = fresh[i]?.[figure];
    return other === undefined || other === 0 ? [] : rounded(block[figure] / other);
  });
}

function describeFindings({ runtime, pack, cases, outputBytes }: BufferComparison): string[] {
  const who = `${runtime}, ${pack}`;
  const findings = cases.flatMap((one) => {
    const ratios = ratiosOf(one, 'cpuMs');
    if (ratios.length < LEAST_TURNS) return [];
    const cpu = medianOf(ratios);
    const saved = medianOfBlocks(one.fresh, 'externalBytes') - medianOfBlocks(one.reused, 'externalBytes');
    const difference = `${rounded(Math.abs(1 - cpu) * 100)} % ${cpu <= 1 ? 'less' : 'more'} CPU time`;
    const bytes = Number.isFinite(saved) ? ` and ${rounded(saved / 1024)} KiB less of new buffers` : '';
    const spread = `ratio ${rounded(cpu)}, middle half ${quantileOf(ratios, 0.25)} to ${quantileOf(ratios, 0.75)} of ${ratios.length} turns`;
    return [`${who}, ${one.work}: with input tensors that are used again ${difference}${bytes} than with new ones (${spread}).`];
  });
  const [analysis] = cases;
  const total = analysis === undefined ? Number.NaN : medianOfBlocks(analysis.reused, 'externalBytes');
  if (!Number.isFinite(total)) return findings;
  return [
    ...findings,
    `${who}: of the ${rounded(total / 1024)} KiB of buffers that an analysis allocates, ${rounded(outputBytes / 1024)} KiB are outputs of the models, which ONNX Runtime makes anew.`,
  ];
}

function medianOfBlocks(blocks: readonly BufferBlock[], figure: keyof BufferBlock): number {
  // Plain JSON has no NaN: where garbage was collected in every analysis of a block the figure is null.
  return medianOf(blocks.map((block) => block[figure]).filter((value) => Number.isFinite(value)));
}

function toCaseTable(comparisons: readonly MeasuredPiece<BufferComparison>[]): Table {
  return {
    caption: 'Input tensors that are used again, and new ones',
    columns: ['Runtime', 'Pack', 'Work', 'Buffers', 'Blocks', 'CPU, ms', 'Wall, ms', 'Pauses, ms', 'Buffers, KiB', 'Objects, KiB'].map(
      (label) => ({ label }),
    ),
    rows: comparisons.flatMap(({ value: { runtime, pack, cases } }) =>
      cases.flatMap(({ work, reused, fresh }) =>
        (
          [
            ['used again', reused],
            ['new', fresh],
          ] as const
        ).map(([way, blocks]) => [
          runtime,
          pack,
          work,
          way,
          blocks.length,
          cell(medianOfBlocks(blocks, 'cpuMs')),
          cell(medianOfBlocks(blocks, 'wallMs')),
          cell(medianOfBlocks(blocks, 'gcMs')),
          cell(medianOfBlocks(blocks, 'externalBytes') / 1024),
          cell(medianOfBlocks(blocks, 'heapBytes') / 1024),
        ]),
      ),
    ),
    note:
      'Medians over blocks of equal work, the two ways in turns in one process. Each block ends with a collection of new objects, which counts: it pays ' +
      'for its own garbage. CPU time of all threads. Used again is what isoface does.',
  };
}

function toSiteTable(comparisons: readonly MeasuredPiece<BufferComparison>[]): Table {
  return {
    caption: 'Which functions allocate the objects of an analysis',
    columns: ['Runtime', 'Pack', 'Function', 'KiB per analysis', 'Share, %'].map((label) => ({ label })),
    rows: comparisons.flatMap(({ value: { runtime, pack, sites, sampledBytes } }) =>
      sites.map(({ site, bytes }) => [runtime, pack, site, rounded(bytes / 1024), rounded((bytes / Math.max(1, sampledBytes)) * 100)]),
    ),
    note: 'By the sampling heap profiler, on a frame of 640x480 with one face. What built-in and anonymous functions allocate counts for their caller.',
  };
}

function cell(value: number): number | undefined {
  return Number.isFinite(value) ? rounded(value) : undefined;
}
