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

/**
 * {@link computeCosineSimilarity} for vectors that are known to be usable and of equal length: searches check each of them once. Four sums, added up
 * as the scorers of measurements do: a threshold that was measured lies within one rounding of a score, and must decide here as it did there.
 */
export function cosineOfUsable(a: Float32Array, b: Float32Array): number {
  const dot = sumProducts(a, b);
  return Math.min(1, Math.max(-1, dot / Math.sqrt(sumProducts(a, a) * sumProducts(b, b))));
}

function sumProducts(a: Float32Array, b: Float32Array): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let i = 0;
  for (; i + 3 < a.length; i += 4) {
    sum0 += (a[i] as number) * (b[i] as number);
    sum1 += (a[i + 1] as number) * (b[i + 1] as number);
    sum2 += (a[i + 2] as number) * (b[i + 2] as number);
    sum3 += (a[i + 3] as number) * (b[i + 3] as number);
  }
  for (; i < a.length; i++) sum0 += (a[i] as number) * (b[i] as number);
  return sum0 + sum1 + (sum2 + sum3);
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

/** {@link computeEuclideanDistance} for vectors that are known to be usable and of equal length. Added up as {@link cosineOfUsable} does. */
export function distanceOfUsable(a: Float32Array, b: Float32Array): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let i = 0;
  for (; i + 3 < a.length; i += 4) {
    sum0 += ((a[i] as number) - (b[i] as number)) ** 2;
    sum1 += ((a[i + 1] as number) - (b[i + 1] as number)) ** 2;
    sum2 += ((a[i + 2] as number) - (b[i + 2] as number)) ** 2;
    sum3 += ((a[i + 3] as number) - (b[i + 3] as number)) ** 2;
  }
  for (; i < a.length; i++) sum0 += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(sum0 + sum1 + (sum2 + sum3));
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
