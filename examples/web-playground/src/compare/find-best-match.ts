/** Who of the known faces a face looks most like. */

import { compareEmbeddings, type Embedding } from 'isoface';

/** The best known face, by index. */
export interface BestMatch {
  readonly index: number;
  readonly similarity: number;
}

/** The most alike face that reaches the threshold; faces of another contract are passed over. */
export function findBestMatch(probe: Embedding, known: readonly Embedding[], threshold: number): BestMatch | undefined {
  return known
    .flatMap((embedding, index) =>
      embedding.contract === probe.contract ? [{ index, similarity: compareEmbeddings(probe, embedding, 'cosine').similarity }] : [],
    )
    .filter(({ similarity }) => similarity >= threshold)
    .sort((a, b) => b.similarity - a.similarity)[0];
}
