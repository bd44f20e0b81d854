/** The search of a closed set: who of those enrolled is most alike. */

import { computeCosineSimilarity } from '@isoface/core';
import type { GalleryMatch } from './bench-engine.ts';

/** Compares a vector with every one of the gallery; of equals the first. `undefined` for an empty gallery. */
export function searchGallery(gallery: readonly Float32Array[], probe: Float32Array): GalleryMatch | undefined {
  let best: GalleryMatch | undefined;
  for (const [row, vector] of gallery.entries()) {
    const similarity = computeCosineSimilarity(vector, probe);
    if (best === undefined || similarity > best.similarity) best = { row, similarity };
  }
  return best;
}
