/** Where the browser gets its files from: cache, files beside the package, a folder of the site, the public addresses. */

import { FaceError, type ImportFormat, type ModelFile, type ModelSource } from '@isoface/core';
import { type ByteSource, createFetchSource, createModelSource, type FetchLike, type ModelSourceOptions } from '@isoface/models';
import { findAssetUrl } from './asset-urls.ts';
import { createCacheStorageSource } from './cache-storage-source.ts';
import { sha256 } from './sha256.ts';

/** Options of {@link createWebModelSource}. */
export interface WebModelSourceOptions {
  readonly assetBase?: string | undefined;
  /** Absolute address of a folder with model files under their names. */
  readonly modelBase?: string | undefined;
  /** Whether to keep files in the browser's Cache API. */
  readonly cache: boolean;
  /** Never fetch anything: only what is cached is found. */
  readonly offline: boolean;
  readonly onWarning?: ModelSourceOptions['onWarning'];
  /** @defaultValue the global `fetch` */
  readonly fetch?: FetchLike | undefined;
}

const ADVICE = {
  MODEL_INTEGRITY: 'Serve the files of isoface and of the models unchanged and in the same version.',
  DOWNLOAD_FAILED: 'Check the network and try again, or serve the model files yourself and set modelBase to their folder.',
  MODEL_NOT_FOUND: 'Serve the model files yourself and set modelBase to their folder, or go online once so that they can be cached.',
} as const;

/** Creates the source of the files that an engine in the browser needs. */
export function createWebModelSource(options: WebModelSourceOptions): ModelSource {
  const { assetBase, modelBase, offline, onWarning, fetch } = options;
  const cache = options.cache && globalThis.caches !== undefined ? createCacheStorageSource() : undefined;
  const at = (name: string, urlOf: (file: ModelFile) => string | undefined): ByteSource => {
    const source = createFetchSource({ sha256, fetch, name });
    return {
      name,
      async read(file, readOptions) {
        const url = urlOf(file);
        return url === undefined ? undefined : source.read({ ...file, urls: [url] }, readOptions);
      },
    };
  };
  const network = offline
    ? []
    : [
        at('bundled', ({ name }) => findAssetUrl(`models/${name}`, assetBase) ?? findAssetUrl(`ort/${name}`, assetBase)),
        ...(modelBase === undefined ? [] : [at('folder', ({ name }) => new URL(encodeURIComponent(name), modelBase).href)]),
        createFetchSource({ sha256, fetch }),
      ];
  const sources = [...(cache === undefined ? [] : [cache]), ...network];
  if (sources.length === 0) {
    throw new FaceError('INVALID_OPTION', 'Expected a place to load models from, got offline: true and no cache; allow one of the two.', {
      option: 'offline',
    });
  }
  return createModelSource({
    sources,
    cache,
    sha256,
    importModel: (format, files) => importModel(format, files, assetBase),
    onWarning,
    advice: ADVICE,
  });
}

/** The importers are a module of their own, loaded when the first model needs them, for most models do not. */
async function importModel(format: ImportFormat, files: readonly Uint8Array[], assetBase: string | undefined): Promise<Uint8Array> {
  const url = findAssetUrl('import-model.js', assetBase) as string;
  const importers = (await import(/* webpackIgnore: true */ /* @vite-ignore */ url)) as typeof import('@isoface/model-tools');
  return importers.importModel(format, files);
}
