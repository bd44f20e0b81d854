/** The noise of a camera sensor. */

import { randomNumbers } from './random-numbers.ts';
import type { RgbFrame } from './rgb-frame.ts';

const TABLE_LENGTH = 1 << 20;

/** Adds noise and applies a brightness, in place. Each call gives other noise; the same seed gives the same calls again. */
export type AddNoise = (frame: RgbFrame, brightness?: number) => void;

/**
 * Prepares noise that looks normally distributed.
 *
 * @param deviation - Standard deviation in steps of a byte; 0 for none, at most 20.
 */
export function createSensorNoise(deviation: number, seed: number): AddNoise {
  const random = randomNumbers(seed);
  // Three uniform numbers of variance 1/12 each.
  const table = Int8Array.from({ length: TABLE_LENGTH }, () => Math.round((random() + random() + random() - 1.5) * 2 * deviation));
  return ({ data }, brightness = 1) => {
    const start = Math.floor(random() * TABLE_LENGTH);
    const factor = Math.round(brightness * 256);
    for (let i = 0; i < data.length; i++) {
      data[i] = (((data[i] as number) * factor) >> 8) + (table[(start + i) & (TABLE_LENGTH - 1)] as number);
    }
  };
}
