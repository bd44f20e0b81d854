/** How far results lie apart; written out, for tests must not trust the arithmetic that they test. */

import type { Face } from '@isoface/core';

/** Largest difference of a coordinate, pixels. */
export function largestDifference(a: Face['box'], b: Face['box']): number {
  return Math.max(...(['x', 'y', 'width', 'height'] as const).map((key) => Math.abs(a[key] - b[key])));
}

/** Cosine of two vectors; `NaN` if one is missing or they differ in length. */
export function cosine(a: ArrayLike<number> = [], b: ArrayLike<number> = []): number {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
    Array.from(x).reduce((sum, value, i) => sum + value * (y[i] ?? Number.NaN), 0);
  return a.length === b.length ? dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)) : Number.NaN;
}
