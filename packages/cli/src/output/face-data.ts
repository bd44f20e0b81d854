/** Faces as they appear in JSON documents. */

import type { AnalyzedFace, Embedding } from '@isoface/core';

/** One face in a document. Boxes and landmarks are pixels of the upright source image. */
export interface FaceData extends Omit<AnalyzedFace, 'embedding'> {
  readonly embedding?: EmbeddingData | undefined;
}

/** An embedding in a document; this is also the form in which one is read back. */
export interface EmbeddingData extends Omit<Embedding, 'vector'> {
  readonly vector: readonly number[];
}

/** A face without its embedding. */
export function toFaceData({ embedding: _, ...face }: AnalyzedFace): FaceData {
  return face;
}

/** A face without its embedding and its 68 landmarks, which would be most of the text. */
export function toBriefFaceData(face: AnalyzedFace): FaceData {
  const { landmarks68: _, ...data } = toFaceData(face);
  return data;
}

/** Nine significant digits give a float32 back bit by bit. */
export function toEmbeddingData({ vector, contract, provenance }: Embedding): EmbeddingData {
  return { vector: Array.from(vector, (value) => Number(value.toPrecision(9))), contract, provenance };
}
