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
import { type GalleryMemory, isIndexLost } from './gallery-memory.ts';
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
  readonly memory: GalleryMemory;
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
  /** For each embedding at most `limit` people, best first, equal ones by id. */
  find(embeddings: readonly Embedding[], limit: number, signal: AbortSignal | undefined): Promise<readonly (readonly Candidate[])[]>;
  /** The threshold for a gallery of this size. */
  decide(options: Pick<IdentifyOptions, 'threshold' | 'fpir'>): Promise<SearchDecision>;
}

type Search = (
  vectors: readonly Float32Array[],
  limit: number,
  signal: AbortSignal | undefined,
) => Promise<readonly (readonly Candidate[])[]>;

/** Creates the search. */
export function createGallerySearch({ store, stored, pack, info, memory }: SearchedGallery): GallerySearch {
  const { contract, dimension, metric } = stored.header;
  const searchIndex = (index: GalleryIndex, ...[vectors, limit, signal]: Parameters<Search>): ReturnType<Search> => {
    const probes = new Float32Array(vectors.length * dimension);
    for (const [i, vector] of vectors.entries()) probes.set(toSearchVector(vector, metric), i * dimension);
    return index.search(probes, { limit, signal });
  };
  const compare = (a: Float32Array, b: Float32Array): number =>
    metric === 'cosine' ? computeCosineSimilarity(a, b) : -computeEuclideanDistance(a, b);
  const toVector = (embedding: Embedding): Float32Array => {
    assertOwnContract(embedding, contract);
    if (embedding.vector.length !== dimension) {
      throw new FaceError('SHAPE_MISMATCH', `Expected an embedding of ${dimension} numbers, got ${embedding.vector.length}.`, {
        expected: dimension,
        got: embedding.vector.length,
      });
    }
    assertUsableVector(embedding.vector);
    return stored.protection.transform(embedding.vector);
  };
  const searchStoreFor = async (vector: Float32Array, limit: number, signal: AbortSignal | undefined): Promise<readonly Candidate[]> => {
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
  const searchStore: Search = (vectors, limit, signal) => Promise.all(vectors.map((vector) => searchStoreFor(vector, limit, signal)));

  return {
    compare,
    toVector,
    async find(embeddings, limit, signal) {
      let hasLostThread = false;
      for (;;) {
        signal?.throwIfAborted();
        const { protection } = stored;
        const vectors = embeddings.map(toVector);
        const index = await memory.current();
        try {
          const found = index === undefined ? await searchStore(vectors, limit, signal) : await searchIndex(index, vectors, limit, signal);
          // The keys were changed meanwhile: probes of one space were compared with templates of another.
          if (protection === stored.protection) return found;
        } catch (error) {
          if (index === undefined || !isIndexLost(error)) throw error;
          // What ends two threads is at fault itself.
          if (hasLostThread && isFaceError(error, 'WORKER_CRASHED')) throw error;
          hasLostThread = isFaceError(error, 'WORKER_CRASHED');
          if (hasLostThread) await memory.renew(index);
          else if ((await memory.current()) === index) throw error;
        }
      }
    },
    async decide({ threshold, fpir }) {
      const gallerySize = (await memory.current())?.size ?? (await store.stats()).templates;
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
