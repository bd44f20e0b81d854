/** What the parts of suite `concurrency` say in common. */

import type { SuiteReport } from '../../run/suite.ts';

/** What is said of one piece. */
export interface PieceReport extends Omit<SuiteReport, 'csv'> {
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
