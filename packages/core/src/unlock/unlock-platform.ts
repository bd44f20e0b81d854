/** What a face unlock takes from its surroundings. */

import { drawRandomBytes } from '../gallery/protection/web-crypto.ts';
import type { FramePatience } from './watch-frames.ts';

/** Clocks, chance and patience. */
export interface UnlockPlatform {
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Milliseconds since any moment; never runs backwards. */
  readonly now: () => number;
  /** Uniform numbers in [0, 1) that nobody can foresee. */
  readonly random: () => number;
  readonly patience: FramePatience;
}

/** The clocks and random numbers of the host. */
export function createHostPlatform(): UnlockPlatform {
  return {
    wallClock: () => Date.now(),
    now: createMonotonicClock(),
    random: drawNumber,
    patience: { firstFrameMs: 15_000, nextFrameMs: 5_000 },
  };
}

/** `performance.now` where there is one; else the wall clock, kept from running backwards. */
function createMonotonicClock(): () => number {
  const { performance } = globalThis as unknown as { readonly performance?: { now(): number } };
  if (performance !== undefined) return () => performance.now();
  let latest = 0;
  return () => {
    latest = Math.max(latest, Date.now());
    return latest;
  };
}

function drawNumber(): number {
  const [a = 0, b = 0, c = 0, d = 0] = drawRandomBytes(4);
  return (((a * 256 + b) * 256 + c) * 256 + d) / 2 ** 32;
}
