/** A part of the report of the suite `memory`. */

import type { SuiteReport } from '../../run/suite.ts';

/** The part of the report that one kind of pieces gives. */
export type MemorySection = Pick<SuiteReport, 'series' | 'findings' | 'charts' | 'tables'>;
