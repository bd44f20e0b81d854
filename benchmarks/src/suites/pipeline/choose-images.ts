/** Which pictures are measured where there are more than fit. */

import type { BenchImage } from '../../runtimes/bench-engine.ts';

/**
 * Takes about `limit` pictures, spread evenly over the set, identities whole as long as that leaves several of them: a search needs two pictures
 * of a person. The same set and limit give the same pictures.
 *
 * @param limit - At least 1.
 * @returns Places in `images`, ascending, at most `limit`.
 */
export function chooseImages(images: readonly BenchImage[], limit: number): number[] {
  if (images.length <= limit) return Array.from(images.keys());
  const groups = groupByIdentity(images);
  // From a large group no more than a few: the set must not shrink to one person.
  const most = Math.max(2, Math.ceil(limit / 8));
  const chosen: number[] = [];
  for (const index of spreadOrder(groups.length)) {
    if (chosen.length >= limit) break;
    chosen.push(...(groups[index] ?? []).slice(0, Math.min(most, limit - chosen.length)));
  }
  return chosen.sort((a, b) => a - b);
}

function groupByIdentity(images: readonly BenchImage[]): readonly (readonly number[])[] {
  const groups = new Map<string | number, number[]>();
  for (const [i, { identity }] of images.entries()) {
    const known = groups.get(identity ?? i);
    if (known === undefined) groups.set(identity ?? i, [i]);
    else known.push(i);
  }
  return [...groups.values()];
}

/** 0 to count - 1 in an order of which every beginning is spread evenly (van der Corput, base 2). */
function spreadOrder(count: number): number[] {
  const bits = Math.max(1, Math.ceil(Math.log2(count)));
  const order: number[] = [];
  for (let i = 0; i < 2 ** bits; i++) {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) if ((i & (1 << bit)) !== 0) reversed |= 1 << (bits - 1 - bit);
    if (reversed < count) order.push(reversed);
  }
  return order;
}

/**
 * How many pictures fit into the time, if not all: a power of two, so that runs of about the same speed take the same pictures.
 *
 * @param all - Pictures of the set.
 */
export function fitImages(all: number, wanted: { readonly fitting: number; readonly least: number }): number {
  const { fitting, least } = wanted;
  if (fitting >= all) return all;
  return Math.min(all, Math.max(least, 2 ** Math.floor(Math.log2(Math.max(1, fitting)))));
}
