/** Numbers for people. */

const SIGNIFICANT_DIGITS = 5;

/**
 * Writes a number as tables show it: integers in groups of three ("29,640,749"), others with five significant digits ("0.92617"), very
 * large and very small ones as "1.23e-7". Infinity is "∞"; what is not a number is "n/a".
 */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'n/a';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (Number.isSafeInteger(value)) return value.toLocaleString('en-US');
  if (size < 1e-4 || size >= 1e9) return trimExponential(value.toExponential(2));
  const rounded = Number(value.toPrecision(SIGNIFICANT_DIGITS));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 9 });
}

/** "1.20e-5" without the zeros that say nothing: "1.2e-5"; "1e+3" becomes "1e3". */
export function trimExponential(text: string): string {
  return text.replace(/\.?0*e\+?/, 'e');
}
