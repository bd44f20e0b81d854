/** The model source of Node: bundled files, a local folder, the cache on disk, the network. */

import type { ImportFormat, ModelSource } from '@isoface/core';
import { type ByteSource, createFetchSource, createModelSource, type FetchSourceOptions, type ModelSourceOptions } from '@isoface/models';
import { createBundledSource } from './bundled-source.ts';
import { defaultCacheDirectory } from './cache-directory.ts';
import { createFileCache } from './file-cache.ts';
import { createFolderSource } from './folder-source.ts';
import { sha256 } from './sha256.ts';

/** Options of {@link createNodeModelSource}. */
export interface NodeModelSourceOptions extends Pick<FetchSourceOptions, 'fetch' | 'retries' | 'retryDelayMs' | 'stallTimeoutMs'> {
  /** A folder with model files under any names. @defaultValue `ISOFACE_MODELS`, or none */
  readonly modelsDir?: string | undefined;
  /** @defaultValue `ISOFACE_CACHE`, or `isoface` in the platform's cache directory */
  readonly cacheDir?: string | undefined;
  /** Never touches the network. @defaultValue false */
  readonly offline?: boolean | undefined;
  /** Called with each warning, e.g. a corrupt file that was skipped. */
  readonly onWarning?: ModelSourceOptions['onWarning'];
}

/**
 * Creates the model source of Node. Sources are asked in the order bundled, folder, cache, download.
 *
 * @example
 * const source = createNodeModelSource({ offline: true });
 * const bytes = await source.load(starterPack.detector);
 */
export function createNodeModelSource(options: NodeModelSourceOptions = {}): ModelSource {
  const { modelsDir = process.env['ISOFACE_MODELS'], cacheDir = defaultCacheDirectory(), offline = false, onWarning, ...network } = options;
  const cache = createFileCache(cacheDir);
  const folder = modelsDir === undefined || modelsDir === '' ? [] : [createFolderSource(modelsDir)];
  const download: ByteSource[] = offline ? [] : [createFetchSource({ ...network, sha256, partials: cache.partials })];
  return createModelSource({ sources: [createBundledSource(), ...folder, cache, ...download], cache, sha256, importModel, onWarning });
}

/** The importers are loaded when the first model needs them, for most models do not. */
async function importModel(format: ImportFormat, files: readonly Uint8Array[]): Promise<Uint8Array> {
  const importers = await import('@isoface/model-tools');
  return importers.importModel(format, files);
}
