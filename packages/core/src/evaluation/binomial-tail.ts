/**
 * Tails of the binomial distribution and their inverse: the regularised incomplete beta function at whole numbers, where it is a finite sum of
 * positive terms, in which nothing cancels.
 */

/** A share and one minus it, each with all its digits. */
export interface Share {
  readonly share: number;
  readonly complement: number;
}

const MAX_STEPS = 200;

/**
 * Finds the share p under which `count` or more successes among `trials` have the probability `alpha`.
 *
 * Newton's method on the logarithm of that probability over log(p / (1 - p)): there it is concave, so that from the second step on p grows towards
 * the solution and never passes it.
 *
 * @param count - A whole number from 1 to `trials`.
 * @param alpha - In (0, 1).
 */
export function findShareOfTail(count: number, trials: number, alpha: number): Share {
  const target = Math.log(alpha);
  if (count === trials) return { share: Math.exp(target / trials), complement: -Math.expm1(target / trials) };
  let logit = Math.log(count / (trials - count));
  for (let i = 0; i < MAX_STEPS; i++) {
    const { share, complement } = toShare(logit);
    const sum = sumTail(count, trials, share / complement);
    const miss = target - (computeLogProbability(count, trials, share, complement) + Math.log(sum));
    const step = (miss * sum) / (count * complement);
    logit += step;
    if (Math.abs(step) <= 1e-15 * Math.max(1, Math.abs(logit))) break;
  }
  return toShare(logit);
}

function toShare(logit: number): Share {
  return { share: 1 / (1 + Math.exp(-logit)), complement: 1 / (1 + Math.exp(logit)) };
}

/** Probability of `count` or more successes in units of that of exactly `count`. */
function sumTail(count: number, trials: number, odds: number): number {
  let term = 1;
  let sum = 1;
  for (let k = count; k < trials; k++) {
    const ratio = ((trials - k) / (k + 1)) * odds;
    term *= ratio;
    sum += term;
    // The ratios fall, so the rest is less than a geometric series.
    if (ratio < 1 && term < 1e-17 * sum * (1 - ratio)) break;
  }
  return sum;
}

/**
 * Logarithm of the probability of exactly `count` successes, 0 < count < trials, free of the cancellation between large factorials.
 *
 * @see Loader, "Fast and accurate computation of binomial probabilities", 2000.
 */
function computeLogProbability(count: number, trials: number, share: number, complement: number): number {
  const failures = trials - count;
  return (
    computeStirlingError(trials) -
    computeStirlingError(count) -
    computeStirlingError(failures) -
    computeDeviance(count, trials * share) -
    computeDeviance(failures, trials * complement) +
    Math.log(trials / (2 * Math.PI * count * failures)) / 2
  );
}

/** What Stirling's formula lacks: log(n!) - log(sqrt(2 pi n) (n / e)^n). */
function computeStirlingError(n: number): number {
  let below = 0;
  let z = n;
  // The series below is good to 1e-16 from 16 on.
  for (; z < 16; z++) below += (z + 0.5) * Math.log1p(1 / z) - 1;
  const squared = z * z;
  return below + (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / squared) / squared) / squared) / squared) / z;
}

/** `x log(x / mean) + mean - x`, also where both are close. */
function computeDeviance(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const v = (x - mean) / (x + mean);
  let sum = (x - mean) * v;
  let term = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}
