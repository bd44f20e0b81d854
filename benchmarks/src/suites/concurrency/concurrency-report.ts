/** What suite `concurrency` says of its pieces. */

import type { Chart, Table } from '@isoface/evaluation';
import type { MeasuredPiece, Series, SuiteReport } from '../../run/suite.ts';
import type { ConcurrencyPiece } from './concurrency-piece.ts';
import { reportArrivals } from './report-arrivals.ts';
import { reportLevels } from './report-levels.ts';
import { reportOverload } from './report-overload.ts';

/** What is said of one piece. */
export interface PieceReport {
  readonly series: readonly Series[];
  readonly findings: readonly string[];
  readonly charts: readonly Chart[];
  readonly tables: readonly Table[];
  /** By the names of {@link CSV_COLUMNS}. */
  readonly rows: readonly CsvRow[];
}

/** Columns of the file with all rows. What a row does not have is left empty. */
export const CSV_COLUMNS = [
  'piece',
  'runtime',
  'pack',
  'threads',
  'part',
  'block',
  'setting',
  'answers',
  'throughput',
  'latencyP50Ms',
  'latencyP99Ms',
  'waitP50Ms',
  'waitP99Ms',
  'workP50Ms',
  'busyThreads',
  'cpuMs',
  'loopLagP99Ms',
  'residentMiB',
  'refused',
  'refusalP50Ms',
  'refusalMaxMs',
] as const;

/** A row of that file. */
export type CsvRow = Readonly<Partial<Record<(typeof CSV_COLUMNS)[number], string | number | undefined>>>;

/** Describes the pieces one by one, in their order. */
export function reportConcurrency(pieces: readonly MeasuredPiece<ConcurrencyPiece>[]): SuiteReport {
  const reports = pieces.map(({ name, value }) => reportPiece(name, value));
  return {
    series: reports.flatMap(({ series }) => series),
    findings: reports.flatMap(({ findings }) => findings),
    charts: reports.flatMap(({ charts }) => charts),
    tables: reports.flatMap(({ tables }) => tables),
    csv: { columns: CSV_COLUMNS, rows: reports.flatMap(({ rows }) => rows.map((row) => CSV_COLUMNS.map((column) => row[column]))) },
  };
}

function reportPiece(name: string, piece: ConcurrencyPiece): PieceReport {
  switch (piece.kind) {
    case 'levels':
      return reportLevels(name, piece);
    case 'overload':
      return reportOverload(name, piece);
    case 'arrivals':
      return reportArrivals(name, piece);
  }
}
