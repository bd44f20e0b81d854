/** Keys and vectors of tests: none of them is a secret. */

import { createRandom } from '../../../src/evaluation/random.ts';

export const GALLERY_ID = '00112233445566778899aabbccddeeff';

/** 32 bytes, counted up. */
export function countKey(first = 0): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: 32 }, (_, index) => first + index);
}

/** A vector whose numbers are exact in float32, without a pattern that a matrix could favour. */
export function exactVector(dimension: number): Float32Array {
  return Float32Array.from({ length: dimension }, (_, index) => (((index * 37) % 101) - 50) / 64);
}

/** A vector of a random direction, roughly: numbers are even in [-1, 1). */
export function randomVector(dimension: number, random = createRandom(7)): Float32Array {
  return Float32Array.from({ length: dimension }, () => 2 * random() - 1);
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] as number) * (b[index] as number);
  return sum;
}

export function norm(a: ArrayLike<number>): number {
  return Math.sqrt(dot(a, a));
}

export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return dot(a, b) / (norm(a) * norm(b));
}
