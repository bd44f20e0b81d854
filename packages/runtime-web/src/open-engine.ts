/** An engine on the thread that calls it. The worker runs exactly this; so does `worker: false`. */

import {
  createBestPreprocessor,
  createFaceEngine as createCoreEngine,
  type EngineInfo,
  type EngineProgress,
  type FaceEngine,
  type PackManifest,
} from '@isoface/core';
import { getPack, parsePackManifest } from '@isoface/models';
import packageJson from '../package.json' with { type: 'json' };
import { createWebImageDecoder } from './images/web-image-decoder.ts';
import type { PortableImage } from './images/web-image-input.ts';
import { ortGlueUrl } from './models/asset-urls.ts';
import { sha256 } from './models/sha256.ts';
import { createWebModelSource } from './models/web-model-source.ts';
import { type EngineGpu, openGpu } from './open-gpu.ts';
import { loadOrt } from './ort/load-ort.ts';
import { chooseOrtBuild, ORT_FILE_ID, ORT_VERSION, ortWasmFile } from './ort/ort-build.ts';
import { createOrtWebBackend } from './ort/ort-web-backend.ts';
import type { ProviderAttempt, WireEngineOptions } from './web-engine-options.ts';

/** An engine that runs where it was opened. */
export interface OpenedEngine {
  readonly engine: FaceEngine<PortableImage>;
  readonly pack: PackManifest;
  /** Resolves with the reason if the GPU goes away; never otherwise. */
  readonly lost: Promise<string>;
}

/** What follows the work. */
export interface OpenEngineContext {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((event: EngineProgress) => void) | undefined;
}

/**
 * Opens an engine on one execution provider.
 *
 * @throws {FaceError} as `createFaceEngine`; `BACKEND_UNAVAILABLE` or `SELF_TEST_FAILED` if another provider may do better.
 */
export async function openEngine(
  options: WireEngineOptions,
  { executionProvider, threads, allowSoftwareGpu }: ProviderAttempt,
  { signal, onProgress }: OpenEngineContext = {},
): Promise<OpenedEngine> {
  const pack = typeof options.pack === 'object' ? parsePackManifest(options.pack) : getPack(options.pack ?? 'starter');
  const { assetBase, modelBase, cache = true, offline = false } = options;
  const warnings: string[] = [];
  const onWarning = ({ message }: { readonly message: string }): void => void warnings.push(message);
  const modelSource = createWebModelSource({ assetBase, modelBase, cache, offline, onWarning });
  const build = chooseOrtBuild(executionProvider);
  const gpu = executionProvider === 'webgpu' ? await openGpu(allowSoftwareGpu, options.preprocessing ?? 'gpu') : undefined;
  try {
    // The largest file of all is asked for first; models come while it is on its way.
    const wasmFile = { id: ORT_FILE_ID, file: { ...ortWasmFile(build), urls: [] } };
    const ort = loadOrt({
      build,
      threads,
      glueUrl: ortGlueUrl(build, assetBase),
      loadWasm: () => modelSource.load(wasmFile, { signal, onProgress }),
    });
    // It is waited for when the first model is opened; that a model fails before must not make this failure go unhandled.
    ort.catch(() => {});
    const backend = createOrtWebBackend({ gpu: gpu?.backend, loadOrt: () => ort });

    const engine = await createCoreEngine<PortableImage>(
      {
        pack,
        backend,
        preprocessor: gpu?.preprocessor ?? (await createBestPreprocessor()),
        decoder: createWebImageDecoder(options, gpu?.frameImport),
        modelSource,
        sha256,
        now: () => performance.now(),
        versions: { isoface: packageJson.version, onnxruntime: ORT_VERSION },
        runtime: { ortBuild: build, threads, preprocessing: gpu?.preprocessor === undefined ? 'cpu' : 'gpu', ...gpu?.facts },
      },
      { ...options, signal, onProgress },
    );
    return { engine: withGpu(engine, gpu, warnings), pack, lost: gpu?.lost ?? new Promise(() => {}) };
  } catch (error) {
    gpu?.dispose();
    throw error;
  }
}

function withGpu(engine: FaceEngine<PortableImage>, gpu: EngineGpu | undefined, warnings: readonly string[]): FaceEngine<PortableImage> {
  const info: EngineInfo = { ...engine.info, warnings: [...engine.info.warnings, ...warnings] };
  return {
    ...engine,
    info,
    async dispose() {
      await engine.dispose();
      gpu?.dispose();
    },
  };
}
