/** How much of a difference may be the machine's own. */

import type { SuiteRecord } from '../run/run-record.ts';
import { medianOf, quantileOf } from '../statistics.ts';
import type { MachineDrift, Range } from './comparison.ts';

/** Share of the pieces at either end that is left out: one bad moment must not hide every change. The piece of a series itself always counts. */
const LEFT_OUT = 0.1;

/** Compares the yardsticks of two records: a fixed piece of work that was timed before each piece. */
export function measureDrift(a: SuiteRecord, b: SuiteRecord): MachineDrift {
  const [inA, inB] = [a, b].map(({ pieces }) => new Map(pieces.flatMap(({ name, yardstickMs }) => toEntry(name, yardstickMs))));
  const byPiece = new Map<string, number>();
  for (const [name, before] of inA ?? []) {
    const after = inB?.get(name);
    if (after !== undefined) byPiece.set(name, after / before);
  }
  const ratio = medianOf([...(inB?.values() ?? [])]) / medianOf([...(inA?.values() ?? [])]);
  // Runs of different pieces: all that is known is how they were as a whole.
  const ratios = byPiece.size > 0 ? [...byPiece.values()] : [ratio];
  return { ratio, range: [quantileOf(ratios, LEFT_OUT), quantileOf(ratios, 1 - LEFT_OUT)], byPiece };
}

function toEntry(name: string, yardstickMs: readonly number[]): [string, number][] {
  const median = medianOf(yardstickMs);
  return median > 0 ? [[name, median]] : [];
}

/**
 * How many times as long a series may have taken in B for no reason but the machine: from no difference to the ratios of the pieces, that of the
 * series' own piece among them. The yardstick is one kind of work and others slow down more or less than it does: a ratio is therefore widened by it,
 * never corrected.
 */
export function driftOf(piece: string, { range, byPiece }: MachineDrift): Range {
  const own = byPiece.get(piece);
  const ratios = [1, ...range, ...(own === undefined ? [] : [own])].filter((value) => !Number.isNaN(value));
  return [Math.min(...ratios), Math.max(...ratios)];
}
