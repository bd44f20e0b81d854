/** Two runs: what changed, and what only looks so. */

import type { RunRecord, SuiteRecord } from '../run/run-record.ts';
import type { Series } from '../run/suite.ts';
import { adjustPValues } from './adjust-p-values.ts';
import { type CompareSeriesOptions, compareSeries, type UnadjustedComparison } from './compare-series.ts';
import type { Comparison, SeriesComparison, SuiteComparison, Verdict } from './comparison.ts';
import { describeDifferences, isSameMachine } from './describe-differences.ts';
import { driftOf, measureDrift } from './machine-drift.ts';

/** Options of {@link compareRuns}. */
export interface CompareRunsOptions {
  /** Effects smaller than this do not count. @defaultValue 0.03 */
  readonly minEffect?: number | undefined;
  /** Share of false ones that is accepted among the series called better or worse. @defaultValue 0.05 */
  readonly falseDiscoveryRate?: number | undefined;
  /** @defaultValue 2000 */
  readonly resamples?: number | undefined;
  /** @defaultValue 1 */
  readonly seed?: number | undefined;
}

/** A suite whose verdicts wait for the p-values of all others. */
interface PendingSuite extends Omit<SuiteComparison, 'series'> {
  readonly isSameMachine: boolean;
  readonly pending: readonly UnadjustedComparison[];
}

const OTHER_MACHINE = 'Measured on different machines: no verdict.';

/**
 * Compares run B with run A: every series that both have, by its key. Equal runs give equal comparisons.
 *
 * A change counts as `better` or `worse` where the whole 95 % interval of the ratio, widened by how much the machine itself drifted, lies beyond the
 * smallest effect, and the p-value holds against the number of series that were compared. Between different machines, times and rates get no
 * verdict: there the yardstick, one kind of work, cannot tell the machine's share from that of the software.
 */
export function compareRuns(a: RunRecord, b: RunRecord, options: CompareRunsOptions = {}): Comparison {
  const { minEffect = 0.03, falseDiscoveryRate = 0.05, resamples = 2000, seed = 1 } = options;
  const pairs = a.suites.flatMap((before) => {
    const after = b.suites.find(({ suite }) => suite === before.suite);
    return after === undefined ? [] : [[before, after] as const];
  });
  const pending = pairs.map(([before, after]) => compareSuite(before, after, { minEffect, resamples, seed, names: [a.name, b.name] }));
  const all = pending.flatMap((suite) => suite.pending);
  const tested = pending.flatMap((suite) => suite.pending.filter((series) => isTested(series, suite.isSameMachine)));
  const adjusted = new Map(adjustPValues(tested.map(({ pValue }) => pValue ?? 1)).map((value, i) => [tested[i], value]));
  const toSuite = ({ pending: rows, isSameMachine: isSame, ...rest }: PendingSuite): SuiteComparison => ({
    ...rest,
    series: rows.map((row) => judge(row, adjusted.get(row), isSame, { minEffect, falseDiscoveryRate })),
  });
  return {
    a: a.name,
    b: b.name,
    minEffect,
    falseDiscoveryRate,
    compared: all.length,
    tested: tested.length,
    suites: pending.map(toSuite),
    onlyInA: missingIn(a.suites, b.suites),
    onlyInB: missingIn(b.suites, a.suites),
  };
}

function compareSuite(
  before: SuiteRecord,
  after: SuiteRecord,
  { names, ...options }: Omit<CompareSeriesOptions, 'suite' | 'drift'> & { readonly names: readonly [a: string, b: string] },
): PendingSuite {
  const { suite } = before;
  const drift = measureDrift(before, after);
  const known = new Map(after.report.series.map((series) => [series.key, series]));
  const keys = new Set(before.report.series.map(({ key }) => key));
  const pending = before.report.series.flatMap((series) => {
    const other = known.get(series.key);
    // A seed of its own: the same resamples for all would make them err together.
    const seed = options.seed + hashKey(`${suite}/${series.key}`);
    return other === undefined ? [] : [compareSeries(series, other, { ...options, suite, seed, drift: driftOf(series.piece, drift) })];
  });
  return {
    suite,
    title: after.title,
    drift,
    notes: describeDifferences(before, after, names),
    isSameMachine: isSameMachine(before.conditions.machine, after.conditions.machine),
    pending,
    onlyInA: before.report.series.map(({ key }) => key).filter((key) => !known.has(key)),
    onlyInB: after.report.series.map(({ key }) => key).filter((key) => !keys.has(key)),
  };
}

/** Whether chance decides anything about it. */
function isTested({ pValue, unit }: UnadjustedComparison, isSame: boolean): boolean {
  return pValue !== undefined && (isSame || !dependsOnSpeed(unit));
}

function judge(
  row: UnadjustedComparison,
  adjustedP: number | undefined,
  isSame: boolean,
  { minEffect, falseDiscoveryRate }: { readonly minEffect: number; readonly falseDiscoveryRate: number },
): SeriesComparison {
  const { isDecidable, ...series } = row;
  if (!isSame && dependsOnSpeed(row.unit)) {
    const note = row.note === undefined ? OTHER_MACHINE : `${OTHER_MACHINE} ${row.note}`;
    return { ...series, pValue: undefined, adjustedP: undefined, verdict: 'unclear', note };
  }
  const [low, high] = row.widened;
  const isCertain = adjustedP === undefined || adjustedP <= falseDiscoveryRate;
  const decide = (): Verdict => {
    if (low > 1 + minEffect && isCertain) return row.better === 'lower' ? 'worse' : 'better';
    if (high < 1 / (1 + minEffect) && isCertain) return row.better === 'lower' ? 'better' : 'worse';
    return low >= 1 / (1 + minEffect) && high <= 1 + minEffect ? 'same' : 'unclear';
  };
  return { ...series, adjustedP, verdict: isDecidable ? decide() : 'unclear' };
}

function dependsOnSpeed(unit: Series['unit']): boolean {
  return unit === 'ms' || unit === '1/s';
}

function missingIn(suites: readonly SuiteRecord[], others: readonly SuiteRecord[]): string[] {
  return suites.map(({ suite }) => suite).filter((name) => !others.some(({ suite }) => suite === name));
}

/** FNV-1a, 32 bits. */
function hashKey(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
