/** The gallery of an engine: photos in, people out. */

import type { Embedding } from '../embed/embedding.ts';
import type { EngineInfo } from '../engine/face-engine.ts';
import type { Clock } from '../engine/stage-clock.ts';
import { FaceError } from '../errors/face-error.ts';
import type { PackManifest } from '../ports/model-manifest.ts';
import type { IndexSpec, TemplateIndex } from '../ports/template-index.ts';
import { createAdaptiveIndex } from './adaptive-index.ts';
import { assertOneOf } from './assert-one-of.ts';
import { enrol } from './enrol.ts';
import type { Gallery, GalleryOptions, IdentifyResult } from './gallery.ts';
import { fillGalleryIndex } from './gallery-index.ts';
import { createGalleryMemory } from './gallery-memory.ts';
import { createGallerySearch } from './gallery-search.ts';
import { identifyMany } from './identify.ts';
import type { PhotoReader } from './look-at-photos.ts';
import { createMemoryStore } from './memory-store.ts';
import { createTemplateIndex } from './search/create-index.ts';
import { disposedStoreError } from './store-errors.ts';
import { openWritableGallery, type WritableGallery } from './stored-gallery.ts';

/** What a gallery needs of its engine. */
export interface GalleryEngine<ImageInput> extends PhotoReader<ImageInput> {
  info(): EngineInfo;
  readonly pack: PackManifest;
  readonly now: Clock;
  importEmbedding(vector: ArrayLike<number>, from: string): Embedding;
  /** Opens an index on a thread of its own; absent where there are no threads. */
  readonly openIndex?: ((spec: IndexSpec) => Promise<TemplateIndex>) | undefined;
}

/**
 * Opens the gallery in a store, or creates it there.
 *
 * @throws {FaceError} `INVALID_OPTION` for packs without embedder; `CONTRACT_MISMATCH` if the gallery was made with another one; `KEY_WRONG`; what the
 * store throws.
 */
export async function openGallery<ImageInput>(
  engine: GalleryEngine<ImageInput>,
  options: GalleryOptions = {},
): Promise<Gallery<ImageInput>> {
  const { store = createMemoryStore(), keys, searchOn = 'auto', prefilter = 'auto', signal, onProgress } = options;
  const { embedder } = engine.pack;
  const { contract } = engine.info();
  assertOneOf('searchOn', searchOn, ['auto', 'thread', 'caller']);
  assertOneOf('prefilter', prefilter, ['auto', 'int8', 'none']);
  if (embedder === undefined || contract === undefined) {
    throw new FaceError('INVALID_OPTION', `Expected a pack with an embedder, got "${engine.pack.id}"; it can only detect.`, {
      pack: engine.pack.id,
    });
  }
  const { dimension, metric, normalization } = embedder;
  const memory = createGalleryMemory(
    store.location,
    // A store that searches needs no copy in memory. It cannot search what it cannot read.
    () => store.search === undefined || stored.header.encryption !== undefined,
    async () => {
      const spec: IndexSpec = { dimension, metric, prefilter };
      const { identities: total, templates: expectedRows } = await store.stats();
      const { openIndex: createThread } = engine;
      const index = await createAdaptiveIndex({ spec, createHere: createTemplateIndex, createThread, mode: searchOn, expectedRows });
      return fillGalleryIndex(index, dimension, stored.readAll(signal), (done) => onProgress?.({ phase: 'open', done, total }));
    },
  );
  const stored = await openWritableGallery(store, {
    keys,
    create: { contract, dimension, metric, normalization, pack: engine.pack.id },
    importVector: (vector, from) => engine.importEmbedding(vector, from),
    mirror: memory.mirror,
    now: () => Date.now(),
  });
  try {
    assertContract(stored, contract, engine.pack.id);
    await memory.current();
  } catch (error) {
    await stored.close();
    throw error;
  }
  let closing: Promise<void> | undefined;

  const info = (): EngineInfo => engine.info();
  const search = createGallerySearch({ store, stored, pack: engine.pack, info, memory });
  const reader: PhotoReader<ImageInput> = engine;

  function assertOpen(): void {
    if (closing !== undefined) throw disposedStoreError(store.location);
  }

  const { header: _header, protection: _protection, addTemplates: _add, readAll: _read, openTemplate: _open, ...rest } = stored;
  return {
    ...rest,
    async info() {
      const facts = await stored.info();
      const index = await memory.current();
      return index === undefined ? facts : { ...facts, index: await index.info() };
    },
    async enrol(id, photos, enrolOptions = {}) {
      assertOpen();
      return enrol(id, photos, enrolOptions, { stored, search, reader, info });
    },
    async identifyMany(probes, identifyOptions = {}) {
      assertOpen();
      return identifyMany(probes, identifyOptions, { search, reader, now: engine.now });
    },
    async identify(probe, identifyOptions = {}) {
      assertOpen();
      const [result] = await identifyMany([probe], identifyOptions, { search, reader, now: engine.now });
      return result as IdentifyResult;
    },
    close() {
      closing ??= stored.close().finally(() => memory.dispose());
      return closing;
    },
  };
}

function assertContract({ header }: WritableGallery, contract: string, pack: string): void {
  if (header.contract === contract) return;
  throw new FaceError(
    'CONTRACT_MISMATCH',
    `Expected a gallery of this engine's contract ${contract.slice(0, 12)}… (pack "${pack}"), got one of ${header.contract.slice(0, 12)}… (pack "${header.pack}"): its templates mean nothing to this engine. Open it with that pack, or enrol the photos again into a new gallery.`,
    { expected: contract, got: header.contract, pack: header.pack },
  );
}
