/** A logarithm that comes out the same everywhere. */

/** Terms of the series: the last is below 1e-17 of the sum for the largest argument, 1/3. */
const TERMS = 17;

/**
 * The natural logarithm of a number in (0, 1], to about 1e-15 of itself. `Math.log` may differ in the last bit between engines, and a matrix that
 * follows from a key must not; this one only adds, multiplies and divides, whose results IEEE 754 fixes.
 */
export function computeNaturalLogarithm(value: number): number {
  let mantissa = value;
  let halvings = 0;
  while (mantissa < 0.5) {
    mantissa *= 2;
    halvings++;
  }
  // ln m = 2 artanh((m - 1) / (m + 1)), and |ratio| is at most 1/3 here.
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let series = 0;
  for (let term = TERMS; term >= 0; term--) series = series * square + 1 / (2 * term + 1);
  return 2 * ratio * series - halvings * Math.LN2;
}
