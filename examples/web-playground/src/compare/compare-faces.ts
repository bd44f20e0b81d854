/** Every face against every other. */

import { compareEmbeddings, type Embedding } from 'isoface';

/** Two faces, by index, and how alike they are. */
export interface Pair {
  readonly a: number;
  readonly b: number;
  readonly similarity: number;
}

/** Similarities of all pairs, `a < b`, in reading order. All embeddings must come from one engine. */
export function compareFaces(embeddings: readonly Embedding[]): readonly Pair[] {
  return embeddings.flatMap((first, a) =>
    embeddings.slice(a + 1).map((second, i) => ({ a, b: a + 1 + i, similarity: compareEmbeddings(first, second, 'cosine').similarity })),
  );
}

/** The pairs that reach the threshold, most alike first. */
export function selectMatches(pairs: readonly Pair[], threshold: number): readonly Pair[] {
  return pairs.filter(({ similarity }) => similarity >= threshold).sort((x, y) => y.similarity - x.similarity);
}
