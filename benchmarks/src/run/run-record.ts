/** A run as it is kept: one record for each suite. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError } from '@isoface/core';
import type { Machine } from '../machine.ts';
import type { BenchOptions } from './bench-options.ts';
import type { NotMeasured, SuiteReport } from './suite.ts';

/** Options as they are published: names instead of folders of this machine. */
export type PublicOptions = Pick<BenchOptions, 'runtimes' | 'packs' | 'rounds' | 'warmup' | 'quick'> & {
  /** File name of the index. */
  readonly dataset?: string | undefined;
  readonly hasLabelledData: boolean;
  /** Minutes that the suite was given. */
  readonly minutes: number;
};

/** A piece that was measured: when, and how the machine was then. */
export interface PieceRecord {
  readonly name: string;
  readonly startedAt: string;
  readonly seconds: number;
  /** Over one minute, before the piece began. */
  readonly loadAverage: number;
  /** Wall time of a fixed piece of work, timed before the piece, milliseconds; see `measureYardstick`. */
  readonly yardstickMs: readonly number[];
}

/** What one suite gave in one run. Self-contained: nothing else of the run is needed to read it. */
export interface SuiteRecord {
  readonly format: 1;
  readonly suite: string;
  readonly title: string;
  /** `partial` where pieces are missing: the run was interrupted, or they failed. */
  readonly status: 'complete' | 'partial';
  readonly conditions: {
    readonly machine: Machine;
    readonly options: PublicOptions;
    readonly startedAt: string;
    readonly endedAt: string;
  };
  readonly pieces: readonly PieceRecord[];
  readonly notMeasured: readonly NotMeasured[];
  readonly failures: readonly { readonly piece: string; readonly message: string }[];
  readonly report: Omit<SuiteReport, 'csv'>;
}

/** All suites of one run. */
export interface RunRecord {
  /** Name of the folder. */
  readonly name: string;
  readonly suites: readonly SuiteRecord[];
}

/**
 * Reads a run: a folder with records, or one record.
 *
 * @throws {FaceError} `IO_FAILED` if it cannot be read; `DATASET_INVALID` if it is no run.
 */
export async function readRun(path: string): Promise<RunRecord> {
  const name = path.replace(/[\\/]+$/, '').replace(/^.*[\\/]/, '');
  const suites: SuiteRecord[] = [];
  for (const file of await listRecords(path)) {
    const record = parseRecord(await readText(file));
    if (record !== undefined) suites.push(record);
  }
  if (suites.length > 0) return { name, suites };
  throw new FaceError('DATASET_INVALID', `Expected a run of "bench" with at least one record, found none in ${path}.`, { path });
}

async function listRecords(path: string): Promise<string[]> {
  try {
    if ((await stat(path)).isFile()) return [path];
    const names = await readdir(path);
    return names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(path, name));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): FaceError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  return new FaceError(
    'IO_FAILED',
    `Cannot read ${path} (${reason}); name a folder that "bench" has written.`,
    { path, reason },
    { cause },
  );
}

/** A record, or `undefined` for JSON of another kind. */
function parseRecord(text: string): SuiteRecord | undefined {
  try {
    const value = JSON.parse(text) as Partial<SuiteRecord> | null;
    const isRecord = value?.format === 1 && typeof value.suite === 'string' && Array.isArray(value.report?.series);
    return isRecord ? (value as SuiteRecord) : undefined;
  } catch {
    return undefined;
  }
}
