/** Student's t distribution, for intervals of a mean over few folds. */

/**
 * The t that a variable of Student's distribution exceeds in absolute value with probability `1 - confidence`; 2.262 for 9 degrees of freedom and 0.95.
 *
 * @param freedom - Degrees of freedom, a whole number of at least 1.
 * @param confidence - In (0, 1).
 */
export function computeStudentQuantile(freedom: number, confidence: number): number {
  let low = 0;
  let high = Math.PI / 2;
  // As an angle, t = tan(angle) sqrt(freedom), the search has two finite ends.
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (computeCentralShare(middle, freedom) < confidence) low = middle;
    else high = middle;
  }
  return Math.tan((low + high) / 2) * Math.sqrt(freedom);
}

/** Probability of |t| below that of the angle. @see Abramowitz and Stegun, "Handbook of mathematical functions", 26.7.3 and 26.7.4. */
function computeCentralShare(angle: number, freedom: number): number {
  const isOdd = freedom % 2 === 1;
  const cosine = Math.cos(angle);
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k < freedom; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
