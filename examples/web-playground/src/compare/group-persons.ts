/** Who belongs together, directly or through others. */

import type { Pair } from './compare-faces.ts';

/** The person of every face: connected faces share a number, from 0 in the order of `matches`; faces without a match have `undefined`. */
export function groupPersons(count: number, matches: readonly Pair[]): readonly (number | undefined)[] {
  const group = Array.from({ length: count }, (_, i) => i);
  for (const { a, b } of matches) {
    const [from, to] = [group[b], group[a]];
    for (const [i, value] of group.entries()) if (value === from && to !== undefined) group[i] = to;
  }
  const numbers = new Map<number | undefined, number>();
  for (const { a } of matches) if (!numbers.has(group[a])) numbers.set(group[a], numbers.size);
  return group.map((value) => numbers.get(value));
}
