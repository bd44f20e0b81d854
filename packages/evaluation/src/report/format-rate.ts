/** Shares and error rates for people: in tables, in documents, on the command line. */

import { trimExponential } from './format-number.ts';

/** Rates below this are written as 1.2e-5: as percent they would be a row of zeros. */
const SMALL_RATE = 1e-3;
const PERCENT_DECIMALS = 2;
const MAX_DECIMALS = 10;

/**
 * Writes a share in [0, 1] as percent: `0.9953` is "99.53 %", with its interval "99.53 % [99.27, 99.71]". Exactly none and exactly all are
 * "0 %" and "100 %"; what only rounds to them gets more digits ("99.998 %"), so that few errors never read as none.
 *
 * @param share - "n/a" where it is not a finite number.
 */
export function formatPercent(share: number, ci95?: readonly [number, number]): string {
  if (!Number.isFinite(share)) return 'n/a';
  const decimals = Math.max(...[share, ...(ci95 ?? [])].map(percentDecimals));
  const [value, lower, upper] = [share, ...(ci95 ?? [])].map((part) => toPercent(part, decimals));
  return ci95 === undefined ? `${value} %` : `${value} % [${lower}, ${upper}]`;
}

/**
 * Writes an error rate: as {@link formatPercent}, or from below 0.1 % on as "1.2e-5", with its interval "1.2e-5 [8.1e-6, 1.9e-5]".
 *
 * @param rate - "n/a" where it is not a finite number.
 */
export function formatRate(rate: number, ci95?: readonly [number, number]): string {
  // Of a rate of zero, the upper end of the interval says at which scale it was measured.
  const scale = rate === 0 ? (ci95?.[1] ?? 1) : Math.abs(rate);
  if (!Number.isFinite(rate) || scale >= SMALL_RATE || scale === 0 || !Number.isFinite(scale)) return formatPercent(rate, ci95);
  const [value, lower, upper] = [rate, ...(ci95 ?? [])].map(toExponential);
  return ci95 === undefined ? `${value}` : `${value} [${lower}, ${upper}]`;
}

function toPercent(share: number, decimals: number): string {
  if (!Number.isFinite(share)) return 'n/a';
  if (share === 0 || share === 1) return share === 0 ? '0' : '100';
  return (share * 100).toFixed(decimals);
}

/** How many decimals keep a share apart from none and from all. */
function percentDecimals(share: number): number {
  if (!(share > 0 && share < 1)) return PERCENT_DECIMALS;
  let decimals = PERCENT_DECIMALS;
  while (decimals < MAX_DECIMALS && [0, 100].includes(Number((share * 100).toFixed(decimals)))) decimals++;
  return decimals;
}

function toExponential(rate: number): string {
  if (!Number.isFinite(rate)) return 'n/a';
  if (rate === 0) return '0';
  return trimExponential(rate.toExponential(1));
}
