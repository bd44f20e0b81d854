/** Rates by class of image: where a recognizer fails. */

import { computeClopperPearson } from '@isoface/core/evaluation';
import type { PairList } from '../dataset/pair-set.ts';
import type { Estimate, Stratum } from './results.ts';

/** Classes of each axis, from easy to hard. */
export const STRATUM_CLASSES = {
  illumination: ['medium', 'high', 'low'],
  pose: ['frontal', 'half-profile', 'profile'],
  occlusion: ['none', 'partial', 'heavy'],
  size: ['large', 'medium', 'small'],
  blur: ['none', 'slight', 'heavy'],
} as const;

/** What images can be divided by. */
export type StratumAxis = keyof typeof STRATUM_CLASSES;

/** All axes. */
export const STRATUM_AXES: readonly StratumAxis[] = Object.keys(STRATUM_CLASSES) as StratumAxis[];

/** The class of an image on each axis; absent where it could not be told. */
export type ImageClasses = Readonly<Partial<Record<StratumAxis, string>>>;

/** The class of pairs of which one image has none. */
const UNKNOWN = 'unknown';

/**
 * Computes the error rates of each class at one threshold. A pair belongs to the harder class of its two images.
 *
 * @param scores - Similarity of each pair; -Infinity for pairs that were not compared, which are left out.
 * @param classes - Of each image; absent for images without a face.
 * @returns One row per class that has pairs, the axes in the order asked for.
 */
export function measureStrata(
  scores: Float64Array,
  pairs: PairList,
  classes: readonly (ImageClasses | undefined)[],
  axes: readonly StratumAxis[],
  threshold: number,
): Stratum[] {
  return axes.flatMap((axis) => {
    const names = [...STRATUM_CLASSES[axis], UNKNOWN];
    const counts = names.map(() => ({ genuine: 0, missed: 0, impostor: 0, matched: 0 }));
    for (let i = 0; i < pairs.count; i++) {
      if (scores[i] === Number.NEGATIVE_INFINITY) continue;
      const isMatch = (scores[i] as number) >= threshold;
      const places = [pairs.first[i], pairs.second[i]].map((image) => {
        const at = names.indexOf(classes[image as number]?.[axis] ?? UNKNOWN);
        return at < 0 ? names.length - 1 : at;
      });
      const count = counts[Math.max(...places)] as (typeof counts)[number];
      if (pairs.isGenuine[i] === 1) {
        count.genuine++;
        if (!isMatch) count.missed++;
      } else {
        count.impostor++;
        if (isMatch) count.matched++;
      }
    }
    return counts.flatMap(({ genuine, missed, impostor, matched }, k): Stratum[] => {
      if (genuine + impostor === 0) return [];
      const rates = { fnmr: estimate(missed, genuine), fmr: estimate(matched, impostor) };
      return [{ axis, class: names[k] as string, genuinePairs: genuine, impostorPairs: impostor, ...rates }];
    });
  });
}

function estimate(count: number, trials: number): Estimate | undefined {
  return trials === 0 ? undefined : { value: count / trials, ci95: computeClopperPearson(count, trials) };
}
