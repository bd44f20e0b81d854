/** In which order pairs are taken when there may be no time for all of them. */

import { createRandom } from '@isoface/core/evaluation';
import { shuffle } from '../../shuffle.ts';

/** What of a list of pairs decides about the order. */
export interface FoldedPairs {
  /** 1 for a genuine pair. */
  readonly isGenuine: Uint8Array;
  readonly fold: Uint8Array;
}

/**
 * Orders pairs in blocks: each block has one genuine and one impostor pair of every fold, so that however many blocks are taken, folds and classes stay
 * balanced. Lists such as LFW's are sorted by name; within a fold and class the pairs are therefore shuffled, always in the same way.
 *
 * @returns Blocks of indices of pairs. Where a fold has fewer pairs of a class than others the last blocks lack them.
 */
export function orderPairs({ isGenuine, fold }: FoldedPairs): number[][] {
  const random = createRandom(1);
  const groups = new Map<number, number[]>();
  for (let i = 0; i < fold.length; i++) {
    const key = 2 * (fold[i] as number) + (isGenuine[i] as number);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  }
  const keys = Array.from(groups.keys()).sort((a, b) => a - b);
  const shuffled = keys.map((key) => shuffle(groups.get(key) ?? [], random));
  const blocks = Math.max(0, ...shuffled.map(({ length }) => length));
  return Array.from({ length: blocks }, (_, block) => shuffled.flatMap((group) => group[block] ?? []));
}
