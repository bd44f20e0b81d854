/** What a suite of measurements is: a list of pieces that are measured one after the other, and a report that follows from what was measured. */

import type { Chart, Table } from '@isoface/evaluation';
import type { BenchOptions } from './bench-options.ts';

/**
 * A part of a suite that is measured in one go and kept as soon as it is done: a run that was cut short goes on with the next piece.
 *
 * @typeParam T - What a piece gives: plain JSON.
 */
export interface Piece<T> {
  /** Unique in its suite; letters, digits, dots and dashes. It names the file that keeps the value. */
  readonly name: string;
  /** How much of the suite's time the piece may take, against the other pieces. @defaultValue 1 */
  readonly weight?: number | undefined;
  /** Measures. What it throws is recorded as the failure of this piece; the others are measured all the same. */
  measure(context: PieceContext): Promise<T>;
}

/** What a piece is given. */
export interface PieceContext {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /**
   * Milliseconds that are left for the piece. Negative once they are spent: whatever repeats then stops after the rounds that it needs at least,
   * and says in its value how many it made.
   */
  timeLeftMs(): number;
  /** Says what is being done. */
  progress(message: string): void;
}

/** What was not measured, and why: in words that tell what to do about it. */
export interface NotMeasured {
  readonly name: string;
  readonly reason: string;
}

/** What a suite is going to measure. */
export interface Plan<T> {
  readonly pieces: readonly Piece<T>[];
  readonly notMeasured: readonly NotMeasured[];
  /** Called once, whatever became of the pieces. */
  dispose?(): Promise<void>;
}

/** A piece that was measured. */
export interface MeasuredPiece<T> {
  readonly name: string;
  readonly value: T;
}

/** Samples of one figure: what `bench compare` compares. */
export interface Series {
  /** Unique in its suite, from the general to the special, separated by slashes: `node-cpu/starter/embed/cpu`. */
  readonly key: string;
  /** The piece that measured it. */
  readonly piece: string;
  readonly unit: 'ms' | 'MiB' | 'bytes' | '1/s' | 'ratio';
  readonly better: 'lower' | 'higher';
  /** What each sample is of, such as the path of an image: samples of two runs are paired by it. Absent where samples are rounds. */
  readonly ids?: readonly string[] | undefined;
  /** In the order of `ids`. A single one is a figure without noise, such as a file's size. */
  readonly samples: readonly number[];
}

/** What a suite says of its pieces. */
export interface SuiteReport {
  readonly series: readonly Series[];
  /** The figures that a reader looks for, in a few sentences. */
  readonly findings: readonly string[];
  readonly charts: readonly Chart[];
  readonly tables: readonly Table[];
  /** All measurements as rows: the file for those who compute further. */
  readonly csv: { readonly columns: readonly string[]; readonly rows: Iterable<readonly (string | number | undefined)[]> };
}

/**
 * A suite of measurements.
 *
 * @typeParam T - What a piece gives.
 */
export interface Suite<T> {
  /** Its name on the command line. */
  readonly name: string;
  readonly title: string;
  /** One line for `--help`. */
  readonly description: string;
  /** Minutes that it takes at most with default options on a machine with two cores; and with `--quick`. */
  readonly minutes: { readonly whole: number; readonly quick: number };
  /**
   * Finds out what can be measured here.
   *
   * @throws If something that was named cannot be measured; what was not named goes to `notMeasured`.
   */
  plan(options: BenchOptions, signal: AbortSignal): Promise<Plan<T>>;
  /** Describes what was measured: all pieces or, of a run that was cut short, some. Depends on nothing else. */
  report(pieces: readonly MeasuredPiece<T>[]): SuiteReport;
}
