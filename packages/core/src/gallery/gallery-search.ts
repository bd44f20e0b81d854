/** Search for vectors, in memory or in the store, and the threshold that goes with it. */

import { assertUsableVector, type Embedding } from '../embed/embedding.ts';
import { assertOwnContract } from '../engine/choose-face.ts';
import type { EngineInfo } from '../engine/face-engine.ts';
import { FaceError, isFaceError } from '../errors/face-error.ts';
import { computeCosineSimilarity, computeEuclideanDistance } from '../match/compare-embeddings.ts';
import type { GalleryStore } from '../ports/gallery-store.ts';
import type { PackManifest } from '../ports/model-manifest.ts';
import type { Candidate, IdentifyOptions } from './gallery.ts';
import type { GalleryIndex } from './gallery-index.ts';
import { compareIds } from './memory-store.ts';
import { DEFAULT_FPIR, type SearchDecision, selectSearchThreshold } from './search-threshold.ts';
import { toSearchVector } from './search-vector.ts';
import type { WritableGallery } from './stored-gallery.ts';

/** What is searched. */
export interface SearchedGallery {
  readonly store: GalleryStore;
  readonly stored: WritableGallery;
  readonly pack: PackManifest;
  info(): EngineInfo;
  /** Absent where the store searches. */
  index(): GalleryIndex | undefined;
  /** Fills the index anew, after the thread that held it has ended. */
  refill(): Promise<void>;
}

/** Searches one gallery. */
export interface GallerySearch {
  /**
   * The vector of an embedding in the space of the gallery, as it is kept.
   *
   * @throws {FaceError} `CONTRACT_MISMATCH`, `SHAPE_MISMATCH`, `INVALID_EMBEDDING`.
   */
  toVector(embedding: Embedding): Float32Array;
  /** Similarity of two vectors in the space of the gallery. */
  compare(a: Float32Array, b: Float32Array): number;
  /** For each vector at most `limit` people, best first, equal ones by id. */
  find(vectors: readonly Float32Array[], limit: number, signal: AbortSignal | undefined): Promise<readonly (readonly Candidate[])[]>;
  /** The threshold for a gallery of this size. */
  decide(options: Pick<IdentifyOptions, 'threshold' | 'fpir'>): Promise<SearchDecision>;
}

/** Creates the search. */
export function createGallerySearch({ store, stored, pack, info, index, refill }: SearchedGallery): GallerySearch {
  const { contract, dimension, metric } = stored.header;
  const compare = (a: Float32Array, b: Float32Array): number =>
    metric === 'cosine' ? computeCosineSimilarity(a, b) : -computeEuclideanDistance(a, b);
  const searchStore = async (vector: Float32Array, limit: number, signal: AbortSignal | undefined): Promise<readonly Candidate[]> => {
    const found = (await store.search?.(vector, { identities: limit, signal })) ?? [];
    const best = new Map<string, Candidate>();
    for (const { id, template } of found) {
      const { label, vector: own } = await stored.openTemplate(id, template);
      const similarity = compare(vector, own);
      const before = best.get(id);
      const isBetter =
        before === undefined || similarity > before.similarity || (similarity === before.similarity && label < before.template);
      if (isBetter) best.set(id, { id, similarity, template: label });
    }
    return [...best.values()].sort((a, b) => b.similarity - a.similarity || compareIds(a.id, b.id)).slice(0, limit);
  };

  return {
    compare,
    toVector(embedding) {
      assertOwnContract(embedding, contract);
      if (embedding.vector.length !== dimension) {
        throw new FaceError('SHAPE_MISMATCH', `Expected an embedding of ${dimension} numbers, got ${embedding.vector.length}.`, {
          expected: dimension,
          got: embedding.vector.length,
        });
      }
      assertUsableVector(embedding.vector);
      return stored.protection.transform(embedding.vector);
    },
    async find(vectors, limit, signal) {
      signal?.throwIfAborted();
      const memory = index();
      if (memory === undefined) return Promise.all(vectors.map((vector) => searchStore(vector, limit, signal)));
      const probes = new Float32Array(vectors.length * dimension);
      for (const [i, vector] of vectors.entries()) probes.set(toSearchVector(vector, metric), i * dimension);
      try {
        return await memory.search(probes, { limit, signal });
      } catch (error) {
        if (!isFaceError(error, 'WORKER_CRASHED')) throw error;
        // The rows went with the thread; the store has them still. Once: what ends two threads is at fault itself.
        await refill();
        return (await index()?.search(probes, { limit, signal })) ?? [];
      }
    },
    async decide({ threshold, fpir }) {
      const gallerySize = index()?.size ?? (await store.stats()).templates;
      if (threshold !== undefined) return { threshold: assertThreshold(threshold), gallerySize, basis: 'own' };
      const { thresholds, flipAveraging } = info();
      return selectSearchThreshold(
        { thresholds, searchThresholds: pack.searchThresholds, flipAveraging, pack: pack.id },
        fpir ?? DEFAULT_FPIR,
        gallerySize,
      );
    },
  };
}

/** @throws {FaceError} `INVALID_OPTION`. */
export function assertThreshold(threshold: number): number {
  if (Number.isFinite(threshold)) return threshold;
  throw new FaceError('INVALID_OPTION', `Expected a finite threshold, got ${threshold}.`, { option: 'threshold', value: threshold });
}
