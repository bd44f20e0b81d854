/** Many comparisons at once. */

/**
 * Adjusts p-values so that calling all those below q a discovery keeps the expected share of false ones among them at q (Benjamini and Hochberg,
 * "Controlling the False Discovery Rate", Journal of the Royal Statistical Society B 57(1), 1995).
 *
 * @returns In the order of the input; none is smaller than it was.
 */
export function adjustPValues(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => (pValues[b] ?? 0) - (pValues[a] ?? 0));
  const adjusted = pValues.map(() => 1);
  let smallest = 1;
  for (const [at, index] of order.entries()) {
    // Ranks count from the smallest.
    const rank = pValues.length - at;
    smallest = Math.min(smallest, (pValues[index] ?? 1) * (pValues.length / rank));
    adjusted[index] = smallest;
  }
  return adjusted;
}
