/** Orders of measurement. */

/** The items in a random order (Durstenfeld, "Algorithm 235: random permutation", CACM 7(7), 1964): what drifts with time then looks like no item. */
export function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T];
  }
  return shuffled;
}
