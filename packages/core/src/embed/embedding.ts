/** The vector of a face, with the contract that says what it may be compared with. */

import { FaceError } from '../errors/face-error.ts';

/** How one embedding came about. Does not decide what it may be compared with. */
export interface EmbeddingProvenance {
  /** Execution provider of the embedder, or `undefined` for imported vectors. */
  readonly executionProvider?: string | undefined;
  /** Whether the vectors of the face and of its mirror image were averaged. */
  readonly flipAveraging: boolean;
  /** Software that made the vector, if it was not isoface. */
  readonly importedFrom?: string | undefined;
}

/** The vector of one face. */
export interface Embedding {
  /** float32, length = dimension of the embedder; of length 1 where the contract normalises. */
  readonly vector: Float32Array;
  /** Contract id: embeddings are comparable exactly when their ids are equal. */
  readonly contract: string;
  readonly provenance: EmbeddingProvenance;
}

/** True for anything with the fields of an {@link Embedding}. */
export function isEmbedding(value: unknown): value is Embedding {
  if (typeof value !== 'object' || value === null) return false;
  const { vector, contract } = value as Partial<Embedding>;
  return vector instanceof Float32Array && typeof contract === 'string';
}

/**
 * Checks that a vector can be compared at all.
 *
 * @throws {FaceError} `INVALID_EMBEDDING` if it holds NaN or infinite numbers or has no length; such vectors come from broken model runs.
 */
export function assertUsableVector(vector: Float32Array): void {
  const squared = computeSquaredLength(vector);
  if (Number.isFinite(squared) && squared > 1e-12) return;
  throw new FaceError(
    'INVALID_EMBEDDING',
    `Expected ${vector.length} finite numbers that are not all zero, got a vector of length ${Math.sqrt(squared)}; make the embedding again.`,
    { dimension: vector.length, norm: Math.sqrt(squared) },
  );
}

/** The vector scaled to length 1; a new array. */
export function toUnitVector(vector: Float32Array): Float32Array {
  const scale = 1 / Math.sqrt(computeSquaredLength(vector));
  return vector.map((value) => value * scale);
}

/** Sum of the squares of all numbers, one after another. */
export function computeSquaredLength(vector: Float32Array): number {
  let squared = 0;
  for (let i = 0; i < vector.length; i++) squared += (vector[i] as number) ** 2;
  return squared;
}
