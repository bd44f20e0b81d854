/** What a contender must be able to do in Node. */

import type { RgbaImage } from '@isoface/core';

/**
 * A contender that is ready.
 *
 * @typeParam Input - The form in which it reads decoded pictures at the least cost.
 */
export interface ContenderInNode<Input = unknown> {
  /** Brings pixels into that form; part of no measurement. */
  prepare(image: RgbaImage): Input;
  /** Finds every face and computes its landmarks and embedding; resolves with the number of faces that have one. */
  analyze(input: Input): Promise<number>;
  /** Gives back what `prepare` took. */
  release(input: Input): void;
  describe(): Readonly<Record<string, string | number | boolean>>;
}
