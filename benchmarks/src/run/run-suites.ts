/** Runs suites: piece after piece, within the time that they were given, keeping what was measured. */

import { basename } from 'node:path';
import { describeMachine, readLoadAverage } from '../machine.ts';
import type { BenchOptions } from './bench-options.ts';
import type { KeptPiece, RunFolder } from './run-folder.ts';
import type { PublicOptions, SuiteRecord } from './run-record.ts';
import type { Piece, Plan, Suite } from './suite.ts';
import { measureYardstick } from './yardstick.ts';

/** Options of {@link runSuites}. */
export interface RunSuitesOptions {
  readonly options: BenchOptions;
  /** Minutes for all suites together. `undefined`: what each says of itself. */
  readonly minutes: number | undefined;
  readonly folder: RunFolder;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/**
 * Runs suites one after the other. A suite that cannot be planned, or whose pieces fail, does not stop the others.
 *
 * @returns The records. Those of suites that were interrupted or have failures are `partial`; a suite that was not begun has none.
 * @throws What writing a file fails with; what was written before stays.
 */
export async function runSuites(suites: readonly Suite<unknown>[], context: RunSuitesOptions): Promise<SuiteRecord[]> {
  const { options, minutes, signal } = context;
  const own = (suite: Suite<unknown>): number => (options.quick ? suite.minutes.quick : suite.minutes.whole);
  const stretch = minutes === undefined ? 1 : minutes / suites.reduce((sum, suite) => sum + own(suite), 0);
  const records: SuiteRecord[] = [];
  for (const suite of suites) {
    if (signal.aborted) break;
    records.push(await runSuite(suite, own(suite) * stretch, context));
  }
  return records;
}

async function runSuite(suite: Suite<unknown>, minutes: number, context: RunSuitesOptions): Promise<SuiteRecord> {
  const { options, folder, signal, onProgress } = context;
  const machine = describeMachine();
  const startedAt = new Date().toISOString();
  const kept: KeptPiece[] = [];
  const failures: { readonly piece: string; readonly message: string }[] = [];
  const plan = await suite.plan(options, signal).catch((error: unknown): Plan<unknown> => {
    if (!signal.aborted) {
      failures.push({ piece: 'plan', message: toMessage(error) });
      onProgress(`${suite.name} cannot be measured: ${toMessage(error)}`);
    }
    return { pieces: [], notMeasured: [] };
  });
  try {
    assertNames(plan.pieces);
    await measurePieces(suite, plan.pieces, minutes * 60_000, { ...context, kept, failures });
  } finally {
    await plan.dispose?.();
  }
  const { csv, ...report } = suite.report(kept.map(({ name, value }) => ({ name, value })));
  const record: SuiteRecord = {
    format: 1,
    suite: suite.name,
    title: suite.title,
    status: failures.length === 0 && !signal.aborted && kept.length === plan.pieces.length ? 'complete' : 'partial',
    conditions: { machine, options: toPublicOptions(options, minutes), startedAt, endedAt: new Date().toISOString() },
    pieces: kept.map(({ value, ...piece }) => piece),
    notMeasured: plan.notMeasured,
    failures,
    report,
  };
  await folder.writeSuite(record, csv);
  return record;
}

/** Pieces in order. What one piece leaves of its time, the others share. */
async function measurePieces(
  suite: Suite<unknown>,
  pieces: readonly Piece<unknown>[],
  milliseconds: number,
  context: RunSuitesOptions & { readonly kept: KeptPiece[]; readonly failures: { piece: string; message: string }[] },
): Promise<void> {
  const { folder, signal, onProgress, kept, failures } = context;
  let left = milliseconds;
  for (const [i, piece] of pieces.entries()) {
    if (signal.aborted) return;
    const known = await folder.readPiece(suite.name, piece.name);
    if (known !== undefined) {
      onProgress(`${suite.name} ${i + 1}/${pieces.length}: ${piece.name} was measured before`);
      kept.push(known);
      left -= known.seconds * 1000;
      continue;
    }
    const share = (piece.weight ?? 1) / pieces.slice(i).reduce((sum, { weight = 1 }) => sum + weight, 0);
    const label = `${suite.name} ${i + 1}/${pieces.length}: ${piece.name}`;
    onProgress(label);
    const started = performance.now();
    const until = started + Math.max(0, left) * share;
    const about = {
      name: piece.name,
      startedAt: new Date().toISOString(),
      loadAverage: readLoadAverage(),
      yardstickMs: measureYardstick(),
    };
    const pieceContext = {
      signal,
      timeLeftMs: () => until - performance.now(),
      progress: (message: string) => onProgress(`${label}: ${message}`),
    };
    const outcome = await piece.measure(pieceContext).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    // What a piece gives after Ctrl-C may be cut short.
    if (signal.aborted) return;
    if ('error' in outcome) {
      failures.push({ piece: piece.name, message: toMessage(outcome.error) });
      onProgress(`${label} failed: ${toMessage(outcome.error)}`);
    } else {
      const measured = { ...about, seconds: secondsSince(started), value: outcome.value };
      await folder.writePiece(suite.name, measured);
      kept.push(measured);
    }
    left -= performance.now() - started;
  }
}

function assertNames(pieces: readonly Piece<unknown>[]): void {
  const names = pieces.map(({ name }) => name);
  const bad = names.find((name, i) => !/^[\w.-]+$/.test(name) || names.indexOf(name) !== i);
  if (bad !== undefined)
    throw new Error(`Expected names of pieces to be unique and made of letters, digits, dots and dashes, got "${bad}".`);
}

function toPublicOptions({ runtimes, packs, rounds, warmup, quick, dataset, data }: BenchOptions, minutes: number): PublicOptions {
  return {
    runtimes,
    packs,
    rounds,
    warmup,
    quick,
    dataset: dataset && basename(dataset),
    hasLabelledData: data !== undefined,
    minutes: Math.round(minutes * 10) / 10,
  };
}

function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 10) / 100;
}
