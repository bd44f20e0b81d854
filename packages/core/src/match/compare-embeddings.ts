/** Comparison of two embeddings. */

import { assertUsableVector, type Embedding } from '../embed/embedding.ts';
import { FaceError } from '../errors/face-error.ts';
import type { EmbedderManifest } from '../ports/model-manifest.ts';
import { sumProducts, sumSquaredDifferences } from './vector-sums.ts';

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
  const { length } = a;
  const squaredLengths = sumProducts(a, 0, a, 0, length) * sumProducts(b, 0, b, 0, length);
  return Math.min(1, Math.max(-1, sumProducts(a, 0, b, 0, length) / Math.sqrt(squaredLengths)));
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
  return Math.sqrt(sumSquaredDifferences(a, 0, b, 0, a.length));
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
