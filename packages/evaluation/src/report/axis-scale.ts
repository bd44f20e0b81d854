/** From values to pixels along one axis, and its ticks. */

import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { axisDomain, limitValue, toAxisUnits } from './axis-domain.ts';
import { type TickCandidate, tickCandidates } from './axis-ticks.ts';
import type { Axis } from './chart.ts';
import { measureText } from './text-width.ts';

/** Font size of the labels at ticks, in pixels. */
export const TICK_FONT = 12;

/** Where a value is drawn. */
export interface Place {
  /** In pixels; outside of the axis for a value outside of its ends. */
  readonly at: number;
  /** True where the scale cannot show the value, and `at` is the end of the axis instead. */
  readonly beyond: boolean;
}

/** A tick; without a label it is a short line between the others. */
export interface Tick {
  readonly at: number;
  readonly label?: string | undefined;
}

/** An axis that knows its length. */
export interface AxisScale {
  /** Values at the start and the end. */
  readonly domain: readonly [number, number];
  readonly ticks: readonly Tick[];
  /** The place of a value; `undefined` for NaN. */
  place(value: number): Place | undefined;
}

/** What {@link createAxisScale} needs to know. */
export interface AxisRequest {
  readonly axis: Axis;
  /** Everything that is to be shown. */
  readonly values: Iterable<number>;
  readonly direction: 'horizontal' | 'vertical';
  /** In pixels. */
  readonly length: number;
}

/** Pixels between labels, so that they read as separate. */
const GAP = { horizontal: 14, vertical: 12 };
/** Values outside of an axis are drawn at most this many lengths away: where a line leaves the picture stays right, and numbers stay small. */
const MAX_OVERSHOOT = 4;

/** Fits an axis to its data. A vertical axis runs from the bottom (`length`) to the top (0). */
export function createAxisScale({ axis, values, direction, length }: AxisRequest): AxisScale {
  const domain = axisDomain(axis, values);
  const ends = direction === 'horizontal' ? [0, length] : [length, 0];
  const units = scaleLinear(
    domain.map((value) => toAxisUnits(axis.scale, value)),
    ends,
  );
  const place = (value: number) => placeValue(units, toAxisUnits(axis.scale, limitValue(axis.scale, value)), length);
  const placed = tickCandidates(axis, domain, length).flatMap((tick) => {
    const at = place(tick.value)?.at;
    return at === undefined || at < -0.05 || at > length + 0.05 ? [] : [{ ...tick, at }];
  });
  return { domain, place, ticks: labelTicks(placed, direction) };
}

function placeValue(units: ScaleLinear<number, number>, value: number, length: number): Place | undefined {
  if (Number.isNaN(value)) return undefined;
  if (!Number.isFinite(value)) return { at: units.range()[value < 0 ? 0 : 1] ?? 0, beyond: true };
  return { at: Math.min((MAX_OVERSHOOT + 1) * length, Math.max(-MAX_OVERSHOOT * length, units(value))), beyond: false };
}

/** Gives labels to the ticks where they fit, those of the first tier before those of the second. */
function labelTicks(candidates: readonly (TickCandidate & { at: number })[], direction: AxisRequest['direction']): readonly Tick[] {
  const labelled: { readonly at: number; readonly size: number }[] = [];
  const fits = (at: number, size: number) =>
    labelled.every((other) => Math.abs(other.at - at) >= (other.size + size) / 2 + GAP[direction] - 0.01);
  const ticks: Tick[] = [];
  for (const tier of [1, 2, 3]) {
    for (const { at, label } of candidates.filter((candidate) => candidate.tier === tier)) {
      const size = direction === 'horizontal' ? measureText(label, TICK_FONT) : TICK_FONT;
      if (tier < 3 && fits(at, size)) {
        labelled.push({ at, size });
        ticks.push({ at, label });
      } else ticks.push({ at });
    }
  }
  return ticks;
}
