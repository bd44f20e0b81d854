/** How wrong scores in float32 can be. */

import type { IndexSpec } from '../../ports/template-index.ts';

/** Unit roundoff of float32. */
const UNIT_ROUNDOFF = 2 ** -24;
/** Lengths that neither overflow nor vanish in a scan. Others are compared one by one. */
const LEAST_LENGTH = 2 ** -21;
const MOST_LENGTH = 2 ** 60;

/**
 * Bound of |score - exact score| for all rows, see `CollectorOptions.errorBound`; infinite for vectors that float32 arithmetic is not fit for.
 *
 * Sums of products run in four lanes at least, so that a product is rounded at most D/4 + 4 times; by Cauchy and Schwarz the sum of the products' sizes is at
 * most |p|·|x|. Probe and term are rounded once each, and so is what combines dot product and term; the rest of the 12 is for what is left out here,
 * such as products of these errors. For a cosine |p|·|x|·(1/|x|) is 1.
 */
export function boundScoreError(
  { dimension, metric }: IndexSpec,
  probeLength: number,
  { shortest, longest }: { readonly shortest: number; readonly longest: number },
): number {
  if (!(shortest >= LEAST_LENGTH && longest <= MOST_LENGTH)) return Number.POSITIVE_INFINITY;
  const share = (Math.ceil(dimension / 4) + 12) * UNIT_ROUNDOFF * 1.001;
  if (metric === 'cosine') return share;
  if (!(probeLength >= LEAST_LENGTH && probeLength <= MOST_LENGTH)) return Number.POSITIVE_INFINITY;
  return share * (probeLength * longest + longest ** 2 / 2);
}
