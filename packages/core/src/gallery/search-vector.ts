/** Vectors as they are searched. */

import { computeSquaredLength, toUnitVector } from '../embed/embedding.ts';
import type { GalleryHeader } from '../ports/gallery-store.ts';

/** A vector as it is searched: of length 1 where cosines are compared. Kept is the vector as the network gave it. */
export function toSearchVector(vector: Float32Array, metric: GalleryHeader['metric']): Float32Array {
  if (metric !== 'cosine') return vector;
  // Embeddings of contracts that normalise have it already, up to the rounding of float32: they stay as they are, bit for bit.
  return Math.abs(computeSquaredLength(vector) - 1) < 1e-5 ? vector : toUnitVector(vector);
}
