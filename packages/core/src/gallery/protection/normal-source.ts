/** Normally distributed numbers out of random bits. */

import type { Keystream } from './keystream.ts';
import { computeNaturalLogarithm } from './natural-logarithm.ts';

/** Draws so many independent normal numbers of mean 0 and variance 1. */
export type NormalSource = (count: number) => Promise<Float64Array>;

/**
 * Creates a source of normal numbers by Marsaglia's polar method. What it gives depends on the bits alone, down to the last digit, for it uses
 * nothing but arithmetic and square roots.
 *
 * @see "A convenient method for generating normal variables", SIAM Review 6(3), 1964.
 */
export function createNormalSource(keystream: Keystream): NormalSource {
  let words: Uint32Array = new Uint32Array(0);
  let used = 0;
  return async (count) => {
    // They come in pairs: one of an odd count is not used.
    const numbers = new Float64Array(count + 1);
    let filled = 0;
    while (filled < count) {
      if (used === words.length) {
        words = await keystream();
        used = 0;
      }
      const x = toUniform(words[used++] as number);
      const y = toUniform(words[used++] as number);
      const square = x * x + y * y;
      if (square >= 1) continue;
      const factor = Math.sqrt((-2 * computeNaturalLogarithm(square)) / square);
      numbers[filled++] = x * factor;
      numbers[filled++] = y * factor;
    }
    return numbers.subarray(0, count);
  };
}

/** In (-1, 1) and never 0: both steps are exact. */
function toUniform(word: number): number {
  return (word + 0.5) / 2_147_483_648 - 1;
}
