/** Vectors of all kinds that galleries hold, from a seed. */

/** How vectors lie to one another. */
export type Shape = 'random' | 'clustered' | 'coarse' | 'nearly-equal' | 'one-sided';

export const SHAPES: readonly Shape[] = ['random', 'clustered', 'coarse', 'nearly-equal', 'one-sided'];

/**
 * Draws vectors.
 *
 * `clustered`: like faces, close to a common mean, the numbers of unequal size. `coarse`: few different ones, many exact ties. `nearly-equal`: they
 * differ in the last bits. `one-sided`: all numbers of one sign and nearly one size, so that sums are as large as they get.
 */
export function drawShape(random: () => number, shape: Shape, dimension: number, count: number): Float32Array {
  const vectors = new Float32Array(dimension * count);
  const base = Float64Array.from({ length: dimension }, () => random() - 0.5);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < dimension; i++) vectors[row * dimension + i] = drawNumber(random, shape, base[i] as number, i);
    const vector = vectors.subarray(row * dimension, (row + 1) * dimension);
    if (vector.every((value) => value === 0)) vector[row % dimension] = 1;
  }
  return vectors;
}

function drawNumber(random: () => number, shape: Shape, base: number, i: number): number {
  switch (shape) {
    case 'random':
      return random() * 2 - 1;
    case 'clustered':
      return base + ((random() + random() - 1) * 0.4) / (1 + i / 8);
    case 'coarse':
      return Math.floor(random() * 3) - 1;
    case 'nearly-equal':
      return base * (1 + Math.floor(random() * 3) * 2 ** -23);
    case 'one-sided':
      return 1 + random() * 1e-3;
  }
}

/** Scales each vector to length 1. */
export function toUnitRows(vectors: Float32Array, dimension: number): Float32Array {
  const scaled = new Float32Array(vectors.length);
  for (let at = 0; at < vectors.length; at += dimension) {
    const length = Math.hypot(...vectors.subarray(at, at + dimension));
    for (let i = at; i < at + dimension; i++) scaled[i] = (vectors[i] as number) / length;
  }
  return scaled;
}
