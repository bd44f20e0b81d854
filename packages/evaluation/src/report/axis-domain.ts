/** The ends of an axis. */

import { scaleLinear, scaleLog } from 'd3-scale';
import { PROBIT_TICKS } from './axis-ticks.ts';
import type { Axis } from './chart.ts';
import { probit } from './probit.ts';

/** Sizes beyond which a value counts as infinite or as zero: the arithmetic of ticks would overflow. */
const LARGEST = 1e100;
const SMALLEST = 1e-100;
/** Shares nearer to 0 or 1 count as 0 or 1: no experiment has as many comparisons. */
const SMALLEST_SHARE = 1e-12;
/** Where there are no data, a picture all the same. */
const EMPTY_DOMAINS = { linear: [0, 1], log: [1e-4, 1], probit: [1e-3, 0.4] } as const;
/** Ends that are closer than this share of their size are one value. */
const SAME = 1e-9;
/** About as many ticks as a linear axis has; its ends are rounded to their step. */
const ROUNDING_TICKS = 6;

/** The value, or -Infinity or Infinity where the scale cannot show it. */
export function limitValue(scale: Axis['scale'], value: number): number {
  if (scale === 'linear' && Math.abs(value) < SMALLEST) return 0;
  const [least, most] = { linear: [-LARGEST, LARGEST], log: [SMALLEST, LARGEST], probit: [SMALLEST_SHARE, 1 - SMALLEST_SHARE] }[scale];
  if (value < (least ?? value)) return -Infinity;
  return value > (most ?? value) ? Infinity : value;
}

/** A value that the scale can show, in units in which the axis is evenly spaced. Infinities stay. */
export function toAxisUnits(scale: Axis['scale'], value: number): number {
  if (scale === 'linear' || !Number.isFinite(value)) return value;
  return scale === 'log' ? Math.log10(value) : probit(value);
}

/** Start and end of an axis: those that it states, else round values around the data. */
export function axisDomain(axis: Axis, values: Iterable<number>): readonly [number, number] {
  const isShown = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);
  let [from, to] = [Infinity, -Infinity];
  for (const any of values) {
    const value = limitValue(axis.scale, any);
    if (!isShown(value)) continue;
    from = Math.min(from, value);
    to = Math.max(to, value);
  }
  const [min, max] = [axis.min, axis.max].map((end) => (end === undefined ? undefined : limitValue(axis.scale, end)));
  const stated = { min: isShown(min) ? min : undefined, max: isShown(max) ? max : undefined };
  const [emptyFrom, emptyTo] = EMPTY_DOMAINS[axis.scale];
  const data: Ends = from <= to ? [from, to] : [emptyFrom, emptyTo];
  const wished: Ends = [stated.min ?? data[0], stated.max ?? data[1]];
  if (isSpread(wished)) {
    const [roundFrom, roundTo] = roundEnds(axis.scale, wished);
    return [stated.min ?? roundFrom, stated.max ?? roundTo];
  }
  return roundEnds(axis.scale, widen(axis.scale, isSpread(data) ? data : [data[0], data[0]]));
}

type Ends = readonly [number, number];

function isSpread([from, to]: Ends): boolean {
  return to - from > SAME * Math.max(Math.abs(from), Math.abs(to)) && to - from > SMALLEST;
}

/** Room around a single value. */
function widen(scale: Axis['scale'], ends: Ends): Ends {
  if (isSpread(ends)) return ends;
  const [value] = ends;
  if (scale === 'log') return [value / 2, value * 2];
  if (scale === 'probit') return [value / 2, (1 + value) / 2];
  const room = value === 0 ? 0.5 : Math.abs(value) / 20;
  return [value - room, value + room];
}

function roundEnds(scale: Axis['scale'], [from, to]: Ends): Ends {
  if (scale === 'probit') return [PROBIT_TICKS.findLast((tick) => tick <= from) ?? from, PROBIT_TICKS.find((tick) => tick >= to) ?? to];
  const rounded = scale === 'log' ? scaleLog().domain([from, to]).nice() : scaleLinear().domain([from, to]).nice(ROUNDING_TICKS);
  const [start = from, end = to] = rounded.domain();
  return [start, end];
}
