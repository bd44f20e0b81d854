/** What suite `concurrency` says of its pieces. */

import type { MeasuredPiece, SuiteReport } from '../../run/suite.ts';
import type { ConcurrencyPiece } from './concurrency-piece.ts';
import { CSV_COLUMNS, type PieceReport } from './piece-report.ts';
import { reportArrivals } from './report-arrivals.ts';
import { reportLevels } from './report-levels.ts';
import { reportOverload } from './report-overload.ts';

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
