/** What the pieces of the suite `memory` say. */

import type { Chart, Table } from '@isoface/evaluation';
import type { MeasuredPiece, SuiteReport } from '../../run/suite.ts';
import { describeBuffers } from './describe-buffers.ts';
import { describeCycles } from './describe-cycles.ts';
import { describeFlatness } from './describe-flatness.ts';
import { describeGarbage } from './describe-garbage.ts';
import { describeGpu } from './describe-gpu.ts';
import type { BufferComparison, EngineCycles, GpuCount, MemoryPiece, PoolSoak, ThreadSoak, WebSoak } from './memory-piece.ts';
import type { MemorySection } from './memory-section.ts';

/** Columns of the rows for those who compute further: one reading in each. */
const COLUMNS = ['piece', 'reading', 'index', 'value', 'unit'] as const;

type Row = readonly (string | number | undefined)[];

/** Describes the pieces that there are. */
export function reportMemory(pieces: readonly MeasuredPiece<MemoryPiece>[]): SuiteReport {
  const soaks = pieces.filter(isSoak);
  const sections: readonly MemorySection[] = [
    describeFlatness(soaks),
    describeGarbage(pieces.filter(isKind<ThreadSoak>('thread'))),
    describeBuffers(pieces.filter(isKind<BufferComparison>('buffers'))),
    describeCycles(pieces.filter(isKind<EngineCycles>('cycles'))),
    describeGpu(pieces.filter(isKind<GpuCount>('gpu'))),
  ];
  return {
    series: sections.flatMap(({ series }) => series),
    findings: sections.flatMap(({ findings }) => findings),
    charts: sections.flatMap(({ charts }): readonly Chart[] => charts),
    tables: sections.flatMap(({ tables }): readonly Table[] => tables),
    csv: { columns: COLUMNS, rows: listRows(pieces) },
  };
}

function isKind<T extends MemoryPiece>(kind: T['kind']): (piece: MeasuredPiece<MemoryPiece>) => piece is MeasuredPiece<T> {
  return (piece): piece is MeasuredPiece<T> => piece.value.kind === kind;
}

function isSoak(piece: MeasuredPiece<MemoryPiece>): piece is MeasuredPiece<ThreadSoak | PoolSoak | WebSoak> {
  return ['thread', 'pool', 'web'].includes(piece.value.kind);
}

function* listRows(pieces: readonly MeasuredPiece<MemoryPiece>[]): Generator<Row> {
  for (const { name, value } of pieces) {
    const { kind } = value;
    if ('samples' in value) {
      for (const { analyses, ...readings } of value.samples) {
        for (const [reading, amount] of Object.entries(readings)) yield [name, reading, analyses, amount, unitOf(reading)];
      }
    }
    if (kind === 'thread') {
      for (const [i, wallMs] of value.trace.wallMs.entries()) yield [name, 'wallMs', i, wallMs, 'ms'];
      for (const [i, bytes] of value.trace.heapBytes.entries()) yield [name, 'heapGrowth', i, bytes, 'bytes'];
      for (const [i, bytes] of value.trace.externalBytes.entries()) yield [name, 'externalGrowth', i, bytes, 'bytes'];
      for (const pause of value.pauses) yield [name, `pause: ${pause.kind}`, pause.startMs, pause.durationMs, 'ms'];
    }
    if (kind === 'cycles') {
      for (const [i, mib] of value.threadRssMiB.entries()) yield [name, 'rssMiB after dispose (thread)', i, mib, 'MiB'];
      for (const [i, mib] of value.poolRssMiB.entries()) yield [name, 'rssMiB after dispose (pool)', i, mib, 'MiB'];
    }
    if (kind === 'buffers') {
      for (const { work, reused, fresh } of value.cases) {
        for (const [way, blocks] of [
          ['reused', reused],
          ['new', fresh],
        ] as const) {
          for (const [i, block] of blocks.entries()) {
            for (const [reading, amount] of Object.entries(block)) yield [name, `${work}, ${way}: ${reading}`, i, amount, unitOf(reading)];
          }
        }
      }
      for (const [i, { site, bytes }] of value.sites.entries()) yield [name, `allocated by ${site}`, i, bytes, 'bytes'];
    }
  }
}

function unitOf(reading: string): string | undefined {
  if (reading.endsWith('MiB')) return 'MiB';
  if (reading.endsWith('Ms')) return 'ms';
  return reading.endsWith('Bytes') ? 'bytes' : undefined;
}
