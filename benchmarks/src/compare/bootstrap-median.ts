/** Bootstrap of a median, in time that does not grow with the number of samples. */

/**
 * Creates a function that draws medians of resamples: what a sample of the same size, drawn from `samples` with replacement, would have as its median
 * (nearest rank, the lower of two, as `medianOf`).
 *
 * The median of a resample is the order statistic of n picks of indices into the sorted samples; the same order statistic of n uniform numbers has the
 * distribution Beta(k, n + 1 - k) (David and Nagaraja, "Order Statistics", 2003, section 2.2). One draw from it stands for n picks and a sort.
 *
 * @param samples - At least one.
 * @param random - Uniform numbers in [0, 1).
 */
export function createMedianBootstrap(samples: readonly number[], random: () => number): () => number {
  const sorted = Float64Array.from(samples).sort();
  const { length } = sorted;
  const rank = Math.ceil(length / 2);
  return () => {
    const below = drawGamma(rank, random);
    const above = drawGamma(length + 1 - rank, random);
    const index = Math.min(length - 1, Math.floor((length * below) / (below + above)));
    return sorted[index] as number;
  };
}

/** Gamma variate of scale 1 for shapes from 1 on (Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000). */
function drawGamma(shape: number, random: () => number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Standard normal variate (Box and Muller). `1 - random()` is never 0. */
function drawNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
