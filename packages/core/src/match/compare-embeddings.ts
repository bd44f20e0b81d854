/** Comparison of two embeddings. */

import { assertUsableVector, type Embedding } from '../embed/embedding.ts';
import { FaceError } from '../errors/face-error.ts';
import type { EmbedderManifest } from '../ports/model-manifest.ts';

/** How alike two faces are. */
export interface Comparison {
  /** Larger = more alike. Metric `cosine`: the cosine, in [-1, 1]. Metric `euclidean`: the negated distance. */
  readonly similarity: number;
  /** Euclidean distance of the vectors as stored; smaller = more alike. */
  readonly distance: number;
}

/**
 * Cosine of the angle between two vectors of equal length, in [-1, 1].
 *
 * @throws {FaceError} `SHAPE_MISMATCH` for different lengths; `INVALID_EMBEDDING` for NaN, infinite or all-zero vectors.
 */
export function computeCosineSimilarity(a: Float32Array, b: Float32Array): number {
  assertComparable(a, b);
  return cosineOfUsable(a, b);
}

/** {@link computeCosineSimilarity} for vectors that are known to be usable and of equal length: searches check each of them once. */
export function cosineOfUsable(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let squaredA = 0;
  let squaredB = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    dot += x * y;
    squaredA += x * x;
    squaredB += y * y;
  }
  return Math.min(1, Math.max(-1, dot / Math.sqrt(squaredA * squaredB)));
}

/**
 * Euclidean distance between two vectors of equal length.
 *
 * @throws {FaceError} `SHAPE_MISMATCH` for different lengths; `INVALID_EMBEDDING` for NaN, infinite or all-zero vectors.
 */
export function computeEuclideanDistance(a: Float32Array, b: Float32Array): number {
  assertComparable(a, b);
  return distanceOfUsable(a, b);
}

/** {@link computeEuclideanDistance} for vectors that are known to be usable and of equal length. */
export function distanceOfUsable(a: Float32Array, b: Float32Array): number {
  let squared = 0;
  for (let i = 0; i < a.length; i++) squared += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(squared);
}

/**
 * Compares two embeddings of the same contract.
 *
 * @throws {FaceError} `CONTRACT_MISMATCH` if they were made in different ways; `SHAPE_MISMATCH` or `INVALID_EMBEDDING` for damaged vectors.
 */
export function compareEmbeddings(a: Embedding, b: Embedding, metric: EmbedderManifest['metric']): Comparison {
  if (a.contract !== b.contract) {
    throw new FaceError(
      'CONTRACT_MISMATCH',
      `Expected two embeddings of one contract, got ${a.contract.slice(0, 12)}… and ${b.contract.slice(0, 12)}…: their numbers mean different things. Embed both photos with the same pack.`,
      { a: a.contract, b: b.contract },
    );
  }
  const distance = computeEuclideanDistance(a.vector, b.vector);
  const similarity = metric === 'cosine' ? computeCosineSimilarity(a.vector, b.vector) : -distance;
  return { similarity, distance };
}

function assertComparable(a: Float32Array, b: Float32Array): void {
  if (a.length !== b.length) {
    throw new FaceError('SHAPE_MISMATCH', `Expected vectors of equal length, got ${a.length} and ${b.length}.`, {
      a: a.length,
      b: b.length,
    });
  }
  assertUsableVector(a);
  assertUsableVector(b);
}
