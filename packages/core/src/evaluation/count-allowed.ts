/** From a rate to a whole number of comparisons. */

/**
 * The largest number of `trials` whose share is at most `rate`. The share is compared as it will be reported (`count / trials`), so that 0.29 of
 * 100 trials are 29, although the product 0.29 * 100 is a little less in floating point.
 *
 * @param rate - In [0, 1].
 */
export function countAllowed(rate: number, trials: number): number {
  let count = Math.min(trials, Math.floor(rate * trials) + 1);
  while (count > 0 && count / trials > rate) count--;
  return count;
}
