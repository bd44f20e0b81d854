/** Numbers with as many digits as they deserve. */

import type { Interval95 } from './bootstrap.ts';

/** Three significant digits, and whole numbers as they are. */
export function rounded(value: number, digits = 3): number {
  return Number.isInteger(value) || !Number.isFinite(value) ? value : Number(value.toPrecision(digits));
}

/** Three decimals: microseconds of a time in milliseconds. */
export function toThousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Bytes as MiB with one decimal. */
export function toMiB(bytes: number): number {
  return Math.round((bytes / 2 ** 20) * 10) / 10;
}

/** A share as per cent: "95.2 %". */
export function toPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** "1 caller", "2 callers" */
export function countCallers(callers: number): string {
  return `${rounded(callers)} ${callers === 1 ? 'caller' : 'callers'}`;
}

/** "[1.2, 3.4]" */
export function toRange([lower, upper]: Interval95, format: (value: number) => string = (value) => String(rounded(value))): string {
  return `[${format(lower)}, ${format(upper)}]`;
}
