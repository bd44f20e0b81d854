/** Multinomial logistic regression, fitted by accelerated gradient descent: small enough to be read, and the same everywhere. */

import type { OcclusionWeights } from '@isoface/core/evaluation';

const CLASSES = 3;
const ROUNDS = 600;

/**
 * Fits weights with an L2 penalty. Every class gets the same total weight, so the probabilities are those of equally frequent classes.
 *
 * @param features - Shape [N, F].
 * @param labels - 0, 1 or 2.
 * @param penalty - Of the squared weights, per sample.
 */
export function fitLogistic(features: readonly (readonly number[])[], labels: readonly number[], penalty = 1e-3): OcclusionWeights {
  const count = features[0]?.length ?? 0;
  const offsets = Array.from({ length: count }, (_, f) => mean(features.map((row) => row[f] as number)));
  const scales = Array.from({ length: count }, (_, f) => {
    const variance = mean(features.map((row) => ((row[f] as number) - (offsets[f] as number)) ** 2));
    return Math.max(1e-3, Math.sqrt(variance));
  });
  const width = count + 1;
  const inputs = new Float64Array(features.length * width);
  for (const [n, row] of features.entries()) {
    for (let f = 0; f < count; f++) inputs[n * width + f] = ((row[f] as number) - (offsets[f] as number)) / (scales[f] as number);
    inputs[n * width + count] = 1;
  }
  const sizes = Array.from({ length: CLASSES }, (_, c) => labels.filter((label) => label === c).length);
  const importance = labels.map((label) => 1 / (CLASSES * (sizes[label] as number)));

  let weights = new Float64Array(CLASSES * width);
  let ahead = weights.slice();
  const gradient = new Float64Array(CLASSES * width);
  const probabilities = new Float64Array(CLASSES);
  // Features are standardised: half their number bounds the curvature.
  const step = 4 / width;
  for (let round = 1; round <= ROUNDS; round++) {
    gradient.fill(0);
    for (let n = 0; n < labels.length; n++) {
      const at = n * width;
      softmax(ahead, inputs.subarray(at, at + width), probabilities);
      for (let c = 0; c < CLASSES; c++) {
        const error = ((probabilities[c] as number) - (labels[n] === c ? 1 : 0)) * (importance[n] as number);
        const row = c * width;
        for (let f = 0; f < width; f++) gradient[row + f] = (gradient[row + f] as number) + error * (inputs[at + f] as number);
      }
    }
    const next = ahead.map((value, i) => {
      const shrink = i % width === count ? 0 : penalty * value;
      return value - step * ((gradient[i] as number) + shrink);
    });
    const momentum = (round - 1) / (round + 2);
    ahead = next.map((value, i) => value + momentum * (value - (weights[i] as number)));
    weights = next;
  }
  return {
    offsets: offsets.map(round5),
    scales: scales.map(round5),
    weights: Array.from({ length: CLASSES }, (_, c) => Array.from(weights.subarray(c * width, (c + 1) * width), round5)),
  };
}

function softmax(weights: Float64Array, inputs: Float64Array, out: Float64Array): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < CLASSES; c++) {
    let sum = 0;
    for (let f = 0; f < inputs.length; f++) sum += (weights[c * inputs.length + f] as number) * (inputs[f] as number);
    out[c] = sum;
    highest = Math.max(highest, sum);
  }
  let total = 0;
  for (let c = 0; c < CLASSES; c++) {
    out[c] = Math.exp((out[c] as number) - highest);
    total += out[c] as number;
  }
  for (let c = 0; c < CLASSES; c++) out[c] = (out[c] as number) / total;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function round5(value: number): number {
  return Number(value.toPrecision(5));
}
