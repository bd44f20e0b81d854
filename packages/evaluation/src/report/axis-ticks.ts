/** Which values of an axis get a tick, and how they are written. */

import { scaleLinear, scaleLog } from 'd3-scale';
import type { Axis } from './chart.ts';
import { formatNumber, trimExponential } from './format-number.ts';

/** A tick that may be drawn. */
export interface TickCandidate {
  readonly value: number;
  readonly label: string;
  /** 1: labelled where there is room; 2: labelled where those leave room; 3: never labelled. */
  readonly tier: 1 | 2 | 3;
}

/** Shares near 0 at which a probit axis may have a tick; those near 1 mirror them. */
const SMALL_SHARES = [...[-9, -8, -7, -6, -5, -4, -3].flatMap(decadeOf), 0.01, 0.02, 0.05, 0.1, 0.2, 0.4];
/** Those of them that every DET curve in the literature has. */
const FIRST_SHARES: ReadonlySet<number> = new Set([...SMALL_SHARES.filter((share) => share <= 0.01 && isDecade(share)), 0.05, 0.2, 0.4]);

/** Shares at which a probit axis may have a tick or end, ascending. */
export const PROBIT_TICKS: readonly number[] = [...SMALL_SHARES, ...SMALL_SHARES.map((share) => 1 - share).reverse()];

/** Pixels for one tick of a linear axis. */
const LINEAR_SPACING = 70;
/** A logarithmic axis over more decades has ticks at powers of ten only. */
const MAX_DECADES_WITH_STEPS = 8;
/** A logarithmic axis over fewer decades labels 2 and 5 as well. */
const MIN_DECADES_ALONE = 3;

/** All ticks that an axis from `domain[0]` to `domain[1]` may have. */
export function tickCandidates(axis: Axis, domain: readonly [number, number], length: number): readonly TickCandidate[] {
  if (axis.scale === 'probit') return probitTicks(axis);
  return axis.scale === 'log' ? logTicks(axis, domain) : linearTicks(axis, domain, length);
}

function linearTicks(axis: Axis, domain: readonly [number, number], length: number): readonly TickCandidate[] {
  const values = scaleLinear()
    .domain(domain)
    .ticks(Math.max(2, Math.round(length / LINEAR_SPACING)));
  const step = Math.abs((values[1] ?? domain[1]) - (values[0] ?? domain[0]));
  // An end that was asked for means something, such as rank 1, also where it is no multiple of the step.
  const unit = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
  const isOnGrid = (end: number) => Math.abs((end * unit) / step - Math.round((end * unit) / step)) < 1e-6;
  const ends = [axis.min, axis.max].filter((end) => end !== undefined && domain.includes(end) && !values.includes(end) && isOnGrid(end));
  return [
    ...values.map((value): TickCandidate => ({ value, label: formatStep(axis, value, step), tier: 1 })),
    ...ends.map((value = 0): TickCandidate => ({ value, label: formatStep(axis, value, step), tier: 2 })),
  ];
}

function logTicks(axis: Axis, [from, to]: readonly [number, number]): readonly TickCandidate[] {
  const decades = Math.log10(to / from);
  // As many as there are decades: then d3 gives every multiple of a power of ten; of fewer, powers of ten only.
  const count = decades > MAX_DECADES_WITH_STEPS ? 10 : Math.ceil(decades) + 1;
  return scaleLog()
    .domain([from, to])
    .ticks(count)
    .map((value) => ({ value, label: formatLog(axis, value), tier: logTier(value, decades) }));
}

function logTier(value: number, decades: number): TickCandidate['tier'] {
  if (isDecade(value)) return 1;
  const leading = value.toExponential(0)[0];
  return decades < MIN_DECADES_ALONE && (leading === '2' || leading === '5') ? 2 : 3;
}

function probitTicks(axis: Axis): readonly TickCandidate[] {
  return PROBIT_TICKS.map((value, i) => {
    const share = i < SMALL_SHARES.length ? value : (SMALL_SHARES[PROBIT_TICKS.length - 1 - i] ?? value);
    return { value, label: formatLog({ ...axis, format: axis.format ?? 'percent' }, value), tier: FIRST_SHARES.has(share) ? 1 : 2 };
  });
}

function formatStep({ format = 'number' }: Axis, value: number, step: number): string {
  const scale = format === 'percent' ? 100 : 1;
  const unit = format === 'percent' ? ' %' : '';
  const size = Math.max(Math.abs(value), step) * scale;
  // Ticks are multiples of their step, but for rounding.
  const exact = Math.abs(value) < step / 1e3 ? 0 : value * scale;
  const isPlain = size < 1e6 && step * scale >= 1e-6;
  if (!isPlain) return `${exact === 0 ? '0' : trimExponential(Number(exact.toPrecision(12)).toExponential())}${unit}`;
  const decimals = Math.max(0, Math.min(9, -Math.floor(Math.log10(step * scale) + 1e-9)));
  return `${exact.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}${unit}`;
}

function formatLog({ format = 'number' }: Axis, value: number): string {
  // Of a share near 1 only its distance from 1 is exact.
  const percent = value * 100;
  if (format === 'percent') {
    const text =
      percent >= 1e-4 ? String(Number(percent.toPrecision(13))) : trimExponential(Number(percent.toPrecision(3)).toExponential());
    return `${text} %`;
  }
  if (format === 'rate' && value < 1 && value <= 0.5) return trimExponential(Number(value.toPrecision(3)).toExponential());
  if (value > 0.5 && value < 1) return String(Number(value.toPrecision(12)));
  return value < 1e-3 || value >= 1e6 ? trimExponential(Number(value.toPrecision(3)).toExponential()) : formatNumber(value);
}

function decadeOf(exponent: number): readonly number[] {
  return [1, 2, 5].map((step) => Number(`${step}e${exponent}`));
}

function isDecade(value: number): boolean {
  return value.toExponential().startsWith('1e');
}
