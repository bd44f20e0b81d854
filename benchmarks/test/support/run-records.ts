/** Runs that were never measured, for tests of what is made of runs. */

import type { Machine } from '../../src/machine.ts';
import type { RunRecord, SuiteRecord } from '../../src/run/run-record.ts';
import type { Series } from '../../src/run/suite.ts';

/** A machine. */
const MACHINE: Machine = {
  node: '20.19.0',
  platform: 'linux-x64',
  cpu: 'Test CPU',
  cpuFlags: ['avx2', 'fma'],
  cores: 2,
  memoryGiB: 8,
  loadAverage: 0.5,
  date: '2026-03-01T10:00:00.000Z',
};

/** What a record differs in. */
export interface RecordChanges extends Partial<Pick<SuiteRecord, 'suite' | 'title' | 'status' | 'failures' | 'notMeasured' | 'pieces'>> {
  readonly machine?: Partial<Machine>;
  readonly options?: Partial<SuiteRecord['conditions']['options']>;
  readonly series?: readonly Series[];
  readonly report?: Partial<SuiteRecord['report']>;
  /** Yardstick of the one piece. */
  readonly yardstickMs?: readonly number[];
}

/** A record of a suite with one piece, `piece`. */
export function createRecord({ machine, options, series = [], report, yardstickMs = [5], ...rest }: RecordChanges = {}): SuiteRecord {
  return {
    format: 1,
    suite: 'pipeline',
    title: 'Pipeline',
    status: 'complete',
    conditions: {
      machine: { ...MACHINE, ...machine },
      options: {
        runtimes: undefined,
        packs: undefined,
        rounds: 5,
        warmup: 2,
        quick: false,
        hasLabelledData: false,
        minutes: 6,
        ...options,
      },
      startedAt: '2026-03-01T10:00:00.000Z',
      endedAt: '2026-03-01T10:06:00.000Z',
    },
    pieces: [{ name: 'piece', startedAt: '2026-03-01T10:00:00.000Z', seconds: 90, loadAverage: 0.5, yardstickMs }],
    notMeasured: [],
    failures: [],
    report: { series, findings: [], charts: [], tables: [], ...report },
    ...rest,
  };
}

/** A run of one suite. */
export function createRun(name: string, changes: RecordChanges = {}): RunRecord {
  return { name, suites: [createRecord(changes)] };
}

/** A series of rounds, milliseconds. */
export function createSeries(samples: readonly number[], changes: Partial<Series> = {}): Series {
  return { key: 'node-cpu/starter/total/wall', piece: 'piece', unit: 'ms', better: 'lower', samples, ...changes };
}

/** `count` samples around `centre`; `noise` is the standard deviation of their logarithm. */
export function drawSamples(random: () => number, count: number, { centre = 100, noise = 0.05 } = {}): number[] {
  const drawNormal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: count }, () => centre * Math.exp(noise * drawNormal()));
}
