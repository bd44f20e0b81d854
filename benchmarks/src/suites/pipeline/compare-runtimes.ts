/** How far the embeddings of the same picture are apart between runtimes. */

import { computeCosineSimilarity } from '@isoface/core';
import type { RuntimeName } from '../../runtimes/runtime-name.ts';
import type { Parity } from './pipeline-piece.ts';

/** Collects embeddings, picture by picture. */
export interface RuntimeComparison {
  /** Takes what a runtime made of a picture; `undefined` where it found no face. */
  add(runtime: RuntimeName, id: string, embedding: Float32Array | undefined): void;
  /** Forgets the embeddings, not what was found by comparing them: nothing more will come of these pictures. */
  forget(): void;
  result(): Parity[];
}

interface Tally {
  readonly a: RuntimeName;
  readonly b: RuntimeName;
  images: number;
  worst: number;
  worstImage: string;
  oneSided: number;
}

/** Starts a comparison. */
export function compareRuntimes(): RuntimeComparison {
  const seen = new Map<string, { readonly runtime: RuntimeName; readonly embedding: Float32Array | undefined }[]>();
  const tallies = new Map<string, Tally>();
  const tallyOf = (a: RuntimeName, b: RuntimeName): Tally => {
    const key = `${a} ${b}`;
    const tally = tallies.get(key) ?? { a, b, images: 0, worst: 0, worstImage: '', oneSided: 0 };
    tallies.set(key, tally);
    return tally;
  };
  return {
    add(runtime, id, embedding) {
      const others = seen.get(id) ?? [];
      for (const other of others) {
        // One order of each pair, whoever was first this time.
        const [a, b] = [other.runtime, runtime].sort() as [RuntimeName, RuntimeName];
        const tally = tallyOf(a, b);
        if (other.embedding === undefined || embedding === undefined) {
          if (other.embedding !== embedding) tally.oneSided++;
          continue;
        }
        tally.images++;
        const distance = cosineDistance(other.embedding, embedding);
        if (distance > tally.worst || tally.worstImage === '') [tally.worst, tally.worstImage] = [distance, id];
      }
      others.push({ runtime, embedding });
      seen.set(id, others);
    },
    forget: () => seen.clear(),
    result: () => [...tallies.values()].map((tally) => ({ ...tally })),
  };
}

/** One minus the cosine, from the difference of the unit vectors: near 0, where the cosine has lost its digits, it still has some. */
export function cosineDistance(a: Float32Array, b: Float32Array): number {
  // Refuses vectors that cannot be compared.
  computeCosineSimilarity(a, b);
  const [lengthA, lengthB] = [Math.hypot(...a), Math.hypot(...b)];
  let squared = 0;
  for (let i = 0; i < a.length; i++) squared += ((a[i] ?? 0) / lengthA - (b[i] ?? 0) / lengthB) ** 2;
  return squared / 2;
}
