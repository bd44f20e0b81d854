/** Random numbers that come out the same everywhere, so that intervals can be repeated. */

/**
 * Creates a generator of uniform numbers in [0, 1) with 32 random bits each (mulberry32 by Tommy Ettinger): small, fast, not for secrets.
 *
 * @param seed - Any number; its lower 32 bits count. Equal seeds give equal sequences.
 */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
